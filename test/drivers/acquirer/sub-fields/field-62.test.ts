import fc from 'fast-check';
import { test } from 'tap';
import { packTerminalInfo, readTerminalInfo } from '../../../../drivers/acquirer/sub-fields/field-62.ts';

test('62 of a sign-on is the serial number of the terminal', async (t) => {
  t.equal(String(packTerminalInfo('310000000042')), 'Sequence No12310000000042');
  t.throws(() => packTerminalInfo('1'.repeat(100)), RangeError);
});

test('62 is read back as it was packed', async (t) => {
  const serial = fc.stringMatching(/^[0-9A-Z-]{0,60}$/);
  fc.assert(
    fc.property(serial, (number) => {
      const read = readTerminalInfo(packTerminalInfo(number));
      return read.ok && read.value === number;
    }),
  );
  for (const field62 of ['', 'Sequence No', 'Sequence No021', 'Serial No0112']) {
    t.match(readTerminalInfo(Buffer.from(field62)), { ok: false, fault: { field: '62' } }, field62);
  }
});
