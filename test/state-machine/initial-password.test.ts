import { test } from 'tap';
import { fault, World } from './world.ts';

/** The sale's answer is lost, and its reversal's too; the supervisor still has the password that he was given. */
const waiting = (): World => {
  const world = new World().upToRequest().authorised({ outcome: 'unanswered', fault });
  world.reversalAnswered({ outcome: 'unanswered', fault });
  world.keys('function', '1', '2', '3', '4', '5', '6', 'enter');
  return world.passwordAnswered({ result: 'mustChange', role: 'supervisor' });
};

test('M10: a supervisor with an initial password changes it beside an open reversal, and can hand it over then', (t) => {
  const world = waiting();
  t.equal(world.phase, 'newPassword');
  world.keys('2', '4', '6', '8', '1', '0', 'enter', '2', '4', '6', '8', '1', '0', 'enter');
  t.match(world.last('changePassword'), { operator: '00', old: '123456', password: '246810' });
  world.accountAnswered({ result: 'done' }).keys('enter');
  t.equal(world.phase, 'reversing', 'M5: it is sent again first');
  world.reversalAnswered({ outcome: 'unanswered', fault });
  world.keys('function', '2', '4', '6', '8', '1', '0', 'enter').password(true).keys('7', '7', 'enter');
  t.match(world.state.book.sales.at(-1), { status: 'handedOver', incident: '77' });
  t.end();
});

test('M5: who leaves it, or lets the time go by, is back at the reversal', (t) => {
  t.equal(waiting().keys('cancel').phase, 'reversing');
  t.equal(waiting().wait(60_000).phase, 'reversing');
  t.end();
});
