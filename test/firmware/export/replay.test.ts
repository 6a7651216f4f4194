import { test } from 'tap';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { exportLines } from '../../../firmware/export/ledger-export.ts';
import { readExport } from '../../../firmware/export/read-export.ts';
import { replay } from '../../../firmware/export/replay.ts';
import { recorderFiles } from '../../../firmware/flight-recorder.ts';
import type { Effect } from '../../../state-machine/effects.ts';
import type { Happening } from '../../../state-machine/events.ts';
import type { Fact } from '../../../state-machine/facts.ts';
import { SimDisk } from '../../drivers/storage/sim-disk.ts';
import { ledgerPlace, powerOn, provision } from '../recorded-terminal.ts';
import { signer } from './signer.ts';

const recordsOn = (disk: SimDisk) => {
  const batches = new LedgerStore<Fact>(ledgerPlace, disk).verify();
  return readExport([...exportLines('00000001', batches, new Date(0), signer)].join('\n')).records;
};

const replays = (disk: SimDisk) =>
  recorderFiles('/flight', disk).map((name) => replay(disk.content(`/flight/${name}`).toString(), recordsOn(disk)));

test('what was recorded is played again: the same screens, facts and phases, through a settlement and a restart', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const first = await powerOn(disk);
  await first.sell();
  first.keys('menu', '7', '5', 'enter');
  await first.phase('notice');
  first.keys('enter');
  await first.phase('idle');
  await first.sell();
  await first.runtime.stop();
  const second = await powerOn(disk);
  await second.sell();
  await second.runtime.stop();

  const [one, two] = replays(disk);
  for (const [played, it] of [
    [one, first],
    [two, second],
  ] as const) {
    t.strictSame(played?.fault, undefined);
    const stepped = it.reports.reports.filter((report) => report.type === 'stepped');
    const shown = played?.steps.filter(({ rejected, event }) => rejected === undefined && event !== 'start') ?? [];
    t.strictSame(
      shown.map(({ from, to }) => [from, to]),
      stepped.map(({ from, state }) => [from, state.phase.name]),
    );
    const lines = new Set(it.screens);
    t.strictSame(
      shown.map(({ screen }) => screen.lines.join('|')).filter((screen) => !lines.has(screen)),
      [],
      'each screen was on the display',
    );
    t.same(shown.flatMap(({ facts }) => facts).length, it.reports.reports.filter(({ type }) => type === 'fact').length);
  }
});

test('a power cut: the replay of the next start begins with the reversal that the recovery wrote', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const dead = (effect: Effect): Happening | undefined =>
    effect.type === 'authorise' ? { type: 'timeUp' } : undefined;
  const first = await powerOn(disk, dead);
  first.keys('5', 'enter', 'enter');
  await first.phase('authorising');
  await first.runtime.stop();
  const second = await powerOn(disk);
  await second.runtime.stop();
  const [one, two] = replays(disk);
  t.strictSame([one?.fault, two?.fault], [undefined, undefined]);
  t.equal(one?.steps.at(-1)?.to, 'authorising');
  t.match(two?.steps[0], { event: 'start', facts: [{ type: 'reversalRequired', reason: '98' }] });
  t.ok(two?.steps.some(({ facts }) => facts.some(({ type }) => type === 'reversed')));
});

test('a recording that goes on from rest is played from there', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const it = await powerOn(disk, undefined, { fileBytes: 3_000, allBytes: 1_000_000 });
  for (let n = 0; n < 6; n += 1) await it.sell();
  await it.runtime.stop();
  const played = replays(disk);
  t.ok(played.length > 2);
  for (const { fault } of played) t.strictSame(fault, undefined);
  for (const { steps } of played.slice(0, -1)) t.ok(steps.length > 5);
});

test('where ledger and recording do not tell the same story, that is said, and where', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const it = await powerOn(disk);
  await it.sell();
  await it.runtime.stop();
  const recording = disk.content('/flight/flight-000001.jsonl').toString();
  const records = recordsOn(disk);
  const line = (words: string) => recording.split('\n').findIndex((each) => each.includes(words)) + 1;

  const otherAmount = recording.replace('"key":"5"', '"key":"6"');
  const authorised = line('"type":"pin"');
  t.match(replay(otherAmount, records).fault, {
    line: authorised,
    what: /machine gives intended here, and record \d+/,
  });
  const cutOff = `${recording.slice(0, recording.indexOf('"type":"authorised"'))}`;
  t.match(replay(cutOff, records).fault, { line: line('"type":"authorised"'), what: /cut off or altered/ });
  t.match(replay(recording, records.slice(0, 3)).fault, { what: /export ends before the fact/ });
  t.match(replay(recording, records.slice(2)).fault, { line: 1, what: /is not in the export/ });
  for (const nothing of ['', 'nonsense', '{}', '[1]']) {
    t.match(replay(nothing, records), { steps: [], fault: { line: 1, what: /no recording/ } });
  }
});
