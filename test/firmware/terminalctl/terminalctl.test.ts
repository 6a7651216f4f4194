import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { run } from '../../../firmware/terminalctl/program.ts';
import { day, makeLedger } from './ledger-folder.ts';

/** A terminal's folder on the real disk, as a day left it. */
const folder = mkdtempSync(join(tmpdir(), 'slipsafe-ctl-'));
const at = (...path: readonly string[]) => join(folder, ...path);
const tailCode = await makeLedger(folder, day());

/** Runs a command; a pass gives its copy of the folder to `tamper` first. */
const ctl = async (args: readonly string[]) => {
  const said: string[] = [];
  const problems: string[] = [];
  const code = await run(args, {
    line: (text) => said.push(text),
    text: (content) => said.push(content),
    problem: (text) => problems.push(text),
  });
  return { code, said: said.join('\n'), problems: problems.join('\n') };
};
const source = (directory = at('state', 'ledger')) => ['-d', directory, '-k', at('device.key')];
const slip = (directory: string, batch: number) => join(directory, `batch-00000${batch}.slip`);
let copies = 0;
const tampered = (tamper: (directory: string) => void): string => {
  copies += 1;
  const directory = at(`copy-${copies}`);
  cpSync(at('state', 'ledger'), directory, { recursive: true });
  tamper(directory);
  return directory;
};
const edit = (path: string, change: (content: Buffer) => unknown): void => {
  const content = readFileSync(path);
  change(content);
  writeFileSync(path, content);
};
const flip = (content: Buffer, byte: number) => content.writeUInt8(content.readUInt8(byte) ^ 1, byte);

test('an intact ledger is called so, with its anchor and the codes of its slips', async (t) => {
  const { code, said } = await ctl([
    'ledger',
    'verify',
    ...source(),
    '--anchor',
    at('anchor'),
    '--code',
    tailCode.toLowerCase(),
  ]);
  t.equal(code, 0, said);
  t.match(said, /batch-000001\.slip +\d+ records {2}intact {2}ends [0-9A-F]{8}/);
  t.match(said, new RegExp(`code ${tailCode} {2}is record \\d+, in batch-000003.slip; 0 follow`));
  t.match(said, /anchor {2}record \d+, in the ledger/);
  t.match(said, /\nINTACT: \d+ records in 3 batches$/);
  const json = await ctl(['ledger', 'verify', ...source(), '--json']);
  t.match(JSON.parse(json.said), {
    intact: true,
    batches: [{ file: 'batch-000001.slip' }, {}, { tailCode }],
    codes: [],
  });
});

test('M8: a tail that was cut off is noticed by the code of a slip, and by the anchor', async (t) => {
  const directory = tampered((of) =>
    edit(slip(of, 3), (content) => content.fill(0, Math.floor(content.lastIndexOf('{"type":') / 4096) * 4096)),
  );
  t.equal((await ctl(['ledger', 'verify', ...source(directory)])).code, 0, 'sound in itself');
  const byCode = await ctl(['ledger', 'verify', ...source(directory), '--code', tailCode]);
  t.match(byCode, { code: 1, said: new RegExp(`\nCUT OFF: the code ${tailCode} is not in this ledger\\.$`) });
  const byAnchor = await ctl(['ledger', 'verify', ...source(directory), '--anchor', at('anchor')]);
  t.match(byAnchor, { code: 1, said: /\nCUT OFF: The ledger ends at record \d+, and record \d+ was in it/ });
  const older = tampered((of) => unlinkSync(slip(of, 3)));
  t.match(await ctl(['ledger', 'verify', ...source(older), '--anchor', at('anchor')]), { code: 1, said: /older copy/ });
});

test('the transactions of the ledger are shown, a line each, masked', async (t) => {
  const { code, said } = await ctl(['ledger', 'show', ...source()]);
  t.equal(code, 0);
  t.equal(said.split('\n').filter((line) => line.startsWith('  ')).length, 5);
  t.match(said, /batch file 1\n {2}000002 {2}\S+ \S+ {2}SALE +12\.34 {2}622200\*{6}1234 {2}captured/);
  t.match(said, /000003.*reversed \(00 96\)/);
  t.match(said, /000004.*declined \(51\)/);
  const one = await ctl(['ledger', 'show', ...source(), '--voucher', '3', '--facts']);
  t.match(one.said, /intended[\s\S]*approved[\s\S]*reversalRequired[\s\S]*reversed/);
  t.notMatch(one.said, /SEALED/);
  t.match(await ctl(['ledger', 'show', ...source(), '--voucher', '77']), { code: 1, problems: /no transaction/ });
  const json = (await ctl(['ledger', 'show', ...source(), '--json', '--batch', '2'])).said.split('\n');
  t.match(JSON.parse(json[0] ?? ''), { batchFile: 2, sale: { amount: 1234, status: 'captured' } });
});

