import fc from 'fast-check';
import { test } from 'tap';
import { layOut, textOf } from '../../../drivers/printer/slip-layout.ts';
import { SlipMaker } from '../../../firmware/slips/slip-maker.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import { emptyBook } from '../../../state-machine/book.ts';
import type { SlipFace } from '../../../state-machine/slip-face.ts';
import { source } from './a-maker.ts';
import { difference, imageOf, onPaper } from './paper-and-image.ts';
import { sampleFace, sampleSlips } from './samples.ts';

const words = (document: SlipDocument, columns: 32 | 48): string =>
  onPaper(document, columns)
    .map(({ text, graphic }) =>
      graphic?.type === 'qr' ? `[QR ${graphic.data}]` : graphic ? undefined : text.trimEnd(),
    )
    .filter((text) => text !== undefined)
    .join('\n')
    .trimEnd();

for (const columns of [32, 48] as const) {
  test(`each slip of ${columns} columns says on paper what its image says, and terminalctl (000-11)`, (t) => {
    for (const [name, document] of sampleSlips(columns)) {
      t.equal(difference(onPaper(document, columns), imageOf(document, columns)), undefined, name);
      t.equal(words(document, columns), textOf(document, columns).join('\n').trimEnd(), name);
    }
    t.end();
  });
}

test('a slip of which one character, amount or dot is another is seen to be another', (t) => {
  const slips = sampleSlips(32);
  const image = (name: string): Buffer => imageOf(slips.get(name) as SlipDocument, 32);
  const paper = (name: string) => onPaper(slips.get(name) as SlipDocument, 32);
  t.match(difference(paper('merchant'), image('duplicate')), /line \d+/);
  t.match(difference(paper('merchant'), image('bank')), /is another/);
  t.match(difference(paper('merchant'), image('label')), /./);
  const lines = paper('merchant');
  const qr = lines.findIndex(({ graphic }) => graphic?.type === 'qr');
  const other = lines.with(qr, {
    ...lines[qr],
    graphic: { type: 'qr', data: 'x', sizeDots: 174 },
  } as (typeof lines)[0]);
  t.match(difference(other, image('merchant')), /QR symbol says/);
  t.end();
});

test('the same slip gives the same image, to the byte', (t) => {
  for (const [name, document] of sampleSlips(32)) {
    t.ok(imageOf(document, 32).equals(imageOf(sampleSlips(32).get(name) as SlipDocument, 32)), name);
  }
  t.end();
});

const shortSlip = (columns: number, face: Partial<SlipFace>): SlipDocument =>
  new SlipMaker({ ...source, columns }).label({ ...emptyBook, face: { ...sampleFace, ...face } });

/** Whatever somebody may put into a name: any Unicode, halves of characters, control bytes, right-to-left, combinations. */
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0, max: 0x1f }), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    '¥5',
    '😀店',
    '\ud83d',
    'مرحبا',
    '\u202eabc',
    'e\u0301',
    'x'.repeat(500),
    '龘'.repeat(500),
    '\u20ac',
    '\x10\x04\x01',
  ),
);

test('no text, whatever is in it, makes paper and image differ, or the printer see a command', (t) => {
  fc.assert(
    fc.property(anything, anything, anything, fc.constantFrom(32 as const, 48 as const), (a, b, c, columns) => {
      const document = shortSlip(columns, { merchant: a, branch: b, hotline: c });
      const said = difference(onPaper(document, columns), imageOf(document, columns));
      if (said !== undefined) throw new Error(said);
      for (const line of layOut(document, columns)) {
        if (!('graphic' in line) && /[\p{Cc}\p{Cs}]/u.test(line.text)) throw new Error('a control character');
      }
    }),
    { numRuns: 40 },
  );
  t.end();
});

test('any elements, in any order and alignment, come out as the image shows them', (t) => {
  const align = fc.constantFrom('left', 'centre', 'right');
  const element = fc.oneof(
    fc.record({
      type: fc.constant('text' as const),
      text: anything,
      align,
      size: fc.constantFrom('normal', 'doubleHeight', 'double'),
      bold: fc.boolean(),
    }),
    fc.record({ type: fc.constant('pair' as const), left: anything, right: anything }),
    fc.record({ type: fc.constant('blank' as const), lines: fc.integer({ min: 0, max: 3 }) }),
    fc.constant({ type: 'rule' as const }),
    fc.record({ type: fc.constant('qr' as const), data: fc.stringMatching(/^[ -~]{1,100}$/) }),
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 255 }))
      .map(([width, height, seed]) => ({
        type: 'image' as const,
        widthDots: width * 8,
        heightDots: height,
        bits: Uint8Array.from(
          { length: width * height },
          (_none, at) => [0x10, 0x04, 0x05, 0x14, seed][(at * seed) % 5] ?? 0,
        ),
      })),
  );
  fc.assert(
    fc.property(
      fc.array(element, { maxLength: 12 }),
      fc.constantFrom(32 as const, 48 as const),
      (elements, columns) => {
        // Paper that has nothing on it is no copy.
        const document = {
          elements: [{ type: 'text', text: 'x' }, ...elements, { type: 'text', text: 'x' }],
        } as SlipDocument;
        const said = difference(onPaper(document, columns), imageOf(document, columns));
        if (said !== undefined) throw new Error(said);
      },
    ),
    { numRuns: 60 },
  );
  t.end();
});
