import fc from 'fast-check';
import { test } from 'tap';
import {
  packNotes,
  packOperator,
  packOrganisation,
  readNotes,
  readOperator,
} from '../../../../drivers/acquirer/sub-fields/field-63.ts';

test('63 of a request: the operator, or the card organisation', async (t) => {
  t.equal(packOperator('01'), '01 ');
  t.strictSame(readOperator('01 '), { ok: true, value: '01' });
  t.match(readOperator('1  '), { ok: false, fault: { field: '63' } });
  for (const operator of ['1', '001', 'ab']) t.throws(() => packOperator(operator), RangeError);
  t.equal(packOrganisation('CUP'), 'CUP');
  t.equal(packOrganisation(undefined), '000');
});

test('63 of an answer: card organisation and three texts in GBK', async (t) => {
  const none = { issuer: undefined, centre: undefined, acquirer: undefined };
  t.strictSame(readNotes(`CUP${' '.repeat(60)}`), { cardOrganisation: 'CUP', ...none });
  t.strictSame(readNotes('   '), { cardOrganisation: undefined, ...none });
  const notes = { cardOrganisation: 'VIS', issuer: '发卡行提示', centre: undefined, acquirer: 'a note' };
  t.strictSame(readNotes(packNotes(notes)), notes);
});

test('63 of an answer is read back as it was packed', async () => {
  const note = fc.option(fc.stringMatching(/^[一-龥]{1,10}$/), { nil: undefined });
  fc.assert(
    fc.property(note, note, note, (issuer, centre, acquirer) => {
      const notes = { cardOrganisation: 'CUP', issuer, centre, acquirer };
      return JSON.stringify(readNotes(packNotes(notes))) === JSON.stringify(notes);
    }),
  );
});
