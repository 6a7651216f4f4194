import { test } from 'tap';
import { PrinterRig } from './printer-rig.ts';
import { profiles } from './profiles.ts';

const oneLine = (rig: PrinterRig, ...parts: (string | Uint8Array)[]) => {
  const before = rig.printer.paper.lines.length;
  rig.send(...parts, '0A');
  rig.settle();
  const lines = rig.printer.paper.lines.slice(before);
  return lines[0];
};
const ascii = (text: string) => Buffer.from(text, 'latin1');

// 签购单 中文 in GBK
const slip = 'C7A9 B9BA B5A5';
const chinese = 'D6D0 CEC4';

test('Chinese comes out in Hanzi mode: FS & switches it on, FS . off', (t) => {
  const rig = new PrinterRig();
  const line = oneLine(rig, '1C 26', slip);
  t.equal(line?.text, '签购单');
  t.equal(line?.columns, 6);
  t.equal(oneLine(rig, ascii('RMB'), chinese, ascii('1'))?.text, 'RMB中文1');
  t.equal(oneLine(rig, '1C 2E', chinese)?.text, '╓╨╬─', 'page 437 without it');
  t.strictSame(rig.printer.complaints, []);
  t.end();
});

test('Hanzi mode after power-on and ESC @ is as the make has it', (t) => {
  const off = new PrinterRig({ profile: 'cheap58' });
  t.equal(oneLine(off, chinese)?.text, '╓╨╬─');
  t.equal(oneLine(off, '1C 26', chinese)?.text, '中文');
  t.equal(oneLine(off, '1B 40', chinese)?.text, '╓╨╬─', 'ESC @ switches it off again');
  const on = new PrinterRig({ profile: 'clone' });
  t.equal(oneLine(on, chinese)?.text, '中文');
  t.equal(oneLine(on, '1C 2E', '1B 40', chinese)?.text, '中文');
  t.end();
});

test('half a Chinese character is garbled, and the bytes after it are read afresh', (t) => {
  const rig = new PrinterRig({ profile: 'clone' });
  t.equal(oneLine(rig, 'D6')?.text, '?', 'at the end of the line');
  t.equal(oneLine(rig, 'D6 31 32', chinese)?.text, '?12中文');
  t.equal(oneLine(rig, '81 30 84 36')?.text, '?0?6', 'four bytes of GB18030 on a GBK printer');
  t.equal(oneLine(rig, 'D6 1B 45 01 61')?.bold, true, 'a command after it is one');
  t.equal(oneLine(rig, '80 FF 41')?.text.endsWith('A'), true);
  t.match(rig.printer.complaints[0], { what: 'half a Chinese character', bytes: 'd60a', atByte: 2 });
  t.end();
});

test('a Chinese character that stands at the end of the receive buffer waits for its other half', (t) => {
  const rig = new PrinterRig({ profile: 'clone' });
  rig.send('D6');
  rig.settle();
  t.equal(oneLine(rig, 'D0')?.text, '中');
  t.end();
});

test('ESC R puts national characters in the places of ASCII, ESC t pages behind it', (t) => {
  const rig = new PrinterRig();
  t.equal(oneLine(rig, ascii('#$@[\\]^`{|}~'))?.text, '#$@[\\]^`{|}~');
  t.equal(oneLine(rig, '1B 52 0F', ascii('#$1'))?.text, '#¥1', 'China');
  t.equal(oneLine(rig, '1B 52 08', ascii('\\'))?.text, '¥', 'Japan');
  t.equal(oneLine(rig, '1B 52 02', ascii('{|}~'))?.text, 'äöüß', 'Germany');
  t.equal(oneLine(rig, '1B 52 00 1B 74 00 9D')?.text, '¥', 'page 437');
  t.equal(oneLine(rig, '1B 74 10 80')?.text, '€', 'page 1252');
  t.equal(oneLine(rig, '1B 74 63 1B 52 63 61')?.text, 'a');
  t.strictSame(
    rig.printer.complaints.map(({ what, bytes }) => [what, bytes]),
    [
      ['unknown code page', '1b7463'],
      ['unknown international character set', '1b5263'],
    ],
  );
  t.end();
});

test('the trap of a driver that falls back to Japanese: Chinese after ESC R 8 and without FS & is garbled', (t) => {
  const rig = new PrinterRig();
  const line = oneLine(rig, '1B 52 0F 1B 74 00 9D 31 1B 52 08 C3 E6 CA B8');
  t.notMatch(line?.text, /中文/);
  t.end();
});

