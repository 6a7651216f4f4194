import { test } from 'tap';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { macOf } from '../../../drivers/acquirer/mac.ts';
import { answers, bytes, macKey, messageIn, requests } from './literal-frames.ts';

test('the published message has its published MAC', async (t) => {
  const message = bytes(`0200302004C020C0981100000000000000005100183402100006324392260009942820D1312101120084393136
    363838303134303030303030303030303030303031313536ACF46E73838A82F92600000000000000000822000001`);
  t.equal(message.length, 91);
  t.equal(String(macOf(message, new DesKey(bytes('C24A8FB57AA20123')))), '8A9E91B8');
});

test('the MAC is the first eight characters of the last block in hex', async (t) => {
  // A key that gives the last block 8456B1CD5A3F8484 isn't known; a stand-in returns the published block.
  const key = { blockBytes: 8, encrypt: () => bytes('8456B1CD5A3F8484') } as unknown as DesKey;
  t.equal(String(macOf(bytes('0200'), key)), '8456B1CD');
  t.strictSame(macOf(bytes('0200'), key, 'bytes'), bytes('8456B1CD5A3F8484'), 'or the block as it is');
});

test('what openssl sealed is sealed the same here', async (t) => {
  const key = new DesKey(bytes(macKey));
  for (const frame of [requests.sale, requests.saleWithoutPin, requests.reversal, answers.approved, answers.reversed]) {
    const message = messageIn(frame);
    const end = message.length - 8;
    t.equal(String(macOf(message.subarray(0, end), key)), message.toString('latin1', end));
  }
});