test('an export goes out masked and signed, and is verified without any key', async (t) => {
  const file = at('export.jsonl');
  t.match(await ctl(['ledger', 'export', ...source(), '-o', file]), {
    code: 0,
    problems: /records of terminal 00000001/,
  });
  const content = readFileSync(file, 'utf8');
  t.notMatch(content, /SEALED|sealedPan|cardHash/);
  const { said: publicKey } = await ctl(['ledger', 'key', ...source()]);
  t.match(publicKey, /^[0-9a-f]{64}$/);
  const verified = await ctl(['ledger', 'verify', file, '--public-key', publicKey, '--code', tailCode]);
  t.match(verified, { code: 0, said: /INTACT: \d+ records$/ });
  const other = await ctl(['ledger', 'verify', file, '--public-key', '0'.repeat(64)]);
  t.match(other, { code: 1, said: /ALTERED: line 1: it is signed by another terminal/ });
  writeFileSync(at('forged.jsonl'), content.replace('"amount":1234', '"amount":1'));
  t.match(await ctl(['ledger', 'verify', at('forged.jsonl')]), {
    code: 1,
    said: /\nALTERED: line \d+: it was altered/,
  });
  t.match(await ctl(['ledger', 'verify', at('device.key')]), { code: 2, problems: /not the head of a Slipsafe/ });
  const standard = await ctl(['ledger', 'export', ...source(), '--batch', '2']);
  t.match(standard.said.split('\n')[1], /^\{"batch":2,/);
});

test('M8: of a damaged ledger what is sound is exported, and it is said that it is not all', async (t) => {
  const directory = tampered((of) => edit(slip(of, 1), (content) => flip(content, 4 * 4096 + 60)));
  const { code, problems } = await ctl(['ledger', 'export', ...source(directory), '-o', at('part.jsonl')]);
  t.equal(code, 1);
  t.match(problems, /not intact; exported is what is before: batch-000001\.slip, slot 4/);
});

test('a replay without a recording says what is missing', async (t) => {
  const file = at('export-2.jsonl');
  await ctl(['ledger', 'export', ...source(), '-o', file]);
  t.match(await ctl(['replay', file, '--flight', at('nowhere')]), {
    code: 2,
    problems: /nowhere can't be read \(ENOENT\)/,
  });
  mkdirSync(at('flight'));
  t.match(await ctl(['replay', file, '--flight', at('flight')]), { code: 1, problems: /nothing was recorded/ });
});

test('a command line that can not be followed says why, with exit code 2', async (t) => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['ledger', 'verify'], /say which terminal: --config FILE, or its ledger: --directory/],
    [['ledger', 'verify', '-d', at('nowhere'), '-k', at('device.key')], /nowhere: there is no such file or folder/],
    [['ledger', 'export', ...source(), '-o', at('nowhere', 'x')], /nowhere\/x: there is no such file or folder/],
    [['update', 'show', '--root', at('nowhere')], /there is no board here: .*nowhere/],
    [['ledger', 'verify', '-d', folder], /needs --device-key/],
    [['ledger', 'verify', '-c', at('none.json')], /no such file/],
    [['ledger', 'verify', '-d', folder, '-k', at('none.key')], /no such file/],
    [['ledger', 'verify', ...source(), '--code', '123'], /8 hex digits/],
    [['ledger', 'show', ...source(), '--batch', '0'], /whole number/],
    [['ledger', 'verify', at('none.jsonl')], /can't be read \(ENOENT\)/],
    [['ledger', 'destroy'], /unknown command/],
    [['lodger'], /unknown command/],
  ];
  for (const [args, why] of wrong) t.match(await ctl(args), { code: 2, problems: why }, args.join(' '));
  const nothing = await ctl(['ledger', 'verify', '-d', at('flight'), '-k', at('device.key')]);
  t.match(nothing, { code: 1, said: /MISSING: there is no ledger in this folder/ });
  t.match(await ctl(['ledger', 'verify', '--help']), { code: 0, said: /账本校验[\s\S]*terminalctl ledger verify -c/ });
});

test('nothing of this changed the ledger', async (t) => {
  t.strictSame(readdirSync(at('state', 'ledger')).sort(), [
    'batch-000001.slip',
    'batch-000002.slip',
    'batch-000003.slip',
  ]);
  t.equal((await ctl(['ledger', 'verify', ...source(), '--code', tailCode])).code, 0);
  rmSync(folder, { recursive: true });
});
