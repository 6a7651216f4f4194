import { type Test, test } from 'tap';
import { Cd5220Display } from '../../../drivers/display/cd5220-display.ts';
import type { DisplayEncoding } from '../../../drivers/display/text-columns.ts';
import { type DisplayRig, displayContract } from '../../contract/display.contract.ts';
import type { FarEnd } from '../../support/pty.ts';
import { takeBytes } from './far-end.ts';
import { displayRig, Glass, textOf } from './wire-display.ts';

const rigOf = (t: Test, encoding: DisplayEncoding = 'gbk') =>
  displayRig(t, (serial, clock) => new Cd5220Display({ serial, encoding }, clock));

const contractRig = (t: Test): DisplayRig => {
  const { display, clock, plug } = rigOf(t);
  const glass = new Glass(2, /^(?:␛@|\f|␛Q[AB][^\r]{20}\r)/, ([upper = '', lower = ''], command) => {
    if (command.length < 20) return ['', ''];
    const text = textOf(command.slice(3, -1));
    return command[2] === 'A' ? [text, lower] : [upper, text];
  });
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
    shows: async ([first, second, third, fourth]) => {
      const pages = [
        [first, second],
        [third, fourth],
      ];
      if (third + fourth === '') pages.pop();
      const shown = await glass.shows(...pages);
      pages.splice(shown, 1);
      if (pages.length === 0) return;
      clock.advance(2500);
      await glass.shows(...pages);
    },
  };
};

test('fulfils the contract of a display', (t) => {
  displayContract(t, (st) => Promise.resolve(contractRig(st)));
  t.end();
});

const blank = '1b514120202020202020202020202020202020202020200d1b514220202020202020202020202020202020202020200d';
// 消费, 12.34 and 请刷卡, OK
const firstPage = '1b5141cffbb7d1202020202020202020202020202020200d1b514231322e33342020202020202020202020202020200d';
const secondPage = '1b5141c7ebcba2bfa820202020202020202020202020200d1b51424f4b2020202020202020202020202020202020200d';

test('its bytes, and the turning of its pages', async (t) => {
  const { display, clock, plug } = rigOf(t);
  const { received } = await plug();
  const next = async () => (await takeBytes(received, 48)).toString('hex');
  await display.claim(() => undefined);
  const alarms = clock.pending;
  t.equal((await takeBytes(received, 3)).toString('hex'), '1b400c');
  display.show({ lines: ['消费', '12.34', '请刷卡', 'OK'] });
  t.equal(await next(), firstPage);
  clock.advance(2500);
  t.equal(await next(), secondPage);
  clock.advance(2500);
  t.equal(await next(), firstPage);

  clock.advance(2500);
  t.equal(await next(), secondPage);
  display.show({ lines: ['消费', '12.34', '请刷卡', ''] });
  t.equal(await next(), secondPage.replace('4f4b', '2020'), 'a change on the page that is shown is shown at once');
  clock.advance(1000);
  display.show({ lines: ['', '', '请刷卡', 'OK'] });
  t.equal(await next(), blank, 'a new first page is shown first');
  clock.advance(2499);
  display.show({ lines: ['', '', '请刷卡', 'OK'] });
  t.equal(await next(), blank);
  clock.advance(1);
  t.equal(await next(), secondPage, 'the same screen again does not hold the turning up');

  display.show({ lines: ['消费', '12.34', '', ''] });
  t.equal(await next(), firstPage);
  t.equal(clock.pending, alarms, 'with one page nothing turns');
});

test('a display without Chinese shows question marks', async (t) => {
  const { display, plug } = rigOf(t, 'ascii');
  const { received } = await plug();
  await display.claim(() => undefined);
  display.show({ lines: ['消费 Sale', 'x', '', ''] });
  t.equal(
    (await takeBytes(received, 51)).toString('latin1'),
    '\u001b@\u000c\u001bQA?? Sale             \r\u001bQBx                   \r',
  );
});

test('turning goes on while the display is away, and ends with the release', async (t) => {
  const { display, clock } = rigOf(t);
  display.show({ lines: ['消费', '12.34', '请刷卡', 'OK'] });
  t.equal(clock.pending, 1);
  clock.advance(10_000);
  t.equal(clock.pending, 1);
  await display.release();
  t.equal(clock.pending, 0);
});
