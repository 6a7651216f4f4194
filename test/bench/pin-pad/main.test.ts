import { test } from 'tap';
import { openNearEnd, play, ptyPath } from '../terminal-side.ts';
import { frame } from './frame.ts';

const masterKey = '0123456789ABCDEFFEDCBA9876543210';

test('the cardholder is played by typing, and events are told masked', async (t) => {
  const path = ptyPath(t);
  const pad = play(t, import.meta.url, '--pty', path, '--master-key', masterKey, '--pin', '123456');
  await pad.printed('plugged in');
  const near = await openNearEnd(t, path);
  const request = frame('Z60.6212345678901232\x1c50F2CFA3619FFA3341BB09F1C30DAC35');
  await near.write(request);
  t.equal((await near.take(28)).toString('latin1'), '\x06\x0271.00601AA6011445EFAC617\x03\x1e');
  await near.write(Buffer.of(0x06));
  await pad.printed('request 621234******1232 16\nanswered entered\nacknowledged');
  pad.type('jump');
  await pad.printed('Not understood');
  pad.type('nak x');
  await pad.printed('x is no number');
  pad.type('cancel');
  pad.type('nak 0');
  pad.type('help');
  await near.write(request);
  t.equal((await near.take(2)).toString('hex'), '0604');
});

test('a master key is needed', async (t) => {
  await play(t, import.meta.url, '--pty', ptyPath(t)).printed('--master-key needs 16 or 32 hexadecimal digits');
});
