import { test } from 'tap';
import { openNearEnd, play, ptyPath } from '../terminal-side.ts';

test('each screen is printed, and each complaint', async (t) => {
  const path = ptyPath(t);
  const display = play(t, import.meta.url, '--pty', path, '--kind', 'cd5220');
  await display.printed('plugged in');
  const near = await openNearEnd(t, path);
  await near.write(Buffer.from('\x0c\x1bQA12.50\r\x1bQBOK\r\x01', 'latin1'));
  await display.printed('----\n12.50\nOK\n');
  await display.printed('! 01 is nothing that the display knows');
});

test('a kind that there is not is told', async (t) => {
  await play(t, import.meta.url, '--pty', ptyPath(t), '--kind', 'vga').printed('--kind is lcd4x16 or cd5220, not vga');
});
