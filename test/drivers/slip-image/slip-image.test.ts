import { statSync } from 'node:fs';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { test } from 'tap';
import { Bitmap } from '../../../drivers/slip-image/bitmap.ts';
import { Glyphs, glyphFile, glyphFileBytes } from '../../../drivers/slip-image/glyphs.ts';
import { pngOf } from '../../../drivers/slip-image/png.ts';
import { drawSlip } from '../../../drivers/slip-image/slip-image.ts';

test('a picture comes back from its PNG dot by dot, at one bit a dot', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.tuple(fc.nat(69), fc.nat(19), fc.integer({ min: 1, max: 70 }))),
      (width, height, strokes) => {
        const picture = new Bitmap(width, height);
        for (const [x, y, length] of strokes) picture.blacken(x, y, length);
        const file = pngOf(picture);
        if (file[24] !== 1 || file[25] !== 0) throw new Error('not one bit of grey a dot');
        const { data, width: wide, height: high } = PNG.sync.read(file);
        if (wide !== width || high !== height) throw new Error('another size');
        for (let at = 0; at < width * height; at++) {
          const black = picture.isBlack(at % width, Math.floor(at / width));
          if ((data[4 * at] === 0) !== black) throw new Error(`dot ${at}`);
        }
      },
    ),
  );
  t.end();
});

test('what is drawn over the edge is left out', (t) => {
  const picture = new Bitmap(10, 2);
  picture.blacken(-3, 0, 5);
  picture.blacken(8, 1, 9);
  picture.blacken(0, -1);
  picture.blacken(0, 2);
  t.strictSame([...picture.bits], [0xc0, 0x00, 0x00, 0xc0]);
  t.end();
});

test('a slip is as wide as its paper, and as high as its lines', (t) => {
  t.equal(statSync(glyphFile()).size, glyphFileBytes);
  const glyphs = new Glyphs();
  const drawn = drawSlip(
    {
      elements: [
        { type: 'text', text: '一' },
        { type: 'text', text: '一', size: 'double' },
        { type: 'text', text: '', size: 'double' },
        { type: 'image', widthDots: 8, heightDots: 5, bits: new Uint8Array(5).fill(0xff) },
      ],
    },
    32,
    glyphs,
  );
  glyphs.close();
  t.equal(drawn.widthDots, 384);
  t.equal(drawn.heightDots, 30 + 48 + 30 + 5);
  const inked = Array.from(
    { length: drawn.heightDots },
    (_none, y) => Array.from({ length: 384 }, (_dot, x) => drawn.isBlack(x, y)).filter(Boolean).length,
  );
  const stroke = Math.max(...inked.slice(0, 30));
  t.ok(stroke > 18 && stroke <= 24, 'nearly as wide as a Hanzi');
  t.equal(Math.max(...inked.slice(30, 78)), 2 * stroke, 'and twice that at double size');
  t.strictSame(inked.slice(-5), [8, 8, 8, 8, 8]);
  t.throws(() => new Glyphs('/nowhere/gbk-16.glyphs'), { code: 'ENOENT' });
  t.end();
});
