import fc from 'fast-check';
import iconv from 'iconv-lite';
import { test } from 'tap';
import { place, printableLines, widthOf, wrap } from '../../../drivers/printer/printable-text.ts';

test('what GBK lacks is made visible, and what commands a printer is dropped', (t) => {
  const cases: [what: string, text: string, lines: string[]][] = [
    ['plain', 'RMB 1,234.56', ['RMB 1,234.56']],
    ['Chinese', '消费(SALE)', ['消费(SALE)']],
    ['the yen sign, of which the library makes Japanese', '¥1中文', ['￥1中文']],
    ['the euro sign, a single high byte in the table', '€5', ['□5']],
    ['an emoji', '好😀好', ['好□好']],
    ['beyond the basic plane', '𠮷野家', ['□野家']],
    ['four bytes in GB 18030', '䶮', ['□']],
    ['lone surrogates', 'a\ud800b\udc00c', ['a□b□c']],
    ['a real-time command', 'a\u0010\u0004\u0001b', ['ab']],
    ['C1 controls and DEL', 'a\u0085\u007f\u009bb', ['ab']],
    ['tab and no-break space', 'a\tb\u00a0c', ['a b c']],
    ['a decomposed letter', 'e\u0301', ['é']],
    ['line breaks of all systems', 'a\r\nb\nc\rd\u2028e', ['a', 'b', 'c', 'd', 'e']],
    ['nothing', '', ['']],
  ];
  for (const [what, text, lines] of cases) t.strictSame(printableLines(text), lines, what);
  t.end();
});

test('any text becomes GBK of the width that was reckoned, without a control character', (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)),
            fc.constantFrom('中', 'a', '😀', '¥'),
          ),
        }),
        (text) => {
          for (const line of printableLines(text)) {
            const bytes = iconv.encode(line, 'cp936');
            if (bytes.length !== widthOf(line)) return false;
            if (bytes.some((byte) => byte < 0x20 || byte === 0x7f || byte === 0xff)) return false;
            if (iconv.decode(bytes, 'cp936') !== line) return false;
          }
          return true;
        },
      ),
      { numRuns: 500 },
    ),
  );
  t.end();
});

test('wrapping halves no Hanzi and loses nothing', (t) => {
  t.strictSame(wrap('一二三四五六七八九十一二三四五六七八九十', 32), ['一二三四五六七八九十一二三四五六', '七八九十']);
  t.strictSame(wrap('a一二三四五六七八九十一二三四五六', 32), ['a一二三四五六七八九十一二三四五', '六']);
  t.strictSame(wrap('', 32), ['']);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '中', ' ') }),
        fc.integer({ min: 2, max: 48 }),
        (text, columns) => {
          const lines = wrap(text, columns);
          return lines.join('') === text && lines.every((line) => widthOf(line) <= columns);
        },
      ),
    ),
  );
  t.end();
});

test('a text is put to its place by GBK width', (t) => {
  t.equal(place('中文', 8, 'right'), '    中文');
  t.equal(place('中文', 9, 'centre'), '  中文');
  t.equal(place('中文', 8, 'left'), '中文');
  t.equal(place('中文', 3, 'right'), '中文', 'what does not fit stays whole');
  t.end();
});