test('size, weight and alignment are those of the line', (t) => {
  const rig = new PrinterRig({ profile: 'clone' });
  const plain = { doubleHeight: false, doubleWidth: false, bold: false, align: 'left' };
  t.match(oneLine(rig, ascii('a')), { ...plain, columns: 1 });
  t.match(oneLine(rig, '1B 21 10', slip), { ...plain, doubleHeight: true, columns: 6 });
  t.match(oneLine(rig, '1B 21 30', slip), { ...plain, doubleHeight: true, doubleWidth: true, columns: 12 });
  t.match(oneLine(rig, '1B 21 08', slip), { ...plain, bold: true });
  t.match(oneLine(rig, '1B 21 00 1B 45 01', slip), { ...plain, bold: true });
  t.match(oneLine(rig, '1B 45 00 1D 21 01', slip), { ...plain, doubleHeight: true });
  t.match(oneLine(rig, '1D 21 10', ascii('ab')), { ...plain, doubleWidth: true, columns: 4 });
  t.match(oneLine(rig, '1D 21 00 1C 21 08', ascii('a')), plain, 'FS ! is for Chinese alone');
  t.match(oneLine(rig, slip), { ...plain, doubleHeight: true });
  t.match(oneLine(rig, '1C 57 01', slip), { ...plain, doubleHeight: true, doubleWidth: true });
  t.match(oneLine(rig, '1C 57 00 1B 61 01', slip), { ...plain, align: 'centre' });
  t.match(oneLine(rig, '1B 61 32', slip), { ...plain, align: 'right' });
  t.match(oneLine(rig, '1B 40', slip), plain, 'ESC @ takes all of it back');
  t.match(oneLine(rig, '1B 4D 01', Buffer.alloc(42, 'x')), { columns: 32 }, 'font B is 9 dots wide');
  t.strictSame(rig.printer.complaints, []);
  t.end();
});

test('double height takes twice the paper', (t) => {
  const rig = new PrinterRig();
  oneLine(rig, '1B 21 10', ascii('a'));
  t.equal(rig.printer.paper.mm, 48 / 8);
  t.end();
});

test('ESC a in the middle of a line is not obeyed', (t) => {
  const rig = new PrinterRig();
  t.equal(oneLine(rig, ascii('a'), '1B 61 01')?.align, 'left');
  t.equal(rig.printer.complaints.length, 1);
  t.end();
});

test('a full line is printed, and the rest goes to the next', (t) => {
  const rig = new PrinterRig({ profile: 'clone' });
  rig.sendLines('x'.repeat(33));
  rig.send(Buffer.from('x'.repeat(31)), chinese, '0A');
  rig.settle();
  t.strictSame(rig.texts, ['x'.repeat(32), 'x', 'x'.repeat(31), '中文']);
  t.strictSame(
    rig.printer.paper.lines.map((line) => line.columns),
    [32, 1, 31, 4],
  );
  t.end();
});

test('a tab goes to the next multiple of eight columns', (t) => {
  const rig = new PrinterRig();
  t.equal(oneLine(rig, ascii('ab'), '09', ascii('c'), '09', ascii('d'))?.text, 'ab      c       d');
  t.end();
});

test('what is not understood is complained of, and only that is lost', (t) => {
  const rig = new PrinterRig();
  t.equal(oneLine(rig, '1B 7F', ascii('a'), '1D 00', ascii('b'), '1C 01', ascii('c'), '07')?.text, 'abc');
  t.strictSame(
    rig.printer.complaints.map(({ what, bytes, atByte }) => [what, bytes, atByte]),
    [
      ['unknown command', '1b7f', 2],
      ['unknown command', '1d00', 5],
      ['unknown command', '1c01', 8],
      ['unknown control character', '07', 10],
    ],
  );
  t.end();
});

test('known commands that the model does not show are read over with their parameters', (t) => {
  const rig = new PrinterRig();
  const readOver = [
    '1B 2D 41',
    '1B 63 34 41',
    '1B 24 41 41',
    '1D 57 41 41',
    '1B 2A 21 01 00 41 41 41',
    '1D 6B 04 41 42 00',
  ];
  t.equal(oneLine(rig, ...readOver, '1D 6B 49 02 41 42', '1D 28 45 03 00 01 49 4E', ascii('x'))?.text, 'x');
  t.end();
});

test('DLE EOT in a module that does not know it is three unknown bytes', (t) => {
  const rig = new PrinterRig({ profile: 'cheap58' });
  t.equal(oneLine(rig, ascii('a'), '10 04 01', ascii('b'))?.text, 'ab');
  t.equal(rig.printer.complaints.length, 3);
  t.strictSame(rig.answers, []);
  t.end();
});

