import fc from 'fast-check';
import { test } from 'tap';
import { amountText, pinRequestMessage, readReply, textMessage } from '../../../drivers/pin-pad/visa-messages.ts';
import { minorUnits } from '../../../hal/units.ts';

const reply = (text: string) => readReply(Buffer.from(text, 'latin1'));
const block = 'B1C2D3E4F5061728';

test('the request names the card and the key', (t) => {
  t.equal(
    pinRequestMessage('4111111111111111', '0123456789ABCDEFFEDCBA9876543210').toString('latin1'),
    'Z60.4111111111111111\x1c0123456789ABCDEFFEDCBA9876543210',
  );
  t.end();
});

test('a text is GBK, two lines long, and holds no control byte', (t) => {
  t.equal(textMessage('请取卡').toString('hex'), '5a32c7ebc8a1bfa8');
  t.equal(textMessage('x'.repeat(31).concat('请')).toString('latin1'), `Z2${'x'.repeat(31)}`);
  t.equal(textMessage('a\u0003b😀').toString('latin1'), 'Z2a?b?');
  t.end();
});

test('an amount is digits with two decimals', (t) => {
  t.strictSame(
    [0, 5, 1234, 999_999_999_999].map((amount) => amountText(minorUnits(amount))),
    ['0.00', '0.05', '12.34', '9999999999.99'],
  );
  t.end();
});

test('every form of answer is told from the others', (t) => {
  t.strictSame(reply(`71.00401${block}`), { type: 'entered', block });
  t.strictSame(reply(`71.A1201${block.toLowerCase()}`), { type: 'entered', block });
  t.strictSame(reply(`71.00001${'0'.repeat(16)}`), { type: 'bypassed' });
  t.strictSame(reply('71.000'), { type: 'bypassed' }, 'without a block');
  t.strictSame(reply('715'), { type: 'error', code: '5' });
  for (const odd of ['71', '71.', '71\u0007', '7155', `71.00301${block}`, `71.01301${block}`, `71.00402${block}`]) {
    t.strictSame(reply(odd), { type: 'notUnderstood' }, JSON.stringify(odd));
  }
  t.strictSame(reply(`71.00401${block}0`), { type: 'notUnderstood' });
  t.strictSame(reply(`71.00401${block.slice(1)}G`), { type: 'notUnderstood' });
  t.strictSame(reply('Z1'), { type: 'other' });
  t.strictSame(reply(''), { type: 'other' });
  t.end();
});

test('no bytes break the reading, and only 16 hex digits are ever a block', (t) => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 130 }),
    fc.string({ maxLength: 30 }).map((text) => Buffer.from(`71.${text}`, 'latin1')),
  );
  fc.assert(
    fc.property(message, (bytes) => {
      const read = readReply(Buffer.from(bytes));
      if (read.type === 'entered' && !/^[0-9A-F]{16}$/.test(read.block)) throw new Error('no block');
    }),
  );
  t.end();
});
