/** Several reversal slips due at once: the one whose own slip may still come out is the next thing printed (M4). */
import { test } from 'tap';
import { reversalSlipsDue } from '../../state-machine/book.ts';
import { fault, World } from './world.ts';

const done = (world: World): World => world.authorised().printed().keys('enter').printed().keys('enter');

/** Voucher 2 captured, its refund (3) in doubt; then sale 4, whose slip the printer may still hold, reversed, its reversal slip due. */
const withDoubtAndDueSlip = (): World => {
  const world = new World().upToRequest();
  done(world);
  world.keys('menu', '3', '1', 'enter').password(true).keys('2', 'enter', 'enter', '1', '00', 'enter', 'enter');
  world.printerReady().swiped().authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
  world.upToPin().pin().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' });
  world.cleared(false).reversalAnswered().notPrinted().cleared(false).keys('enter');
  return world;
};
const due = (world: World) => reversalSlipsDue(world.state.book).map(({ stan }) => stan);
const stanOf = (world: World): number | undefined => {
  const { slip } = world.last('print');
  return 'saleId' in slip ? world.state.book.sales.find(({ id }) => id === slip.saleId)?.stan : undefined;
};

test('M4: closing a doubt prints no slip before the reversal slip that is due', (t) => {
  const world = withDoubtAndDueSlip();
  t.strictSame(due(world), [4]);
  t.equal(world.phase, 'idle');
  t.equal(world.state.printerMayHold, true, 'the slip of voucher 4 may still come out');
  world.keys('menu', '7', '6', 'enter', '1', 'enter').password(true).keys('7', '7', 'enter');
  const before = world.effects.length;
  world.keys('1');
  const prints = world.effects.slice(before).filter(({ type }) => type === 'print');
  t.equal(prints.length, 1);
  t.equal(stanOf(world), 4, 'the next thing printed names voucher 4');
  t.end();
});

test('M4: with two reversal slips due no card is asked for before both are out', (t) => {
  const world = withDoubtAndDueSlip();
  // The printer is still down when the doubt is closed.
  world.keys('menu', '7', '6', 'enter', '1', 'enter').password(true).keys('7', '7', 'enter', '1');
  world.notPrinted().cleared(false).keys('enter');
  t.strictSame(due(world), [4, 3]);
  t.equal(world.phase, 'idle');
  // It comes back while an amount is typed, so that only the check before the card sees it.
  world.keys('5', '00', 'enter', 'enter').printerReady();
  t.equal(world.phase, 'printingReversal');
  t.equal(stanOf(world), 4);
  world.printed();
  t.equal(world.phase, 'printingReversal');
  t.equal(stanOf(world), 3);
  world.printed();
  t.equal(world.phase, 'card');
  t.end();
});
