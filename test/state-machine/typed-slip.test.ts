/** What is typed from a slip: the date on it is the terminal's, the one that is kept the acquirer's. */
import { test } from 'tap';
import type { AuthorisationOutcome } from '../../hal/acquirer.ts';
import { minorUnits } from '../../hal/units.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { approval, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const coded = { ...approval, authorisationCode: '123456', hostDate: '1123' } as AuthorisationOutcome;
const done = (world: World, answer = coded): World =>
  world.authorised(answer).printed().keys('enter').printed().keys('enter');

/** At 23:59:30 in Beijing on 22 November; the acquirer's clock is a minute ahead, on the 23rd. */
const heldAtMidnight = (): World => {
  const world = new World();
  world.now = Date.parse('2026-11-22T15:59:30Z');
  world.start().signOn().keys('menu', '4', '1', '1', '00', '00', 'enter', 'enter');
  return done(world.printerReady().swiped().pin());
};

const typed = (world: World, ...date: readonly ('1' | '2' | '3')[]): World =>
  world
    .keys('menu', '4', '3', '9', '9', 'enter')
    .found()
    .keys('1', '2', '3', '4', '5', '6', 'enter', ...date, 'enter');

test('M2: a pre-authorisation that was completed here is not completed again by typing its slip, date as on the slip (22/11)', (t) => {
  const world = heldAtMidnight();
  world.keys('menu', '4', '3', '2', 'enter', 'enter', '9', '0', '00', 'enter', 'enter').printerReady().swiped().pin();
  done(world);
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('none');
  typed(world, '1', '1', '2', '3').found({ sale, left: minorUnits(0) });
  t.match(screen(world), /该交易已经撤销/, 'by the date of the acquirer it is known');
  world.keys('enter');
  typed(world, '1', '1', '2', '2').found({ sale, left: minorUnits(0) });
  t.not(world.phase, 'amount', 'and by the date on its slip');
  t.match(screen(world), /该交易已经撤销/);
  t.end();
});

test('a pre-authorisation whose slip is held is not completed by typing that slip, date as on the slip', (t) => {
  const world = heldAtMidnight();
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('none');
  world.keys('menu', '7', '3', '1', '2', 'enter').found({ sale, left: sale.amount }).keys('4').keys('cancel');
  t.equal(world.state.book.holds.length, 1);
  world.keys('menu', '4', '3', '2', 'enter');
  t.match(screen(world), /小票已挂失/, 'by its voucher number');
  world.keys('enter');
  world
    .keys('menu', '4', '3', '9', '9', 'enter')
    .found()
    .keys('1', '2', '3', '4', '5', '6', 'enter', '1', '1', '2', '2', 'enter');
  if (world.phase === 'finding') world.found({ sale, left: sale.amount });
  t.match(screen(world), /小票已挂失/, 'by the date on its slip');
  t.end();
});
