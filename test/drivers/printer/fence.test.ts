import { test } from 'tap';
import { PaperStatusFence, ProcessIdFence, ProcessIds } from '../../../drivers/printer/fence.ts';

const status = (bits: number) => ({ type: 'status', bits }) as const;
const id = (text: string) => ({ type: 'processId', id: text }) as const;
const idIn = (query: Buffer): string => query.subarray(7).toString('latin1');

test('process ids are four printable characters and do not repeat', (t) => {
  const ids = new ProcessIds();
  const given = Array.from({ length: 10_000 }, () => ids.next());
  t.equal(new Set(given).size, given.length);
  t.ok(given.every((text) => /^[!-~]{4}$/.test(text)));
  const from = (first: number) => new ProcessIds(() => Buffer.from([0, 0, 0, first])).next();
  t.strictSame([from(0), from(95)], ['!!!!', '""!!'], 'they begin where the random bytes say');
  t.end();
});

test('a process id proves only the job that asked for it', (t) => {
  const ids = new ProcessIds();
  const old = new ProcessIdFence(ids);
  const oldId = idIn(old.ask());
  const fence = new ProcessIdFence(ids);
  const first = fence.ask();
  t.equal(first.subarray(0, 7).toString('hex'), '1d284806003030');
  const ownId = idIn(first);
  for (const reply of [id(oldId), status(0), id(`${ownId.slice(0, 3)}\u007f`)]) fence.hear(reply);
  t.equal(fence.standing(), 'wait');
  fence.ask();
  fence.hear(id(ownId));
  t.equal(fence.standing(), 'proven', 'the first asking still counts after the second');
  t.end();
});

const rig = (debt = 0) => {
  const fence = new PaperStatusFence({ debt, settleMs: 25, earliestMs: 1000 });
  fence.ask();
  return fence;
};

test('a paper status proves when it is asked for twice', (t) => {
  const fence = rig();
  fence.hear(status(0x00), 2000);
  t.equal(fence.standing(2024), 'wait', 'not before the line was quiet');
  t.equal(fence.dueAt, 2025);
  t.equal(fence.standing(2025), 'again');
  t.equal(fence.ask().toString('hex'), '1d7201');
  t.equal(fence.standing(2025), 'wait');
  fence.hear(status(0x03), 2030);
  t.equal(fence.standing(2055), 'proven', 'near the end of the roll is good too');
  t.end();
});

test('what does not count as an answer', (t) => {
  const never: [what: string, (fence: PaperStatusFence) => void][] = [
    ['one doubled', (fence) => [2000, 2001].map((at) => fence.hear(status(0), at))],
    ['one before the slip can be out', (fence) => fence.hear(status(0), 999)],
    ['one that says paper end', (fence) => fence.hear(status(0x0c), 2000)],
    ['one with a wrong bit', (fence) => fence.hear(status(0x20), 2000)],
    ['the tail of an ASB', (fence) => [2000, 2000, 2000].map((at) => fence.hear(status(0), at))],
    [
      'one close behind noise',
      (fence) => {
        fence.hear({ type: 'noise', bytes: 1 }, 1990);
        fence.hear(status(0), 2000);
      },
    ],
    [
      'one close before an ASB',
      (fence) => {
        fence.hear(status(0), 2000);
        fence.hear({ type: 'automatic', bytes: [0x10, 0, 0] }, 2010);
      },
    ],
  ];
  for (const [what, happen] of never) {
    const fence = rig();
    happen(fence);
    t.equal(fence.standing(2100), 'wait', what);
    t.equal(fence.standing(2300), 'again', `${what}: it is asked again, not at once`);
    fence.ask();
    fence.hear(status(0), 2400);
    t.equal(fence.standing(2500), 'again', `${what}: one answer is still missing`);
  }
  t.end();
});

test('a byte that nobody asked for is nothing', (t) => {
  const fence = new PaperStatusFence({ debt: 0, settleMs: 25, earliestMs: 0 });
  fence.hear(status(0), 10);
  t.equal(fence.standing(100), 'wait');
  fence.ask();
  fence.hear(status(0), 110);
  t.equal(fence.standing(200), 'again');
  t.end();
});

test('answers owed from before, and questions that are answered alike, raise what is needed', (t) => {
  const fence = rig(2);
  fence.suspect();
  let at = 2000;
  for (let answer = 1; answer < 5; answer++) {
    fence.hear(status(0), at);
    at += 100;
    t.equal(fence.standing(at), 'again');
    fence.ask();
  }
  fence.hear(status(0), at);
  t.equal(fence.standing(at + 25), 'proven');
  t.end();
});

test('from the first answer that may be true on, nobody can say that the slip is not out', (t) => {
  const fence = rig();
  fence.hear(status(0), 500);
  t.equal(fence.doubtful, false, 'too early to be true');
  t.equal(fence.standing(525), 'wait');
  t.equal(fence.standing(1000), 'again');
  fence.ask();
  fence.hear(status(0), 2000);
  t.equal(fence.doubtful, true);
  t.end();
});
