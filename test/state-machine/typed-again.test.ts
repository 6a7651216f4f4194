/** What was made of a slip that is typed in, and is typed again. */
import { test } from 'tap';
import { view } from '../../state-machine/view.ts';
import { search } from './kept-batches.ts';
import { identity } from './walk.ts';
import { fault, provisioned, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const done = (world: World): World => world.authorised().printed().keys('enter').printed().keys('enter');

/** A refund of 5.00 by the reference 999912345678 of another terminal's slip, up to its amount. */
const typedRefund = async (world: World): Promise<World> => {
  world.keys('menu', '3', '1', 'enter').password(true).keys('9', '9', 'enter').found();
  world.keys('9', '9', '9', '9', '1', '2', '3', '4', '5', '6', '7', '8', 'enter', '1', '1', '2', '2', 'enter');
  return world.found(...(await search(world)));
};
const refunded = (world: World): World => world.keys('5', '00', 'enter', 'enter').printerReady().swiped();
/** Completes by code 123456 of another terminal's slip. */
const typedCompletion = async (world: World, item: '3' | '4'): Promise<World> => {
  world
    .keys('menu', '4', item, '9', '9', 'enter')
    .found()
    .keys('1', '2', '3', '4', '5', '6', 'enter', '1', '1', '2', '2', 'enter');
  return world.found(...(await search(world)));
};

test('M2: a refund by a typed reference that is in doubt: the same reference is not refunded again unasked', async (t) => {
  const world = refunded(await typedRefund(new World([provisioned]).start().signOn()));
  world.authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
  t.match(world.state.book.sales.at(-1), { status: 'inDoubt', original: { retrievalReference: '999912345678' } });
  await typedRefund(world);
  t.match(screen(world), /待查 000002\|结果未知 勿重做\|先办菜单 7 6/);
  world
    .keys('enter', 'menu', '7', '6', 'enter', '1', 'enter')
    .password(true)
    .keys('7', '7', 'enter', '2')
    .printed()
    .keys('enter');
  await typedRefund(world);
  t.equal(world.phase, 'amount', 'closed as not booked it may be made again');
});

test('M2: a completion notice by a typed code that is in doubt, or was captured: the same code is not completed again unasked', async (t) => {
  for (const end of ['inDoubt', 'captured'] as const) {
    const world = await typedCompletion(new World([provisioned]).start().signOn(), '4');
    world.keys('5', '00', 'enter', 'enter').printerReady().swiped();
    if (end === 'captured') done(world);
    else world.authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
    t.equal(world.state.book.sales.at(-1)?.status, end);
    await typedCompletion(world, '4');
    t.match(screen(world), end === 'captured' ? /该交易已经撤销/ : /待查 000002/);
  }
});
