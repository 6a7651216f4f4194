import fc from 'fast-check';
import iconv from 'iconv-lite';
import { test } from 'tap';
import { cutToColumns, fitToColumns } from '../../../drivers/display/text-columns.ts';

test('a Hanzi takes two columns and is never cut in two', (t) => {
  t.equal(fitToColumns('请刷卡', 8, 'gbk').toString('hex'), 'c7ebcba2bfa82020');
  t.equal(fitToColumns('请刷卡', 5, 'gbk').toString('hex'), 'c7ebcba220');
  t.equal(cutToColumns('请刷卡', 5, 'gbk').toString('hex'), 'c7ebcba2');
  t.equal(cutToColumns('a请b', 2, 'gbk').toString('latin1'), 'a', 'nothing behind a character that did not fit');
  t.equal(cutToColumns('x', 0, 'gbk').length, 0);
  t.end();
});

test('what the display lacks is a question mark, one a character', (t) => {
  t.equal(fitToColumns('a😀b€c', 6, 'gbk').toString('latin1'), 'a?b?c ');
  t.equal(fitToColumns('请 ok é😀', 8, 'ascii').toString('latin1'), '? ok ?? ');
  t.equal(fitToColumns('\u001b\r\n\u0000\u007f\u0080', 6, 'gbk').toString('latin1'), '??????', 'and so are commands');
  t.end();
});

test('any text fills its columns exactly with whole characters', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.nat(24),
      fc.constantFrom('gbk' as const, 'ascii' as const),
      (text, columns, encoding) => {
        const bytes = fitToColumns(text, columns, encoding);
        if (bytes.length !== columns) throw new Error(`${bytes.length} columns`);
        const back = iconv.decode(bytes, encoding);
        if (back.includes('\ufffd')) throw new Error('half a character');
        if (/\p{Cc}/u.test(back)) throw new Error('a command');
        if (encoding === 'ascii' && bytes.some((byte) => byte > 0x7e)) throw new Error('not ASCII');
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});
