/** 签退: nothing is traded before somebody signs the terminal on again. */
import { test } from 'tap';
import type { SignOffOutcome } from '../../hal/acquirer.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { fault, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const sold = (): World => new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');
const answered = (world: World, answer: SignOffOutcome): World =>
  world.happen({ type: 'signOffAnswered', effect: world.last('signOff').id, answer });

test('menu 7 2 signs off; no key begins a sale before the terminal is signed on again', async (t) => {
  const world = sold().keys('menu', '7', '2');
  t.match(screen(world), /正在签退/);
  answered(world, { outcome: 'signedOff' });
  t.match(screen(world), /签退成功\|终端不再交易/);
  t.match(screen(world.keys('enter')), /已签退\|确认 签到/);
  world.keys('5', 'menu', 'cancel').wait(86_400_000);
  t.equal(world.phase, 'signedOff');
  t.equal(world.keys('enter').signOn().phase, 'idle');
});

test('M10: without an answer, or refused, it is signed off all the same, and that the acquirer did not answer is said', async (t) => {
  const answers: readonly SignOffOutcome[] = [
    { outcome: 'unanswered', fault },
    { outcome: 'notSent', fault },
    { outcome: 'badMac' },
    { outcome: 'invalid', field: '39', what: 'w' },
    { outcome: 'declined', responseCode: '96' },
  ];
  for (const answer of answers) {
    const world = answered(sold().keys('menu', '7', '2'), answer);
    t.match(screen(world), /已签退\|收单行未应答\|终端不再交易/, answer.outcome);
    t.match(world.facts.at(-1), { type: 'signedOff', told: false });
    t.equal(world.keys('enter').phase, 'signedOff');
  }
});

test('it stays signed off over a power cut; a cut before the answer leaves it signed on', async (t) => {
  const off = answered(sold().keys('menu', '7', '2'), { outcome: 'signedOff' });
  t.equal(off.restarted().start().phase, 'signedOff');
  t.equal(off.restarted().start().keys('enter').signOn().restarted().start().phase, 'signingOn');
  t.equal(sold().keys('menu', '7', '2').restarted().start().phase, 'signingOn');
});

test('M7: the time of the day’s settlement signs it on and settles; with nothing to settle it stays off', async (t) => {
  const world = answered(sold().keys('menu', '7', '2'), { outcome: 'signedOff' }).keys('enter');
  t.equal(world.happen({ type: 'settlementDue' }).phase, 'signingOn');
  t.equal(world.signOn().phase, 'settling');
  const empty = new World().start().signOn().keys('menu', '7', '2');
  answered(empty, { outcome: 'signedOff' }).keys('enter').happen({ type: 'settlementDue' });
  t.equal(empty.phase, 'signedOff');
});

test('M4: a slip that is owed is printed while it is signed off', async (t) => {
  const world = new World().upToRequest().authorised().printed().keys('cancel', 'cancel', 'menu', '7', '2');
  answered(world, { outcome: 'signedOff' }).keys('enter', 'function');
  t.match(world.last('print').slip, { slip: 'cardholder' });
  t.equal(world.printed().keys('enter').phase, 'signedOff');
});
