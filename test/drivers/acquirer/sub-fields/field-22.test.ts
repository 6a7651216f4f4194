import fc from 'fast-check';
import { test } from 'tap';
import { packEntryMode, readEntryMode } from '../../../../drivers/acquirer/sub-fields/field-22.ts';

test('22 tells how the card was read and whether a PIN was entered', async (t) => {
  t.equal(packEntryMode('swipe', true), '021');
  t.equal(packEntryMode('swipe', false), '022');
  t.equal(packEntryMode('manual', true), '011');
  t.equal(packEntryMode('chip', true), '051');
  t.equal(packEntryMode('contactless', false), '072');
  t.equal(packEntryMode('fallback', true), '801');
});

test('22 is read back as it was packed', async () => {
  const entry = fc.constantFrom('manual', 'swipe', 'chip', 'contactless', 'fallback');
  fc.assert(
    fc.property(entry, fc.boolean(), (mode, pin) => {
      const read = readEntryMode(packEntryMode(mode, pin));
      return read.ok && read.value.entry === mode && read.value.pinEntered === pin;
    }),
  );
});

test('22 of another form is a fault that says which of the two it is', async (t) => {
  for (const field22 of ['', '991']) t.match(readEntryMode(field22), { ok: false, fault: { field: '22.1' } }, field22);
  for (const field22 of ['02', '020', '023', '0211']) {
    t.match(readEntryMode(field22), { ok: false, fault: { field: '22.2' } }, field22);
  }
});
