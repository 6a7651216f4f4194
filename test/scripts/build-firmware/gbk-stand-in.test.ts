import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import iconv from 'iconv-lite';
import { test } from 'tap';

// The scripts are compiled after the tests, which some of them use.
const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'build-firmware', 'gbk-stand-in.js');
const { gbkStandIn } = (await import(script)) as { readonly gbkStandIn: () => string };

const board = {} as Pick<typeof iconv, 'encode' | 'decode'>;
compileFunction(gbkStandIn(), ['exports'])(board);

const hex = (code: number): string => code.toString(16).padStart(4, '0');

for (const encoding of ['gbk', 'cp936']) {
  test(`${encoding}: every character becomes the bytes that iconv-lite makes of it`, (t) => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      const character = String.fromCharCode(code);
      if (!board.encode(character, encoding).equals(iconv.encode(character, encoding))) wrong.push(hex(code));
    }
    // A private character for which iconv-lite begins four bytes of GB18030: GBK has none for it.
    t.strictSame(wrong, encoding === 'gbk' ? ['e7c7'] : []);
    t.equal(board.encode('\ue7c7', encoding).toString(), '?');
    for (const text of ['', '合计 ￥12.00€', 'a😀b', '\ud83d', '\ud83dx', '\ude00中']) {
      t.strictSame(board.encode(text, encoding), iconv.encode(text, encoding), JSON.stringify(text));
    }
    t.end();
  });

  test(`${encoding}: every byte, and every two with a third behind them, become the text that iconv-lite makes of them`, (t) => {
    const wrong: string[] = [];
    const compare = (...bytes: number[]): void => {
      const given = Buffer.from(bytes);
      if (board.decode(given, encoding) !== iconv.decode(given, encoding)) wrong.push(given.toString('hex'));
    };
    for (let first = 0; first <= 0xff; first += 1) {
      compare(first);
      for (let second = 0; second <= 0xff; second += 1) {
        for (const third of [0x41, 0x80, 0xb0, 0xff]) compare(first, second, third);
      }
    }
    t.strictSame(wrong, []);
    t.end();
  });
}

test('another encoding throws, as it would be missing on the board', (t) => {
  t.throws(() => board.encode('a', 'big5'), /no encoding big5/);
  t.throws(() => board.decode(Buffer.from('a'), 'toString'), /no encoding toString/);
  t.end();
});
