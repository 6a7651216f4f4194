import { test } from 'tap';
import { HandClock } from '../../support/hand-clock.ts';
import { plugIn } from '../../support/pty.ts';
import { openLine, openNearEnd, ptyPath } from '../terminal-side.ts';
import { VirtualKeypad } from './virtual-keypad.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test('each key sends its byte', async (t) => {
  const { far, near } = await openLine(t);
  const keypad = new VirtualKeypad(new HandClock());
  keypad.attach(far);
  keypad.type('0123456789');
  keypad.press('00', 'enter', 'cancel', 'clear', 'menu', 'function');
  t.same(await near.take(16), bytes('30313233343536373839 44 0D 1B 08 4D 46'));
  keypad.babble(bytes('00 FF 80'));
  t.same(await near.take(3), bytes('00 FF 80'));
  t.throws(() => keypad.type('12a'), RangeError);
});

test('a key that sticks is sent again until it is freed', async (t) => {
  const { far, near } = await openLine(t);
  const clock = new HandClock();
  const keypad = new VirtualKeypad(clock);
  keypad.attach(far);
  keypad.stick('5', 50);
  clock.advance(120);
  keypad.letGo();
  clock.advance(1000);
  keypad.press('enter');
  t.same(await near.take(4), bytes('35 35 35 0D'));
  keypad.stick('1');
  keypad.stick('2');
  t.equal(clock.pending, 1, 'one key sticks at a time');
  keypad.detach();
  t.equal(clock.pending, 0, 'a key that is off the line sends nothing');
});

test('a keypad is pulled out, and put into another line', async (t) => {
  const { far } = await openLine(t);
  const keypad = new VirtualKeypad(new HandClock());
  t.throws(() => keypad.press('enter'), { message: /not attached/ });
  keypad.attach(far);
  t.throws(() => keypad.attach(far), { message: /attached already/ });
  await far.unplug();
  keypad.press('1');
  keypad.detach();
  keypad.detach();

  const path = ptyPath(t);
  const other = await plugIn(path);
  t.teardown(() => other.unplug());
  const near = await openNearEnd(t, path);
  keypad.attach(other);
  keypad.press('2');
  t.same(await near.take(1), bytes('32'), 'what was pressed without a line is lost');
});
