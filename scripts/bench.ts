/** `npm run bench`: the figures that Slipsafe wants to reach, each beside its peer or floor in the same run. */
import { parseArgs } from 'node:util';
import { bootRows } from './bench/boot.ts';
import { iso8583Rows } from './bench/iso8583.ts';
import { latencyRows } from './bench/latency.ts';
import { ledgerRows } from './bench/ledger.ts';
import { machineRows } from './bench/machine.ts';
import { type Row, table } from './bench/row.ts';
import { simulationRows } from './bench/simulation.ts';
import { slipRows } from './bench/slip.ts';

const groups: { readonly [name: string]: (say: (text: string) => void) => Promise<Row[]> } = {
  ledger: ledgerRows,
  machine: async (say) => [...(await machineRows(say)), ...(await latencyRows(say))],
  simulation: simulationRows,
  slip: slipRows,
  iso8583: iso8583Rows,
  boot: bootRows,
};

const help = `Measures Slipsafe, each figure beside its peer or floor in the same run. Machines differ and are busy: read the
ratios rather than the times.

  npm run bench                      all groups: ${Object.keys(groups).join(', ')}
  npm run bench -- ledger            only these
  npm run bench -- ledger --json     [{"group","name","value","unit","reference","referenceName","ratio","target",…,"met"}]
  npm run bench -- --help

Exit code: 0 measured, whether reached or not; 1 something could not be measured; 2 the command line is wrong.
`;

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const unknown = positionals.filter((name) => !(name in groups));
  if (unknown.length > 0) throw new TypeError(`there is no group ${unknown.join(', ')}; see --help`);
  const chosen = positionals.length === 0 ? Object.keys(groups) : positionals;
  const rows: Row[] = [];
  for (const name of chosen) {
    rows.push(...((await groups[name]?.((text) => process.stderr.write(`bench: ${text}\n`))) ?? []));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else {
    const aimed = rows.filter(({ met }) => met !== null);
    process.stdout.write(
      `${table(rows)}\n\n${aimed.filter(({ met }) => met).length} of ${aimed.length} figures reached\n`,
    );
  }
};

try {
  await main();
} catch (error) {
  const usage = error instanceof TypeError;
  console.error(`bench: ${usage ? error.message : (error as Error).stack}`);
  process.exitCode = usage ? 2 : 1;
}
