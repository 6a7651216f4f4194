import { type Test, test } from 'tap';
import { Lcd4x16Display } from '../../../drivers/display/lcd4x16-display.ts';
import { type DisplayRig, displayContract } from '../../contract/display.contract.ts';
import type { FarEnd } from '../../support/pty.ts';
import { takeBytes } from './take-bytes.ts';
import { Glass, textOf, wireRig } from './wire-display.ts';

const rigOf = (t: Test, flowControl: 'none' | 'xonxoff' = 'none') =>
  wireRig(t, (settings, clock) => new Lcd4x16Display(settings, clock), flowControl);

const contractRig = (t: Test): DisplayRig => {
  const { display, clock, plug } = rigOf(t);
  const glass = new Glass(4, /^(?:\f|[^\f\r\n]{0,16}\r\n)/, (rows, command) =>
    command === '\f' ? ['next'] : [...rows.filter((row) => row !== 'next'), textOf(command.slice(0, -2))],
  );
  let end: FarEnd | undefined;
  return {
    display,
    clock,
    cable: {
      plugIn: async () => {
        end = await plug();
        glass.plugInto(end);
      },
      unplug: () => end?.unplug() ?? Promise.resolve(),
    },
    shows: (lines) => glass.shows(lines),
  };
};

test('fulfils the contract of a display', (t) => {
  displayContract(t, (st) => Promise.resolve(contractRig(st)));
  t.end();
});

test('its bytes: cleared when the line comes up, then each screen whole', async (t) => {
  const { display, plug } = rigOf(t);
  const { received } = await plug();
  await display.claim(() => undefined);
  t.equal((await takeBytes(received, 1)).toString('hex'), '0c');
  display.show({ lines: ['请刷卡', '12.34', '', '一二三四五六七八九'] });
  t.equal(
    (await takeBytes(received, 36)).toString('hex'),
    '0cc7ebcba2bfa80d0a31322e33340d0a0d0ad2bbb6fec8fdcbc4cee5c1f9c6dfb0cb0d0a',
  );
});

test('screens that come faster than the line are not queued: one is in flight, and the newest follows', async (t) => {
  const { display, plug } = rigOf(t);
  const { received } = await plug();
  await display.claim(() => undefined);
  await takeBytes(received, 1);
  for (let n = 100; n < 200; n++) display.show({ lines: [String(n), '', '', ''] });
  const screen = async () => (await takeBytes(received, 12)).toString('latin1');
  const newest = '\f199\r\n\r\n\r\n\r\n';
  const first = await screen();
  // The clearing may still have been on its way, and be all that went before the newest.
  if (first !== newest) {
    t.equal(first, newest.replace('199', '100'));
    t.equal(await screen(), newest);
  }
  t.equal(received.read(), null);
});

test('a display that takes no bytes is told as silent until it does', async (t) => {
  const { display, clock, plug } = rigOf(t, 'xonxoff');
  const end = await plug();
  await display.claim(() => undefined);
  end.send.write(Buffer.of(0x13));
  for (let held = 0; held < 5; ) {
    display.show({ lines: [String(held), '', '', ''] });
    await new Promise(setImmediate);
    clock.advance(2001);
    const health = await display.checkHealth();
    held = health.healthy ? 0 : held + 1;
    if (!health.healthy) t.match(health.fault, { device: 'display', code: 'silent', remedy: /flow control/ });
  }
  end.send.write(Buffer.of(0x11));
  while (!(await display.checkHealth()).healthy) await new Promise(setImmediate);
});
