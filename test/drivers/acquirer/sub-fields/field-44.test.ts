import fc from 'fast-check';
import { test } from 'tap';
import { packInstitutions, readInstitutions } from '../../../../drivers/acquirer/sub-fields/field-44.ts';

test('44 names issuer and acquirer, in GBK', async (t) => {
  t.strictSame(readInstitutions('0102       0103       '), { issuer: '0102', acquirer: '0103' });
  const gbk = Buffer.from('D6D0B9FAD2F8D0D0202020', 'hex').toString('latin1');
  t.strictSame(readInstitutions(gbk), { issuer: '中国银行', acquirer: undefined });
  t.strictSame(readInstitutions(''), { issuer: undefined, acquirer: undefined });
});

test('44 is read back as it was packed', async () => {
  const name = fc.option(fc.stringMatching(/^[0-9A-Za-z]{1,11}$/), { nil: undefined });
  fc.assert(
    fc.property(name, name, (issuer, acquirer) => {
      const read = readInstitutions(packInstitutions({ issuer, acquirer }));
      return read.issuer === issuer && read.acquirer === acquirer;
    }),
  );
});
