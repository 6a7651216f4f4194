import fc from 'fast-check';
import { type Test, test } from 'tap';
import { openLine } from '../terminal-side.ts';
import { type DisplayKind, VirtualDisplay } from './virtual-display.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** 请刷卡, 12.50, and two empty lines. */
const lcdScreen = bytes('0C C7EBCBA2BFA8 0D0A 31322E3530 0D0A 0D0A 0D0A');
/** 消费 padded to 20, then 12.50. */
const cdScreen = bytes('1B40 0C 1B5141 CFFBB7D1 20202020202020202020202020202020 0D 1B5142 31322E3530 0D');

const rig = async (t: Test, kind: DisplayKind) => {
  const { far, near } = await openLine(t);
  const display = new VirtualDisplay(kind);
  display.attach(far);
  return { display, near };
};

/** A line without a pty, for what has to be cut at an exact byte. */
const fed = (kind: DisplayKind, ...chunks: readonly Uint8Array[]): VirtualDisplay => {
  class FedDisplay extends VirtualDisplay {
    feed(chunk: Uint8Array): void {
      this.receive(Buffer.from(chunk));
    }
  }
  const display = new FedDisplay(kind);
  for (const chunk of chunks) display.feed(chunk);
  return display;
};

test('the plain display shows four lines', async (t) => {
  const { display, near } = await rig(t, 'lcd4x16');
  t.strictSame(display.lines(), ['', '', '', '']);
  const told = new Promise((resolve) => display.once('screen', resolve));
  await near.write(lcdScreen);
  t.strictSame(await display.until('请刷卡'), ['请刷卡', '12.50', '', '']);
  t.strictSame(await told, ['请刷卡', '12.50', '', '']);
  t.strictSame(await display.until((lines) => lines[1] === '12.50'), display.lines(), 'the one that is shown');
  const next = display.until('OK');
  await near.write(bytes('0C 31 0D0A 32 0D0A 33 0D0A 34 0D0A'));
  await near.write(bytes('0C 4F4B 0D0A 0D0A 0D0A 0D0A'));
  t.strictSame(await next, ['OK', '', '', ''], 'one that fits, of those that come');
  t.equal(display.history.length, 3);
  t.strictSame(display.complaints, []);
});

test('the customer display shows two lines', async (t) => {
  const { display, near } = await rig(t, 'cd5220');
  await near.write(cdScreen);
  t.strictSame(await display.until('12.50'), ['消费', '12.50']);
  await near.write(bytes('1B5142 31332E3030 0D'));
  t.strictSame(await display.until('13.00'), ['消费', '13.00'], 'one line alone makes a new screen');
  t.strictSame(display.complaints, []);
});

for (const [kind, screen, lines] of [
  ['lcd4x16', lcdScreen, ['请刷卡', '12.50', '', '']],
  ['cd5220', cdScreen, ['消费', '12.50']],
] as const) {
  test(`a screen of ${kind} is read wherever the line cuts it`, async (t) => {
    for (let cut = 0; cut <= screen.length; cut++) {
      const display = fed(kind, screen.subarray(0, cut), screen.subarray(cut));
      t.strictSame([display.history, display.complaints], [[lines], []], `cut after ${cut}`);
    }
  });

  test(`${kind} shows the next whole screen after a terminal that died in the middle of one`, async (t) => {
    for (let cut = 0; cut < screen.length; cut++) {
      t.strictSame(fed(kind, screen.subarray(0, cut), screen).history, [lines], `died after ${cut}`);
    }
  });

  test(`${kind} takes any bytes, and the next whole screen after them`, async () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        const display = fed(kind, noise, screen);
        return display.lines().join('|') === lines.join('|') && display.lines().length === lines.length;
      }),
    );
  });
}

test('a half-written screen is on the glass, and is not waited for', async (t) => {
  const { display, near } = await rig(t, 'lcd4x16');
  await near.write(lcdScreen);
  await display.until('请刷卡');
  const half = fed('lcd4x16', lcdScreen, bytes('0C CFFB'));
  t.strictSame(half.lines(), ['', '', '', '']);
  const partly = fed('lcd4x16', lcdScreen, bytes('0C 4F4B 0D0A'));
  t.strictSame(partly.lines(), ['OK', '', '', '']);
  t.equal(partly.history.length, 1);
});

const complaints = (kind: DisplayKind, hex: string): readonly string[] => fed(kind, bytes(hex)).complaints;

test('the plain display complains', async (t) => {
  t.match(complaints('lcd4x16', `0C ${'41'.repeat(16)} 0D0A`), []);
  t.match(complaints('lcd4x16', `0C ${'41'.repeat(17)} 0D0A`), [/line 1 is longer than 16/]);
  t.equal(fed('lcd4x16', bytes(`0C ${'41'.repeat(99)} 0D0A`)).lines()[0], 'A'.repeat(16));
  t.match(complaints('lcd4x16', '0C 0D0A 0D0A 0D0A 0D0A 41 0D0A'), [/line 5 was written, and there are 4/]);
  t.match(complaints('lcd4x16', '0C C7 0D0A'), [/no GBK character/]);
  t.match(complaints('lcd4x16', '0C 41 0D 0C'), [/0D is nothing/]);
  t.match(complaints('lcd4x16', '0C 41 0A'), [/0A is nothing/]);
  t.match(complaints('lcd4x16', '1B40'), [/1B is nothing/]);
});

test('the customer display complains', async (t) => {
  t.match(complaints('cd5220', `1B5141 ${'41'.repeat(20)} 0D`), []);
  t.match(complaints('cd5220', `1B5142 ${'41'.repeat(21)} 0D`), [/line 2 is longer than 20/]);
  t.match(complaints('cd5220', '1B5144 41 0D'), [/1B 51 44/, /41/, /0D/]);
  t.match(complaints('cd5220', '1B74'), [/1B 74/]);
  t.match(complaints('cd5220', '1B5141 41 0A'), [/1B 51 41 41 0A/]);
  t.match(complaints('cd5220', '41'), [/41 is nothing/]);
  t.match(complaints('cd5220', '1B5141 41 0C'), [/1B 51 41 41 is nothing/]);
});

test('what is remembered is bounded', async (t) => {
  const display = fed('cd5220', ...Array.from({ length: 1100 }, () => bytes('1B5141 0D 1B5142 0D 01')));
  t.equal(display.history.length, 1000);
  t.equal(display.complaints.length, 1000);
});
