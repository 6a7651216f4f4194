/** `terminalctl ledger`: verify, show, export, key. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { shortCode } from '../../drivers/ledger/slot.ts';
import { fold } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { exportLines } from '../export/ledger-export.ts';
import { maskFact } from '../export/masked.ts';
import { NotAnExport, readExport } from '../export/read-export.ts';
import { factLine } from '../log.ts';
import { dateTime, money, sixDigits } from '../slips/slip.ts';
import { Refusal } from './configured.ts';
import { ledgerSource, type SourceOptions } from './ledger-source.ts';
import type { Output } from './output.ts';
import { type CodeReport, type LedgerReport, verifyLedger } from './verify-ledger.ts';

export interface LedgerOptions extends SourceOptions {
  readonly json?: boolean;
  readonly batch?: number;
  readonly voucher?: number;
  readonly facts?: boolean;
  readonly output?: string;
  readonly code?: readonly string[];
  readonly publicKey?: string;
}

/* ---- verify ---- */

const codeWords = (report: CodeReport): string =>
  report.found
    ? `code ${report.code}  is record ${report.sequence}, in ${report.file}; ${report.follow} follow`
    : `code ${report.code}  IS NOT IN THIS LEDGER: its end was cut off, an older copy was put in its place, or the slip is another terminal's`;

const words = ({ batches, anchor, mirror, codes }: LedgerReport): string[] => [
  ...batches.map(({ file, records, tailCode, what }) =>
    what === undefined
      ? `${file}  ${String(records).padStart(6)} records  intact  ends ${tailCode}`
      : `${file}  ${String(records).padStart(6)} records, then: ${what}`,
  ),
  ...(anchor ? [`anchor  ${anchor.what ?? `record ${anchor.sequence}, in the ledger`}`] : []),
  ...(mirror ? [`mirror  ${mirror.directory}  ${mirror.what ?? 'the same'}`] : []),
  ...codes.map(codeWords),
];

/** The first thing that is wrong, in one line. */
const firstWrong = ({ batches, anchor, mirror, codes }: LedgerReport): string => {
  const flawed = batches.find(({ flaw }) => flaw !== undefined);
  if (flawed?.flaw !== undefined) return `${flawed.flaw.toUpperCase()}: ${flawed.what}`;
  if (batches.length === 0) return 'MISSING: there is no ledger in this folder.';
  if (anchor?.what !== undefined) return `CUT OFF: ${anchor.what}`;
  const lost = codes.find(({ found }) => !found);
  if (lost !== undefined) return `CUT OFF: the code ${lost.code} is not in this ledger.`;
  return `MIRROR: ${mirror?.what}`;
};

export const verify = (file: string | undefined, options: LedgerOptions, out: Output): number =>
  file === undefined ? verifyStore(options, out) : verifyExport(file, options, out);

const verifyStore = (options: LedgerOptions, out: Output): number => {
  const report = verifyLedger(ledgerSource(options).place, options.code ?? []);
  if (options.json === true) out.line(JSON.stringify(report));
  else {
    for (const line of words(report)) out.line(line);
    const records = report.batches.reduce((sum, batch) => sum + batch.records, 0);
    out.line(report.intact ? `INTACT: ${records} records in ${report.batches.length} batches` : firstWrong(report));
  }
  return report.intact ? 0 : 1;
};

const verifyExport = (file: string, { code = [], json, publicKey }: LedgerOptions, out: Output): number => {
  const { records, flaw, ...head } = readExport(readText(file), publicKey);
  const codes = code.map((each): CodeReport => {
    const index = records.findLastIndex((record) => record.code === each.toUpperCase());
    const at = records[index];
    if (at === undefined) return { code: each.toUpperCase(), found: false };
    return {
      code: at.code,
      found: true,
      file: `batch ${at.batch}`,
      sequence: at.sequence,
      follow: records.length - 1 - index,
    };
  });
  const lost = codes.find(({ found }) => !found);
  const intact = flaw === undefined && lost === undefined;
  if (json === true) {
    out.line(JSON.stringify({ intact, ...head, records: records.length, codes, ...(flaw && { flaw }) }));
    return intact ? 0 : 1;
  }
  out.line(`terminal ${head.terminalId}, exported ${head.exportedAt}, ${records.length} records`);
  out.line(
    `signed by ${head.publicKey}${publicKey === undefined ? ' (compare it with the terminal: ledger key)' : ''}`,
  );
  for (const each of codes) out.line(codeWords(each));
  if (flaw !== undefined) out.line(`${flaw.flaw.toUpperCase()}: line ${flaw.line}: ${flaw.what}`);
  else
    out.line(lost === undefined ? `INTACT: ${records.length} records` : `CUT OFF: the code ${lost.code} is not here.`);
  return intact ? 0 : 1;
};

