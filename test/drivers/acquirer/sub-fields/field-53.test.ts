import fc from 'fast-check';
import { test } from 'tap';
import { packSecurity, readSecurity } from '../../../../drivers/acquirer/sub-fields/field-53.ts';

test('53 tells of PIN, cipher and tracks', async (t) => {
  t.equal(packSecurity({ pinEntered: true, algorithm: '6', tracksEncrypted: false }), '2600000000000000');
  t.equal(packSecurity({ pinEntered: false, algorithm: '6', tracksEncrypted: false }), '0600000000000000');
  t.equal(packSecurity({ pinEntered: true, algorithm: '6', tracksEncrypted: true }), '2610000000000000');
  t.equal(packSecurity({ pinEntered: true, algorithm: '3', tracksEncrypted: false }), '2300000000000000');
});

test('53 is read back as it was packed', async (t) => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.constantFrom('0', '3', '4', '6'),
      fc.boolean(),
      (pinEntered, algorithm, tracksEncrypted) => {
        const security = { pinEntered, algorithm, tracksEncrypted };
        const read = readSecurity(packSecurity(security));
        return read.ok && JSON.stringify(read.value) === JSON.stringify(security);
      },
    ),
  );
  for (const [field53, field] of [
    ['', '53'],
    ['26', '53'],
    ['2600000000000001', '53'],
    ['3600000000000000', '53.1'],
    ['2620000000000000', '53.3'],
  ] as const) {
    t.match(readSecurity(field53), { ok: false, fault: { field } }, field53);
  }
});