test('a QR code', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 28 6B 04 00 31 41 32 00', '1D 28 6B 03 00 31 43 04', '1D 28 6B 03 00 31 45 31');
  rig.send('1D 28 6B 09 00 31 50 30', ascii('ABC123'), '1D 28 6B 03 00 31 51 30');
  rig.settle();
  // Six bytes at level M are version 1: 21 modules of 4 dots.
  t.match(rig.printer.paper.lines[0], { graphic: { type: 'qr', data: 'ABC123', sizeDots: 84 }, columns: 7 });
  t.equal(rig.printer.paper.mm, 84 / 8);
  t.equal(rig.printer.paper.text(1), '[QR ABC123]');
  t.strictSame(rig.printer.complaints, []);
  t.end();
});

test('QR data longer than announced goes on as text', (t) => {
  const rig = new PrinterRig({ profile: 'clone' });
  // pL = 6, and nine bytes: 签购单 announced by its three characters.
  rig.send('1D 28 6B 06 00 31 50 30', slip, '1D 28 6B 03 00 31 51 30', '0A');
  rig.settle();
  t.equal(rig.texts[0], '旱?');
  t.end();
});

test('QR codes that cannot be are complained of', (t) => {
  const rig = new PrinterRig();
  const store = (length: number) => {
    const size = length + 3;
    return [Buffer.from([0x1d, 0x28, 0x6b, size & 255, size >> 8, 0x31, 0x50, 0x30]), Buffer.alloc(length, 'x')];
  };
  rig.send('1D 28 6B 03 00 31 51 30', ...store(2954), '1D 28 6B 03 00 31 51 30');
  rig.send('1D 28 6B 03 00 31 43 08', ...store(300), '1D 28 6B 03 00 31 51 30');
  rig.send('1D 28 6B 03 00 31 43 00', '1D 28 6B 03 00 31 45 34', '1D 28 6B 03 00 31 60 00');
  rig.settle();
  t.strictSame(
    rig.printer.complaints.map(({ what }) => what),
    [
      'a QR symbol without data is not printed',
      'more data than a QR symbol holds',
      'a QR symbol wider than the paper is not printed',
      'a QR module is 1..16 dots',
      'a QR level is 48..51',
      'unknown QR function',
    ],
  );
  t.strictSame(rig.texts, []);
  t.end();
});

test('an image is printed in bands as its rows arrive', (t) => {
  const rig = new PrinterRig({ baudRate: 9600 });
  const rows = Buffer.alloc(48 * 30, 0xaa);
  rig.send('1D 76 30 30 30 00 1E 00', rows);
  // Rows of 48 bytes at 960 bytes a second: the line is slower than the motor.
  rig.wait(1000);
  t.equal(rig.printer.paper.lines.length, 0);
  rig.wait(300);
  t.equal(rig.printer.paper.lines.length, 1);
  rig.settle();
  const [band, rest] = rig.printer.paper.lines;
  t.match(band, { graphic: { type: 'raster', widthBytes: 48, rows: 24 }, columns: 32 });
  t.match(rest, { graphic: { rows: 6 } });
  t.ok(band?.graphic?.type === 'raster' && band.graphic.bits.equals(Buffer.alloc(48 * 24, 0xaa)));
  t.equal(rig.printer.paper.mm, 30 / 8);
  t.strictSame(rig.printer.complaints, []);
  t.end();
});

test('an image wider than the paper is cut off, one in the middle of a line left out', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 76 30 03 32 00 01 00', Buffer.from(Array.from({ length: 50 }, (_, n) => n)));
  rig.send(ascii('a'), '1D 76 30 00 01 00 02 00 FF FF', '0A');
  rig.settle();
  const [image, text] = rig.printer.paper.lines;
  t.match(image, { columns: 32, graphic: { widthBytes: 24 } }, 'double width');
  t.equal(image?.mmAt, 2 / 8, 'double height');
  t.equal(text?.text, 'a');
  t.equal(rig.printer.complaints.length, 1);
  t.end();
});

test('a make of one’s own', (t) => {
  const rig = new PrinterRig({ profile: { ...profiles.epson, widthDots: 576, hanziAtPowerOn: true } });
  t.equal(oneLine(rig, Buffer.alloc(48, 'x'))?.columns, 48);
  t.equal(oneLine(rig, chinese)?.text, '中文');
  t.end();
});