export const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Refusal(`${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
};

/* ---- show ---- */

/** A transaction in one line. */
export const saleLine = (sale: Sale): string => {
  const { stan, at, kind, amount, card, status, copies, responseCode, reason, incident } = sale;
  const reprints = copies.merchant > 1 ? `, printed ${copies.merchant} times` : '';
  const why = [responseCode, reason, incident].filter((each) => each !== undefined).join(' ');
  return `${sixDigits(stan)}  ${dateTime(at)}  ${kinds[kind].name.en.padEnd(5)} ${money(amount).padStart(13)}  ${card.masked}  ${status}${why === '' ? '' : ` (${why})`}${reprints}`;
};

/** The transactions of each batch, or with `facts` each record as it stands there. */
export const show = (options: LedgerOptions, out: Output): number => {
  const { place } = ledgerSource(options);
  let flawed = 0;
  let shown = 0;
  for (const { path, facts, places, verdict } of new LedgerStore<Fact>(place).verify()) {
    const generation = places[0]?.generation;
    if (options.batch === undefined || options.batch === generation) {
      if (options.facts === true)
        shown += showFacts(
          facts,
          places.map(({ mac }) => shortCode(mac)),
          options,
          out,
        );
      else shown += showSales(generation ?? 0, facts, options, out);
    }
    if (verdict.intact) continue;
    flawed += 1;
    out.problem(`${path}: ${verdict.flaw}: ${verdict.what}`);
  }
  if (shown === 0) out.problem(options.voucher === undefined ? 'nothing to show' : 'no transaction of that voucher');
  return flawed > 0 || (shown === 0 && options.voucher !== undefined) ? 1 : 0;
};

const showFacts = (facts: readonly Fact[], codes: readonly string[], options: LedgerOptions, out: Output): number => {
  const of = salesOf(facts, options);
  let shown = 0;
  for (const [index, fact] of facts.entries()) {
    if (options.voucher !== undefined && !('saleId' in fact && of.some(({ id }) => id === fact.saleId))) continue;
    shown += 1;
    const code = codes[index];
    if (options.json === true) out.line(JSON.stringify({ code, fact: maskFact(fact) }));
    else {
      const { fact: type, at, ...rest } = factLine(fact) as { fact: string; at: string };
      out.line(`${code}  ${at}  ${type.padEnd(18)} ${JSON.stringify(rest)}`);
    }
  }
  return shown;
};

const showSales = (batch: number, facts: readonly Fact[], options: LedgerOptions, out: Output): number => {
  const sales = salesOf(facts, options);
  if (options.json !== true && sales.length > 0) out.line(`batch file ${batch}`);
  for (const sale of sales) {
    if (options.json === true) out.line(JSON.stringify({ batchFile: batch, sale: withoutSecrets(sale) }));
    else out.line(`  ${saleLine(sale)}`);
  }
  return sales.length;
};

const salesOf = (facts: readonly Fact[], { voucher }: LedgerOptions): readonly Sale[] =>
  fold(facts).sales.filter(({ stan }) => voucher === undefined || stan === voucher);

/** As an export carries it. */
export const withoutSecrets = (sale: Sale): object => {
  const masked = maskFact({ type: 'carried', at: sale.at, sale });
  return masked.type === 'carried' ? masked.sale : {};
};

/* ---- export ---- */

export const exportLedger = (options: LedgerOptions, out: Output): number => {
  const { place, vault } = ledgerSource(options);
  const readings = [...new LedgerStore<Fact>(place).verify()];
  const flawed = readings.find(({ verdict }) => !verdict.intact);
  const chosen = readings.filter(({ tail }) => options.batch === undefined || tail.generation === options.batch);
  const terminalId = chosen.map(({ facts }) => fold(facts).terminalId).at(-1);
  if (terminalId === undefined) throw new Refusal('there is no such batch in this ledger');
  const lines = [...exportLines(terminalId, chosen, new Date(), vault.signer())];
  const content = `${lines.join('\n')}\n`;
  if (options.output === undefined) out.text(content);
  else {
    writeFileSync(options.output, content, { mode: 0o600 });
    out.problem(`${lines.length - 2} records of terminal ${terminalId} in ${options.output}`);
  }
  if (flawed?.verdict.intact !== false) return 0;
  out.problem(`The ledger is not intact; exported is what is before: ${flawed.verdict.what}`);
  return 1;
};

/** The public key that exports of this terminal are signed with. */
export const key = (options: LedgerOptions, out: Output): number => {
  const { publicKey } = ledgerSource(options).vault.signer();
  out.line(options.json === true ? JSON.stringify({ publicKey }) : publicKey);
  return 0;
};

export { NotAnExport };
