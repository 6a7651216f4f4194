import { test } from 'tap';
import type { PrinterProfile } from '../../../drivers/printer/printer-profile.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import { encodeSlip } from '../../../drivers/printer/slip-encoder.ts';
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

test('the paper is reckoned, so that silence has a limit', (t) => {
  const paperOf = (elements: SlipElement[]) => encodeSlip({ elements }, module).paperMm;
  t.equal(paperOf([]), 4 * 3.75);
  t.equal(paperOf([{ type: 'blank', lines: 4 }]), 8 * 3.75);
  t.equal(paperOf([{ type: 'text', text: 'A', size: 'double' }]), 5.6 * 3.75);
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
