import { test } from 'tap';
import { recorderFiles } from '../../firmware/flight-recorder.ts';
import { FaultyFileSystem } from '../drivers/storage/faulty-file-system.ts';
import { SimDisk } from '../drivers/storage/sim-disk.ts';
import { powerOn, provision } from './recorded-terminal.ts';

const contents = (disk: SimDisk): string[] =>
  recorderFiles('/flight', disk).map((name) => disk.content(`/flight/${name}`).toString());

const linesOf = (content: string): { type?: string; key?: string; resumes?: object; facts?: number }[] =>
  content
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('every event is recorded as the machine was told it, from a start on', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const it = await powerOn(disk);
  await it.sell();
  const [head, ...events] = linesOf(contents(disk)[0] ?? '');
  t.match(head, { format: 'slipsafe flight recorder', version: 1, facts: 1, identity: { terminalId: '00000001' } });
  const told = it.reports.reports.filter((report) => report.type === 'stepped' || report.type === 'rejected');
  t.strictSame(
    events.map(({ type }) => type),
    told.map(({ event }) => event.type),
  );
  await it.runtime.stop();
  const again = await powerOn(disk);
  t.equal(recorderFiles('/flight', disk).length, 2, 'each start has a file of its own');
  await again.runtime.stop();
});

test('M9: no sealed card number, hash, key or password is in it', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  let refused = false;
  const it = await powerOn(disk, (effect) =>
    effect.type === 'reverse' && !refused
      ? { type: 'reversalAnswered', effect: effect.id, answer: { outcome: 'declined', responseCode: '96' } }
      : effect.type === 'print' && effect.slip.slip === 'merchant'
        ? { type: 'printed', effect: effect.id, verdict: { verdict: 'UNKNOWN', cause: 'silence' } }
        : undefined,
  );
  it.keys('5', 'enter', 'enter');
  await it.phase('reversalWait');
  it.keys('function', '9', '7', '5', '3', '1', '8', 'enter');
  await it.phase('incident');
  refused = true;
  it.keys('4', '2', 'enter');
  await it.phase('notice');
  await it.runtime.stop();
  const all = contents(disk).join('\n');
  for (const secret of ['SEALED-PAN', 'abcdef0123456789', 'SECRET-KEY']) t.notOk(all.includes(secret), secret);
  const keys = linesOf(all).filter(({ type }) => type === 'key');
  t.equal(
    keys.map(({ key }) => (key?.length === 1 ? key : `<${key}>`)).join(''),
    '5<enter><enter><function>000000<enter>42<enter>',
  );
});

test('a full file ends at rest, the next goes on from there, and the oldest go', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const it = await powerOn(disk, undefined, { fileBytes: 4_000, allBytes: 16_000 });
  for (let n = 0; n < 12; n += 1) await it.sell();
  await it.runtime.stop();
  const files = recorderFiles('/flight', disk);
  t.ok(files.length <= 4 && files.length >= 3, `${files.length} files`);
  t.ok(Number(files[0]?.slice(7, 13)) > 1);
  const [head] = linesOf(contents(disk).at(-1) ?? '');
  t.match(head, { resumes: { signedOn: true, printerMayHold: false, offline: [] } });
  t.ok((head?.facts ?? 0) > 20);
});

test('M10: a recorder that can not write says so once, and trade goes on', async (t) => {
  for (const [words, code] of [
    ['pwrite /flight', 'ENOSPC'],
    ['create /flight', 'EROFS'],
    ['mkdir /flight', 'EACCES'],
  ] as const) {
    const files = new FaultyFileSystem(new SimDisk());
    await provision(files);
    files.fail(words, code);
    const it = await powerOn(files);
    await it.sell();
    const faults = it.reports.reports.filter((report) => report.type === 'fault');
    t.match(faults, [{ fault: { where: '/flight', what: new RegExp(code) } }], words);
    t.equal(it.runtime.state.book.sales.at(-1)?.status, 'captured');
    await it.runtime.stop();
  }
});
