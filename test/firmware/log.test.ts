import { test } from 'tap';
import { factLine, type Logger, reporter } from '../../firmware/log.ts';
import type { Report } from '../../firmware/runtime.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { World } from '../state-machine/world.ts';

/** A logger that keeps what it is given. */
const keeping = () => {
  const lines: object[] = [];
  const words: (string | undefined)[] = [];
  const add = (line: object | string, said?: string): void => {
    lines.push(typeof line === 'string' ? { line } : line);
    words.push(said);
  };
  return { lines, words, log: { debug: add, info: add, warn: add, error: add, fatal: add } as unknown as Logger };
};

test('M9: of a card nothing is logged but its masked number, whatever a fact holds', async (t) => {
  const world = new World().upToRequest().authorised().printed().keys('enter').printed();
  const text = JSON.stringify(world.facts.map(factLine));
  t.match(text, /622200\*{6}1234/);
  t.notMatch(text, /sealed|hash/);
});

test('M9: a key press is logged as a press, without its key: it may be a digit of a password', async (t) => {
  const { lines, log } = keeping();
  const { state } = new World().start().signOn();
  const event = { type: 'key', key: '7', at: 0, wall: 0, id: 'i' } as never;
  reporter(log)({ type: 'stepped', event, from: 'password', state });
  reporter(log)({ type: 'rejected', event, phase: 'password', why: 'tooManyDigits' });
  t.strictSame(lines, [
    { event: 'key', from: 'password', to: 'idle' },
    { event: 'key', phase: 'password', why: 'tooManyDigits' },
  ]);
});

test('a fault and a bug are logged in words', async (t) => {
  const { lines, words, log } = keeping();
  const fault = { device: 'printer', code: 'missing', where: '/dev/ttyS4', what: 'w', remedy: 'r' } as const;
  const reports: readonly Report[] = [
    { type: 'fault', fault },
    { type: 'bug', error: new TypeError('oh') },
    { type: 'bug', error: 7 },
    { type: 'bug', error: new RangeError('ah'), where: 'print' },
  ];
  for (const report of reports) reporter(log)(report);
  t.match(lines, [
    fault,
    { error: 'TypeError', message: 'oh' },
    { error: 'not an Error' },
    { error: 'RangeError', where: 'print' },
  ]);
  t.match(words, ['fault', /A bug stopped trading/, /A bug stopped trading/, /Trade goes on/]);
});

test('every fact has its line', async (t) => {
  const world = new World().upToRequest().authorised({ outcome: 'badMac' }).reversalAnswered().printed();
  for (const fact of world.facts) t.equal((factLine(fact) as { fact: Fact['type'] }).fact, fact.type);
});
