import { join } from 'node:path';
import { test } from 'tap';

/** Loaded as it was emitted: scripts are built after tests, of which they use the bench. */
const { compare } = (await import(join(import.meta.dirname, '..', '..', 'scripts', 'show', 'agreement.js'))) as {
  compare: (evidence: typeof agreeing) => { agree: boolean; differences: readonly string[] };
};

const slip = (number: number, kind: string, voucher: string) => ({
  number,
  text: `${kind}\n批次号:000001      凭证号:${voucher}`,
  whole: true,
});

const entry = (stan: number, amount: number, state: string, settled: boolean) => ({
  batch: 1,
  stan,
  amount,
  state,
  settled,
});

/** A settled sale, and a reversed one whose torn slip was called void. */
const agreeing = {
  batch: 2,
  sales: [
    { batch: 1, voucher: 2, amount: 1234, status: 'captured' },
    { batch: 1, voucher: 3, amount: 2580, status: 'reversed', reason: '96' },
  ],
  entries: [entry(2, 1234, 'approved', true), entry(3, 2580, 'reversed', false)],
  slips: [
    slip(1, '商户存根', '000002'),
    slip(2, '持卡人存根', '000002'),
    { ...slip(3, '商户存根', '000003'), whole: false },
    slip(4, '冲正凭证', '000003'),
  ],
  complaints: [] as string[],
};

const [captured, reversed] = agreeing.sales as [(typeof agreeing.sales)[0], (typeof agreeing.sales)[0]];
const [approved, undone] = agreeing.entries as [(typeof agreeing.entries)[0], (typeof agreeing.entries)[0]];
const [merchant, cardholder, torn, voided] = agreeing.slips;

test('ledgers and paper that agree', async (t) => {
  t.match(compare(agreeing), { agree: true, differences: [], totals: { terminal: 1234, acquirer: 1234 } });
  t.ok(compare({ ...agreeing, sales: [], entries: [], slips: [] }).agree, 'a day without a sale');
  const declined = { batch: 2, voucher: 9, amount: 1, status: 'declined' };
  t.ok(compare({ ...agreeing, sales: [...agreeing.sales, declined] }).agree, 'a refusal stands nowhere');
  const kept = { ...captured, status: 'kept' };
  t.ok(
    compare({ ...agreeing, sales: [kept, reversed], slips: [torn, voided] as never }).agree,
    'kept without its slip',
  );
});

const spoilt: readonly (readonly [name: string, change: object, difference: RegExp])[] = [
  ['one 分 off', { entries: [{ ...approved, amount: 1235 }, undone] }, /^voucher 000002 .*12\.34.*12\.35/],
  [
    'reversed at the acquirer only',
    { entries: [{ ...approved, state: 'reversed' }, undone] },
    /000002 stands .*12\.34.*0\.00/,
  ],
  [
    'reversed at the terminal only',
    { entries: [approved, { ...undone, state: 'approved' }] },
    /000003 stands .*0\.00.*25\.80/,
  ],
  ['not booked', { entries: [undone] }, /000002 stands/],
  ['unknown to the terminal', { sales: [reversed] }, /000002 stands .*0\.00.*12\.34/],
  ['still open', { sales: [captured, { ...reversed, status: 'reversalRequired' }] }, /000003 is still open/],
  ['never settled', { entries: [{ ...approved, settled: false }, undone] }, /000002 .* isn't settled/],
  ['no merchant copy', { slips: [cardholder, torn, voided] }, /000002 is captured without/],
  ['a torn merchant copy', { slips: [{ ...merchant, whole: false }, torn, voided] }, /000002 is captured without/],
  ['a captured sale called void', { slips: [merchant, slip(2, '冲正凭证', '000002'), voided] }, /000002 .*void/],
  ['no reversal slip', { slips: [merchant, torn] }, /000003 .*no reversal slip/],
  ['a slip behind the reversal slip', { slips: [merchant, voided, torn] }, /000003 .*no reversal slip/],
  [
    "another voucher's reversal slip",
    { slips: [merchant, torn, slip(4, '冲正凭证', '000004')] },
    /000003 .*no reversal slip/,
  ],
  ['a complaint', { complaints: ['field 11 came twice'] }, /complains: field 11/],
];

for (const [name, change, difference] of spoilt) {
  test(`a difference is named: ${name}`, async (t) => {
    const { agree, differences } = compare({ ...agreeing, ...change });
    t.notOk(agree);
    t.match(differences[0], difference);
  });
}
