/** What is in doubt: closed in any order, in this batch and in a later one, and what that gives back. */
import { test } from 'tap';
import type { SignOnOutcome } from '../../hal/acquirer.ts';
import { batchNumber } from '../../hal/units.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { canVoid } from '../../state-machine/standing.ts';
import { view } from '../../state-machine/view.ts';
import { search } from './kept-batches.ts';
import { identity } from './walk.ts';
import { fault, signedOn, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const done = (world: World): World => world.authorised().printed().keys('enter').printed().keys('enter');
const settle = (world: World): World => {
  world.keys('menu', '7', '5', 'enter');
  const balanced = { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' } as const;
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: balanced });
  world.happen({ type: 'uploadAnswered', effect: world.last('endBatch').id, answer: { outcome: 'accepted' } });
  return world
    .printed()
    .keys('enter')
    .signOn({ ...signedOn, batch: batchNumber(2) } as SignOnOutcome);
};
/** The supervisor closes the first doubt: 1 booked, 2 not. */
const close = (world: World, said: '1' | '2'): World =>
  world
    .keys('menu', '7', '6', 'enter', '1', 'enter')
    .password(true)
    .keys('7', '7', 'enter', said)
    .printed()
    .keys('enter');

const doubtedNotice = (): World => {
  const world = new World().start().signOn().keys('menu', '4', '1', '1', '00', '00', 'enter', 'enter');
  done(world.printerReady().swiped().pin());
  world.keys('menu', '4', '4', '2', 'enter', 'enter', '9', '0', '00', 'enter', 'enter').printerReady().swiped();
  return world.authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
};
const doubtedRefund = (): World => {
  const world = new World().upToRequest();
  done(world);
  world
    .keys('menu', '3', '1', 'enter')
    .password(true)
    .keys('2', 'enter', 'enter', '1', '2', '3', '4', 'enter', 'enter');
  return world.printerReady().swiped().authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
};

test('M10: a completion notice in doubt that was not booked gives the pre-authorisation back, after a settlement too', async (t) => {
  const same = close(doubtedNotice(), '2').keys('menu', '4', '3', '2', 'enter');
  t.match(screen(same), /预授完成 000002\|最多 115.00/, 'within the batch it can');
  const world = close(settle(doubtedNotice()), '2').keys('menu', '4', '3', '2', 'enter');
  world.found(...(await search(world)));
  t.match(screen(world), /预授完成 000002\|最多 115.00/, 'after a settlement too');
});

test('M10: a whole refund in doubt that was not booked can be made again, after a settlement too', async (t) => {
  const same = close(doubtedRefund(), '2').keys('menu', '3', '1', 'enter').password(true).keys('2', 'enter');
  t.match(screen(same), /退货 000002\|最多 12.34/, 'within the batch it can');
  const world = close(settle(doubtedRefund()), '2').keys('menu', '3', '1', 'enter').password(true).keys('2', 'enter');
  const rows = await search(world);
  t.match(rows, [{ left: 1234 }], 'the search knows that all is left');
  world.found(...rows);
  t.match(screen(world), /退货 000002\|最多 12.34/, 'after a settlement too');
  // Nor by its slip, whose reference is known here.
  world.keys('cancel', 'menu', '3', '1', 'enter').password(true).keys('9', 'enter').found();
  world.keys('1', '7', '0', '5', '1', '2', '3', '4', '5', '6', '7', '8', 'enter', '1', '1', '2', '2', 'enter');
  world.found(...(await search(world)));
  t.equal(world.phase, 'original', 'typed from its slip');
});

test('M10: the bank answers in its own order: each of several that are in doubt can be closed', async (t) => {
  const world = doubtedRefund().keys('menu', '7', '6');
  t.match(screen(world), /退货 000003\|RMB 12.34\|.*\|确认 人工处理/);
  t.equal(world.keys('clear').rejections.at(-1), 'endOfList', 'there is no other');
  done(world.keys('cancel').upToPin().pin());
  world.keys('menu', '3', '1', 'enter').password(true).keys('4', 'enter', 'enter', '1', '00', 'enter', 'enter');
  world.printerReady().swiped().authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
  world.keys('menu', '7', '6');
  t.match(screen(world), /退货 000003\|12.34 1\/2\|.*\|确认 清除下一笔/);
  world.keys('clear');
  t.match(screen(world), /退货 000005\|1.00 2\/2/);
  t.match(screen(world.keys('clear')), /000003/, 'and round again');
  world.keys('clear', 'enter', '1', 'enter').password(true).keys('7', '7', 'enter', '2').printed();
  t.match(
    world.state.book.sales.map(({ stan, status }) => [stan, status]),
    [[2], [3, 'inDoubt'], [4], [5, 'handedOver']],
  );
});

test('a sale whose refund was not booked is a whole sale again, and can be voided', (t) => {
  const world = close(doubtedRefund(), '2');
  t.ok(canVoid(world.state.book.sales[0] as Sale));
  t.notOk(canVoid(close(doubtedRefund(), '1').state.book.sales[0] as Sale), 'booked, it has taken from it');
  t.end();
});
