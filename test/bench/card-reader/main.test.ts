import { test } from 'tap';
import { openNearEnd, play, ptyPath } from '../terminal-side.ts';

const visa1 = '%B4111111111111111^DOE/JOHN^28121018250617394026?';
const visa2 = ';4111111111111111=28121018250617394026?';

test('the command line swipes', async (t) => {
  const path = ptyPath(t);
  const reader = play(t, import.meta.url, '--pty', path, '--card', 'visa');
  await reader.printed('plugged in');
  const near = await openNearEnd(t, path);
  reader.type('');
  t.equal((await near.take(visa1.length + visa2.length + 1)).toString(), `${visa1}${visa2}\r`);
  reader.type('credit tracks=2 cut=17');
  t.equal((await near.take(17)).toString(), ';6212345678901232');
  reader.type('gold');
  await reader.printed('No test card is named gold');
  await play(t, import.meta.url, '--pty', `${path}2`, '--card', 'x').printed('No test card is named x');
});
