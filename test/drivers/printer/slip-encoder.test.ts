import { test } from 'tap';
import type { PrinterProfile } from '../../../drivers/printer/printer-profile.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import { encodeSlip } from '../../../drivers/printer/slip-encoder.ts';
import { maxImageDots, maxQrCharacters } from '../../../drivers/printer/slip-layout.ts';
import type { SlipElement } from '../../../hal/printer.ts';

const bytesOf = (elements: SlipElement[], profile: PrinterProfile): string =>
  encodeSlip({ elements }, profile)
    .pieces.map((piece) => piece.toString('hex'))
    .join(' ');

const module = printerProfile('cheap58');
const framed = (body: string): string => `1b401b401c26 ${body} 1b6404`;

test('slips byte for byte', (t) => {
  const cases: [what: string, elements: SlipElement[], body: string][] = [
    ['Chinese in GBK', [{ type: 'text', text: '中文A' }], 'd6d0cec4410a'],
    [
      'a yen sign leaves the Hanzi after it what they are',
      [
        { type: 'text', text: '¥1中文' },
        { type: 'text', text: '中' },
      ],
      'a3a431d6d0cec40a d6d00a',
    ],
    ['an emoji and a rare Hanzi show as missing', [{ type: 'text', text: '😀𠮷中' }], 'a1f5a1f5d6d00a'],
    ['a lone surrogate too', [{ type: 'text', text: '\udc00中' }], 'a1f5d6d00a'],
    [
      '20 Hanzi are two lines',
      [{ type: 'text', text: '中'.repeat(20) }],
      `${'d6d0'.repeat(16)}0a ${'d6d0'.repeat(4)}0a`,
    ],
    ['blank lines are line feeds', [{ type: 'blank', lines: 2 }], '0a 0a'],
    ['a text that is empty is a line', [{ type: 'text', text: '' }], '0a'],
    [
      'size and weight begin and end with their lines',
      [
        { type: 'text', text: 'A', size: 'double', bold: true },
        { type: 'text', text: 'B', size: 'doubleHeight' },
        { type: 'text', text: 'C' },
      ],
      '1d21111b4501410a 1d21011b4500420a 1d2100430a',
    ],
  ];
  for (const [what, elements, body] of cases) t.equal(bytesOf(elements, module), framed(body), what);
  t.equal(
    bytesOf([{ type: 'text', text: 'A', size: 'double', bold: true }], module),
    '1b401b401c26 1d21111b4501410a 1d21001b45001b6404',
    'the last line leaves nothing switched on',
  );
  t.equal(
    bytesOf([{ type: 'text', text: 'A' }], printerProfile('clone')),
    '1b401b401c261d61ff 410a 1b64041d5601',
    'with automatic status and a cutter',
  );
  t.end();
});

test('the drawer opens behind the cut, where the slip asks for it and the profile has one', (t) => {
  const endOf = (profile: PrinterProfile): string | undefined =>
    encodeSlip({ elements: [], opensDrawer: true }, profile).pieces.at(-1)?.toString('hex');
  t.equal(endOf(printerProfile('epson')), '1b64041d56011b700032fa', 'pin 2, 100 ms on, 500 ms off');
  t.equal(endOf({ ...module, drawer: { pin: 5, onMs: 510, offMs: 2 } }), '1b64041b7001ff01');
  t.equal(endOf(module), '1b6404');
  t.notMatch(bytesOf([], printerProfile('epson')), '1b70');
  t.end();
});

test('a QR symbol announces the bytes that follow, and stands in the middle', (t) => {
  const qr = (data: string, count: string) =>
    `1b6101 1d286b0400314132001d286b03003143061d286b0300314531 1d286b${count}315030${Buffer.from(data).toString('hex')}1d286b0300315130 1b6100`.replaceAll(
      ' ',
      '',
    );
  t.equal(bytesOf([{ type: 'qr', data: 'A-1' }], module), framed(qr('A-1', '0600')));
  const longest = '~'.repeat(maxQrCharacters);
  t.equal(bytesOf([{ type: 'qr', data: longest }], module), framed(qr(longest, '6700')));
  for (const data of ['', '签', '\u001d', `${longest}1`]) {
    t.throws(() => bytesOf([{ type: 'qr', data }], module), RangeError, JSON.stringify(data));
  }
  t.end();
});

test('a picture is sent in bands that fill the paper, and none of its dots are a real-time command', (t) => {
  const image = (widthDots: number, heightDots: number, bits: number[]): SlipElement => ({
    type: 'image',
    widthDots,
    heightDots,
    bits: Uint8Array.from(bits),
  });
  const row = (middle: string) => `${'00'.repeat(23)}${middle}${'00'.repeat(23)}`;
  t.equal(
    bytesOf([image(10, 25, Array<number>(50).fill(0xff))], module),
    framed(`1d76300030001800${row('ffff').repeat(24)} 1d76300030000100${row('ffff')}`),
  );
  // DLE EOT 4, DLE ENQ 2 and DLE DC4 8, beside each other and over the end of a row.
  t.equal(
    bytesOf([image(384, 1, [0x10, 0x04, 0x10, 0x05, 0x02, 0x10, 0x14, 0x08, ...Array<number>(40).fill(0)])], module),
    framed(`1d76300030000100180418050218${'1408'}${'00'.repeat(40)}`),
  );
  const acrossRows = [...Array<number>(47).fill(0), 0x10, 0x04, ...Array<number>(47).fill(0)];
  t.match(bytesOf([image(384, 2, acrossRows)], module), /001804/);
  for (const wrong of [image(385, 1, Array<number>(49).fill(0)), image(8, 1, []), image(8, 0, []), image(0, 1, [])]) {
    t.throws(() => bytesOf([wrong], module), RangeError);
  }
  t.throws(() => bytesOf([image(8, maxImageDots + 1, Array<number>(maxImageDots + 1).fill(0))], module), RangeError);
  t.end();
});

test('the paper is reckoned, so that silence has a limit', (t) => {
  const paperOf = (elements: SlipElement[]) => encodeSlip({ elements }, module).paperMm;
  t.equal(paperOf([]), 4 * 3.75);
  t.equal(paperOf([{ type: 'blank', lines: 4 }]), 8 * 3.75);
  t.equal(paperOf([{ type: 'text', text: 'A', size: 'double' }]), 5.6 * 3.75);
  t.equal(paperOf([{ type: 'image', widthDots: 8, heightDots: 16, bits: new Uint8Array(16) }]), 4 * 3.75 + 2);
  t.equal(paperOf([{ type: 'qr', data: 'A' }]), 4 * 3.75 + 15.75, 'as if it were the smallest');
  t.equal(encodeSlip({ elements: [] }, module).byteLength, 9);
  t.end();
});

test('every make feeds its last line past the tear bar, so that two slips are never one piece of paper', (t) => {
  for (const name of ['epson', 'clone', 'cheap58', 'mute'] as const) {
    const { tearOffLines, lineMm } = printerProfile(name);
    t.ok(tearOffLines * lineMm >= 15, name);
  }
  t.end();
});
