import { type Test, test } from 'tap';
import { Lcd4x16Display } from '../../../drivers/display/lcd4x16-display.ts';
import { type DisplayRig, displayContract } from '../../contract/display.contract.ts';
import type { FarEnd } from '../../support/pty.ts';
import { takeBytes } from './far-end.ts';
import { displayRig, Glass, textOf } from './wire-display.ts';

const rigOf = (t: Test) => displayRig(t, (settings, clock) => new Lcd4x16Display(settings, clock));

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
    shows: async (lines) => {
      await glass.shows(lines);
    },
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
