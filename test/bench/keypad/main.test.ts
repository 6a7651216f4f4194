import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'tap';
import { openNearEnd, play, ptyPath } from '../terminal-side.ts';

test('keys that are typed are pressed', async (t) => {
  const path = ptyPath(t);
  const keypad = play(t, import.meta.url, '--pty', path);
  await keypad.printed('plugged in');
  const near = await openNearEnd(t, path);
  keypad.type('12d\x7fMx\x1b');
  t.equal((await near.take(7)).toString('hex'), '31324408' + '4d1b0d', 'what no key means is left out');
});

test('the help is given, and wrong options are told', async (t) => {
  await play(t, import.meta.url, '--help').printed('Backspace');
  const without = play(t, import.meta.url);
  await without.printed('--pty is missing');
  const taken = play(t, import.meta.url, '--pty', '/dev/null');
  await taken.printed('/dev/null exists already');
  await play(t, import.meta.url, '--pty', '/nowhere/tty').printed('see that its folder exists');
  await play(t, import.meta.url, '--pyt', 'x').printed("Unknown option '--pyt'");
});

test('the plug is pulled when it is stopped', async (t) => {
  const path = ptyPath(t);
  const keypad = play(t, import.meta.url, '--pty', path);
  await keypad.printed('plugged in');
  const exited = once(keypad.child, 'exit');
  keypad.child.kill('SIGINT');
  t.equal((await exited)[0], 0);
  t.notOk(existsSync(path));
});
