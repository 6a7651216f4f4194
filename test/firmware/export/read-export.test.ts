import fc from 'fast-check';
import { test } from 'tap';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { exportLines, linkOf } from '../../../firmware/export/ledger-export.ts';
import { NotAnExport, readExport } from '../../../firmware/export/read-export.ts';
import type { Fact } from '../../../state-machine/facts.ts';
import { SimDisk } from '../../drivers/storage/sim-disk.ts';
import { ledgerPlace, powerOn, provision } from '../recorded-terminal.ts';
import { signer } from './signer.ts';

/** An export of two batches, line by line. */
const exported = async () => {
  const disk = new SimDisk();
  await provision(disk);
  const it = await powerOn(disk);
  await it.sell();
  it.keys('menu', '7', '5', 'enter');
  await it.phase('notice');
  it.keys('enter');
  await it.phase('idle');
  await it.sell();
  const code = it.ledger.tailCode();
  await it.runtime.stop();
  const batches = [...new LedgerStore<Fact>(ledgerPlace, disk).verify()];
  return { code, batches, lines: [...exportLines('00000001', batches, new Date('2026-11-26T00:00:00Z'), signer)] };
};
const { lines, batches, code } = await exported();
const text = (of: readonly string[]) => `${of.join('\n')}\n`;

test('an export holds every record with its code, and is found intact', (t) => {
  const reading = readExport(text(lines), signer.publicKey);
  t.equal(reading.flaw, undefined);
  t.match(reading, { terminalId: '00000001', exportedAt: '2026-11-26T00:00:00.000Z', publicKey: signer.publicKey });
  t.equal(reading.records.length, batches.flatMap(({ facts }) => facts).length);
  t.equal(reading.records.at(-1)?.code, code);
  t.strictSame(new Set(reading.records.map(({ batch }) => batch)), new Set([1, 2]));
  t.strictSame(readExport(lines.join('\n')), reading, 'with or without a line end at its end');
  t.end();
});

test('M8: a byte that is changed in any line is noticed, and the line named', (t) => {
  for (const [index, line] of lines.entries()) {
    for (let at = 0; at < line.length; at += 7) {
      const other = line.slice(0, at) + (line[at] === '0' ? '1' : '0') + line.slice(at + 1);
      if (other === line) continue;
      let flaw: { line: number } | undefined;
      try {
        ({ flaw } = readExport(text(lines.with(index, other)), signer.publicKey));
      } catch (error) {
        if (error instanceof NotAnExport && index === 0) continue;
        throw error;
      }
      if (flaw?.line !== index + 1) t.fail(`line ${index + 1}, byte ${at}: ${JSON.stringify(flaw)}`);
    }
  }
  t.pass();
  t.end();
});

test('M8: lines taken out, put in, swapped or cut off are noticed', (t) => {
  const flawOf = (of: readonly string[]) => readExport(text(of)).flaw;
  t.match(flawOf(lines.toSpliced(4, 1)), { flaw: 'altered', line: 5 });
  t.match(flawOf(lines.toSpliced(4, 0, lines[4] ?? '')), { flaw: 'altered', line: 6 });
  t.match(flawOf(lines.with(4, lines[5] ?? '').with(5, lines[4] ?? '')), { flaw: 'altered', line: 5 });
  t.match(flawOf(lines.slice(0, -1)), { flaw: 'missing', what: /seal is missing/ });
  t.match(flawOf([...lines.slice(0, 6), lines.at(-1) ?? '']), { flaw: 'missing', line: 7, what: /5 are here/ });
  t.match(flawOf(lines.slice(0, 1)), { flaw: 'missing' });
  t.end();
});

test('M8: who writes all the links anew still can not sign, and another terminal is not the one', (t) => {
  const forged: string[] = [];
  let link = '';
  for (const line of lines.slice(0, -1)) {
    const inner = line.replace(/,"link":"[0-9a-f]{64}"\}$/, '}').replace('"amount":5', '"amount":4');
    link = linkOf(link, inner);
    forged.push(`${inner.slice(0, -1)},"link":"${link}"}`);
  }
  const seal = JSON.parse(lines.at(-1) ?? '');
  t.match(readExport(text([...forged, JSON.stringify({ ...seal, link })])).flaw, {
    flaw: 'unsigned',
    line: lines.length,
  });
  t.match(readExport(text(lines), '00'.repeat(32)).flaw, { flaw: 'altered', line: 1, what: /another terminal/ });
  t.end();
});

test('M8: a record that is missing is noticed also where the export was made without it', (t) => {
  const [one, two] = batches;
  if (one === undefined || two === undefined) throw new Error('two batches');
  const without = { ...one, facts: one.facts.toSpliced(2, 1), places: one.places.toSpliced(2, 1) };
  const made = [...exportLines('00000001', [without, two], new Date(0), signer)];
  t.match(readExport(text(made)).flaw, { flaw: 'missing', line: 4, what: 'record 3 is missing before it' });
  t.end();
});

test('what is no export is refused, whatever it is', (t) => {
  fc.assert(
    fc.property(fc.string(), (content) => {
      try {
        readExport(content);
        return false;
      } catch (error) {
        return error instanceof NotAnExport;
      }
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.string()), (rest) => readExport(text([lines[0] ?? '', ...rest])).flaw !== undefined),
  );
  t.end();
});
