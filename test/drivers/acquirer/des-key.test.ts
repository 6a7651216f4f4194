import { test } from 'tap';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { bytes, hexOf, macKey, masterKey } from './literal-frames.ts';

test('single and two-key triple DES, as published', async (t) => {
  // FIPS 81's ECB example; an 8-byte key twice is the same as once.
  const single = new DesKey(bytes('0123456789ABCDEF'));
  t.equal(hexOf(single.encrypt(Buffer.from('Now is t'))), '3FA40E8A984D4815');
  t.equal(String(single.decrypt(bytes('3FA40E8A984D4815'))), 'Now is t');
  t.equal(
    hexOf(new DesKey(bytes('0123456789ABCDEF0123456789ABCDEF')).encrypt(Buffer.from('Now is t'))),
    '3FA40E8A984D4815',
  );
  t.equal(hexOf(new DesKey(bytes('1111222233334444AAAABBBBCCCCDDDD')).checkValue()), '165619CC');
  t.equal(hexOf(new DesKey(bytes(macKey)).checkValue()), '00B8CC69');
  t.equal(hexOf(new DesKey(bytes(masterKey)).decrypt(bytes('4230EF1CB2684955'))), macKey);
  const master = new DesKey(bytes('70F2A84CCBC2AE8625CBB0F2C22AB923'));
  t.equal(hexOf(master.decrypt(bytes('96D605EA176B7E9E'))), 'C24A8FB57AA20123');
});

test('other lengths are no key', async (t) => {
  for (const length of [0, 7, 9, 24]) t.throws(() => new DesKey(new Uint8Array(length)), RangeError);
});
