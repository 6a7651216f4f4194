import { test } from 'tap';
import {
  checkValue,
  decipher,
  decipherTrack,
  encipher,
  newKey,
  readPinBlock,
  unionPayMac,
  wrapWorkingKeys,
} from './crypto.ts';
import { bytes, macKey, masterKey, pinKey } from './sample-requests.ts';

test('the MAC of a published message comes out, under its published key', (t) => {
  const key = decipher(bytes('70F2A84CCBC2AE8625CBB0F2C22AB923'), bytes('96D605EA176B7E9E'));
  t.equal(key.toString('hex').toUpperCase(), 'C24A8FB57AA20123');
  const message = bytes(`0200302004C020C0981100000000000000005100183402100006324392260009942820D131210112008439
    3136363838303134303030303030303030303030303031313536ACF46E73838A82F92600000000000000000822000001`);
  t.equal(message.length, 91);
  t.equal(unionPayMac(key, message).toString('latin1'), '8A9E91B8');
  t.end();
});

test('published PIN blocks are read', (t) => {
  t.equal(readPinBlock(bytes('061253DFFEDCBA98'), '123456789012345678'), '123456');
  t.equal(readPinBlock(bytes('0612713176FEDCBA'), '1234567890123456'), '123456');
  t.equal(readPinBlock(bytes('0412AC89ABCDEF67'), '43219876543210987'), '1234');
  t.end();
});

test('a PIN block of another card, or none at all, has no PIN', (t) => {
  t.equal(readPinBlock(bytes('061253DFFEDCBA98'), '6212345678901232'), undefined);
  const account = '1000000000000008';
  t.equal(readPinBlock(bytes('041234FFFFFFFFFF'), account), '1234');
  t.equal(readPinBlock(bytes('0A1234567890FFFF'), account), '1234567890', 'ten digits, length in hex');
  t.equal(readPinBlock(bytes('101234567890FFFF'), account), '1234567890', 'ten digits, length in decimal');
  t.equal(readPinBlock(bytes('051234FFFFFFFFFF'), account), undefined, 'length and digits contradict');
  t.equal(readPinBlock(bytes('03123FFFFFFFFFFF'), account), undefined, 'too short a PIN');
  t.equal(readPinBlock(bytes('041234FFFFFFFFF0'), account), undefined, 'not filled with F');
  t.equal(readPinBlock(bytes('0612345AFFFFFFFF'), account), undefined, 'not digits');
  t.end();
});

test('working keys are wrapped with their check values, in slots by the sign-on code', (t) => {
  t.equal(
    wrapWorkingKeys(masterKey, pinKey, macKey).toString('hex').toUpperCase(),
    '50F2CFA3619FFA3341BB09F1C30DAC35165619CC4230EF1CB2684955000000000000000000B8CC69',
  );
  const single = wrapWorkingKeys(masterKey, macKey, macKey);
  t.equal(single.toString('hex').toUpperCase(), '4230EF1CB268495500B8CC69'.repeat(2));
  t.equal(checkValue(pinKey).toString('hex').toUpperCase(), '165619CC');
  t.end();
});

test('single DES gives the value that everybody knows, and deciphers to itself', (t) => {
  t.equal(encipher(bytes('0123456789ABCDEF'), bytes('4E6F772069732074')).toString('hex'), '3fa40e8a984d4815');
  t.same(decipher(pinKey, encipher(pinKey, bytes('0011223344556677'))), bytes('0011223344556677'));
  t.throws(() => encipher(Buffer.alloc(7), Buffer.alloc(8)), RangeError);
  t.end();
});

test('a new key has odd parity in every byte and is another each time', (t) => {
  const keys = Array.from({ length: 20 }, () => newKey(16));
  const odd = (byte: number): boolean => byte.toString(2).replaceAll('0', '').length % 2 === 1;
  t.ok(keys.every((key) => key.length === 16 && key.every(odd)));
  t.equal(new Set(keys.map((key) => key.toString('hex'))).size, 20);
  t.end();
});

test('a track whose last sixteen digits but one went through a key is read back', async (t) => {
  const tdk = bytes('00112233445566778899AABBCCDDEEFF');
  const track = '6212345678901232=30122010000000000000';
  const hidden = encipher(tdk, Buffer.from(track.slice(20, 36), 'hex'))
    .toString('hex')
    .replaceAll('d', '=');
  t.equal(decipherTrack(tdk, track.slice(0, 20) + hidden + track.slice(36)), track);
  t.equal(decipherTrack(tdk, '1234=12'), '1234=12', 'a short one is in clear');
});
