import iconv from 'iconv-lite';
import { PNG } from 'pngjs';
import { test } from 'tap';
import { paperPicture } from './paper-picture.ts';
import { PrinterRig } from './printer-rig.ts';
import { profiles } from './profiles.ts';

const printed = (widthDots: number, ...parts: readonly (string | Uint8Array)[]) => {
  const rig = new PrinterRig({ profile: { ...profiles.epson, widthDots } });
  rig.send('1b40', '1c26', ...parts);
  rig.settle();
  const { lines } = rig.printer.paper;
  return { lines, png: PNG.sync.read(paperPicture(lines, widthDots)) };
};

/** The dots of a rectangle, a line of text a row. */
const dots = ({ data, width }: PNG, x: number, y: number, columns: number, rows: number): string[] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => (data[((y + row) * width + x + column) * 4] === 0 ? '#' : '.')).join(
      '',
    ),
  );

const text = (content: string): Buffer => iconv.encode(content, 'gbk');

test('paper is as wide as its head, and as long as the motor has moved it', (t) => {
  for (const width of [384, 576]) {
    const { png, lines } = printed(width, text('first\nsecond\n'));
    t.equal(png.width, width);
    const [first, second] = lines;
    t.equal(png.height, 24 + Math.round(((second?.mmAt ?? 0) - (first?.mmAt ?? 0)) * 8));
  }
  t.end();
});

test('a Hanzi takes two columns and can be read, and half-width characters one', (t) => {
  const { png } = printed(384, text('中I\n'));
  const hanzi = dots(png, 0, 0, 24, 24);
  t.ok(hanzi.every((row) => row.length === 24));
  // 中: a stroke down its middle, a box across it.
  t.match(hanzi[1], /^\.{8,}#+\.{8,}$/);
  t.ok(hanzi.some((row) => /#{15,}/.test(row)));
  t.match(dots(png, 24, 0, 12, 24).join('\n'), /#/);
  t.notMatch(dots(png, 36, 0, 300, 24).join('\n'), /#/);
  t.end();
});

test('alignment, double size and images stand where a printer puts them', (t) => {
  const { png } = printed(384, '1b6102', text('I\n'), '1b6100', '1d7630000200020080018001');
  t.notMatch(dots(png, 0, 0, 372, 24).join('\n'), /#/, 'right: nothing before the last column');
  t.match(dots(png, 372, 0, 12, 24).join('\n'), /#/);
  t.strictSame(dots(png, 0, png.height - 2, 16, 2), ['#..............#', '#..............#']);
  const { png: large } = printed(384, '1d2111', text('I\n'));
  t.equal(large.height, 48);
  t.match(dots(large, 0, 0, 24, 48).join('\n'), /#/);
  t.end();
});

test('a QR symbol has its three finders', (t) => {
  const data = Buffer.from('voucher 42');
  const store = Buffer.concat([Buffer.from([0x1d, 0x28, 0x6b, data.length + 3, 0, 0x31, 0x50, 0x30]), data]);
  const { png } = printed(384, '1d286b0300314303', store, '1d286b0300315130');
  const size = 63;
  const finder = /^#{21}$/;
  t.match(dots(png, 0, 0, 21, 1)[0], finder);
  t.match(dots(png, size - 21, 0, 21, 1)[0], finder);
  t.match(dots(png, 0, size - 1, 21, 1)[0], finder);
  t.notMatch(dots(png, size - 21, size - 1, 21, 1)[0], finder);
  t.end();
});
