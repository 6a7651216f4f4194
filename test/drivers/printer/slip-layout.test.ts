import { test } from 'tap';
import { layOut, maxLines } from '../../../drivers/printer/slip-layout.ts';
import type { SlipElement } from '../../../hal/printer.ts';

const texts = (elements: SlipElement[], columns = 32): string[] =>
  layOut({ elements }, columns).map((line) => ('graphic' in line ? line.graphic : line.text));

test('a pair stands on one line, or on two', (t) => {
  t.strictSame(texts([{ type: 'pair', left: '金额', right: 'RMB 1.00' }]), ['金额                    RMB 1.00']);
  t.strictSame(texts([{ type: 'pair', left: '商户名称', right: '示例便利店' }]), ['商户名称              示例便利店']);
  const long = '一二三四五六七八九十一二';
  t.strictSame(texts([{ type: 'pair', left: long, right: '12345678' }]), [long, '                        12345678']);
  t.strictSame(
    texts([{ type: 'pair', left: '1234567890123456', right: '123456789012345' }]),
    ['1234567890123456 123456789012345'],
    'one blank between is enough',
  );
  t.end();
});

test('a row keeps its columns, numbers stand right', (t) => {
  const row = (...cells: string[]): SlipElement => ({
    type: 'row',
    cells: cells.map((text, index) => ({ text, columns: [4, 2, 4][index] ?? 1 })),
  });
  t.strictSame(texts([row('类型', '笔数', '金额'), row('消费', '12', '3,456.78'), row('预授权完成', '0', '-0.05')]), [
    '类型        笔数   金额',
    '消费             12     3,456.78',
    '预授权完成        0        -0.05',
  ]);
  t.end();
});

test('cells that do not fit get lines of their own: half an amount is another amount', (t) => {
  const cells = [
    { text: '消费', columns: 16 },
    { text: '12', columns: 6 },
    { text: '1,234,567.89', columns: 10 },
  ];
  t.strictSame(texts([{ type: 'row', cells }]), ['消费', `${' '.repeat(30)}12`, `${' '.repeat(20)}1,234,567.89`]);
  t.strictSame(
    texts([
      {
        type: 'row',
        cells: [
          { text: '12', columns: 1 },
          { text: '1234567890123456', columns: 1 },
        ],
      },
    ]),
    [`${' '.repeat(30)}12`, `${' '.repeat(16)}1234567890123456`],
    'numbers never touch',
  );
  t.end();
});

test('sizes, alignments, rules and blanks', (t) => {
  t.strictSame(
    layOut(
      {
        elements: [
          { type: 'text', text: '签购单', size: 'double', align: 'centre', bold: true },
          { type: 'text', text: '一二三四五六七八九', size: 'double' },
          { type: 'rule' },
          { type: 'blank', lines: 1 },
          { type: 'text', text: 'x', align: 'right', size: 'doubleHeight' },
        ],
      },
      32,
    ),
    [
      { text: '     签购单', size: 'double', bold: true },
      { text: '一二三四五六七八', size: 'double', bold: false },
      { text: '九', size: 'double', bold: false },
      { text: '-'.repeat(32), size: 'normal', bold: false },
      { text: '', size: 'normal', bold: false },
      { text: `${' '.repeat(31)}x`, size: 'doubleHeight', bold: false },
    ],
  );
  t.end();
});

test('a slip has an end', (t) => {
  t.equal(texts([{ type: 'blank', lines: maxLines }]).length, maxLines);
  t.throws(() => texts([{ type: 'blank', lines: 1e9 }]), RangeError);
  t.throws(() => texts([{ type: 'text', text: 'x'.repeat(32 * maxLines + 1) }]), RangeError);
  t.end();
});
