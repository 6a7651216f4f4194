/** 预授权, what is added to it, its void, its completion as request and as notice, and the void of a completion. */
import { test } from 'tap';
import type { AuthorisationOutcome } from '../../hal/acquirer.ts';
import { minorUnits } from '../../hal/units.ts';
import { totalsOf, toUpload } from '../../state-machine/book.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { approval, fault, provisioned, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const done = (world: World): World => world.authorised().printed().keys('enter').printed().keys('enter');

/** At idle, with a pre-authorisation of 100.00 under voucher 2. */
const held = (): World => {
  const world = new World().start().signOn().keys('menu', '4', '1', '1', '00', '00', 'enter', 'enter');
  return done(world.printerReady().swiped().pin());
};

const kinds = (world: World) => world.state.book.sales.map(({ kind, status, voidedBy }) => [kind, status, voidedBy]);

/** Completes voucher 2 with 90.00. */
const upToCompletion = (world: World, item: '3' | '4' = '3'): World => {
  world.keys('menu', '4', item, '2', 'enter', 'enter', '9', '0', '00', 'enter', 'enter').printerReady().swiped();
  return item === '3' ? world.pin() : world;
};

const upToVoid = (world: World, item: '2' | '5', voucher: '2' | '3'): World =>
  world
    .keys('menu', '4', item, '1', 'enter')
    .password(true)
    .keys(voucher, 'enter', 'enter')
    .printerReady()
    .swiped()
    .pin();

test('a pre-authorisation is held, captured with its slip, and in no column of the settlement', async (t) => {
  const world = held();
  t.strictSame(kinds(world), [['preAuthorisation', 'captured', undefined]]);
  const none = { amount: 0, count: 0 };
  t.strictSame(totalsOf(world.state.book).domestic, { debit: none, credit: none });
});

test('M2, M4: each of them that has a reversal is reversed with 96 when its slip does not come out, with 98 without an answer', async (t) => {
  const completed = () => done(upToCompletion(held()));
  const requests: readonly [string, () => World][] = [
    [
      'preAuthorisation',
      () => new World().start().signOn().keys('menu', '4', '1', '5', 'enter', 'enter').printerReady().swiped().pin(),
    ],
    ['preAuthorisationIncrement', () => upToIncrement(held())],
    ['preAuthorisationVoid', () => upToVoid(held(), '2', '2')],
    ['completion', () => upToCompletion(held())],
    ['completionVoid', () => upToVoid(completed(), '5', '3')],
  ];
  for (const [kind, request] of requests) {
    const mute = request().authorised({ outcome: 'unanswered', fault });
    t.match(mute.last('reverse'), { reason: '98' }, kind);
    const slipless = request().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
    t.match(slipless.last('reverse'), { reason: '96' }, kind);
    slipless.reversalAnswered().printed();
    t.match(slipless.state.book.sales.at(-1), { kind, status: 'reversed' });
    t.equal(
      slipless.state.book.sales.some(({ voidedBy }) => voidedBy === slipless.state.book.sales.at(-1)?.id),
      false,
    );
    const cut = request().restarted();
    t.match(cut.state.book.sales.at(-1), { status: 'reversalRequired', reason: '98' }, `${kind}: a power cut`);
  }
});

test('a completion takes up to 115 % of it, once; it is a debit, and is uploaded like a sale', async (t) => {
  const over = held().keys('menu', '4', '3', '2', 'enter');
  t.match(screen(over), /预授完成 000002\|最多 115.00/);
  over.keys('enter', '1', '1', '5', '0', '1', 'enter');
  t.match(screen(over), /金额超过原交易\|最多\|RMB 115.00/);
  const world = done(upToCompletion(held()));
  t.match(kinds(world)[1], ['completion', 'captured', undefined]);
  t.equal(kinds(world)[0]?.[2], world.state.book.sales[1]?.id, 'the hold is over');
  t.strictSame(totalsOf(world.state.book).domestic.debit, { amount: 9000, count: 1 });
  world.keys('menu', '4', '3', '2', 'enter');
  t.match(screen(world), /该交易已经撤销/, 'not twice');
  world.keys('enter', 'menu', '4', '2', '1', 'enter').password(true).keys('2', 'enter');
  t.match(screen(world), /该交易已经撤销/, 'nor voided then');
});

/** Adds 20.00 to voucher 2. */
const upToIncrement = (world: World): World =>
  world.keys('menu', '4', '6', '2', 'enter', 'enter', '2', '0', '00', 'enter', 'enter').printerReady().swiped().pin();

test('追加预授权 adds to the hold, again and again: a completion takes up to 115 % of the sum, once', async (t) => {
  const world = done(upToIncrement(done(upToIncrement(held()))));
  t.match(world.state.book.sales[0], { amount: 10_000, increased: 4_000 });
  const none = { amount: 0, count: 0 };
  t.strictSame(totalsOf(world.state.book).domestic, { debit: none, credit: none }, 'no money was moved');
  world.keys('menu', '4', '6', '2', 'enter');
  t.match(screen(world), /追加预授 000002\|已冻结 140.00/);
  world.keys('cancel', 'menu', '4', '3', '2', 'enter');
  t.match(screen(world), /预授完成 000002\|最多 161.00/);
  world.keys('enter', '1', '6', '1', '00', 'enter', 'enter').printerReady().swiped().pin();
  done(world).keys('menu', '4', '6', '2', 'enter');
  t.match(screen(world), /该交易已经撤销/, 'nothing is added to what is over');
});

test('a void of a pre-authorisation lifts the sum of it and its increments', async (t) => {
  const world = upToVoid(done(upToIncrement(held())), '2', '2');
  t.match(world.facts.at(-1), { type: 'intended', kind: 'preAuthorisationVoid', amount: 12_000 });
  t.equal(done(world).state.book.sales[0]?.voidedBy, world.state.book.sales.at(-1)?.id);
});

test('M4: an increment that is reversed, or was refused, adds nothing', async (t) => {
  const slipless = upToIncrement(held()).authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
  t.equal(slipless.reversalAnswered().printed().state.book.sales[0]?.increased, undefined);
  const refused = upToIncrement(held()).authorised({ outcome: 'declined', responseCode: '51' });
  t.match(screen(refused), /交易失败 51\|.*\|未追加 原单有效/);
  t.equal(refused.state.book.sales[0]?.increased, undefined);
});

test('of a kept batch, what the search knows to be held is added to, and by its code what nobody here knows', async (t) => {
  const sale = held().state.book.sales[0];
  if (sale === undefined) throw new Error('no pre-authorisation');
  const kept = new World([provisioned]).start().signOn();
  kept.keys('menu', '4', '6', '2', 'enter').found({ sale, left: minorUnits(12_000) });
  t.match(screen(kept), /追加预授 000002\|已冻结 120.00/);
  const slip = new World([provisioned]).start().signOn().keys('menu', '4', '6', '2', 'enter').found();
  t.match(screen(slip), /追加预授权\|请输入原授权码/);
});

test('a completion notice has no PIN and no reversal: unanswered it is in doubt, approved it stands', async (t) => {
  const mute = upToCompletion(held(), '4').authorised({ outcome: 'unanswered', fault });
  t.match(mute.state.book.sales.at(-1), { kind: 'completionNotice', status: 'inDoubt' });
  const slipless = upToCompletion(held(), '4').authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' });
  t.match(slipless.state.book.sales.at(-1), { status: 'kept' });
  const world = done(upToCompletion(held(), '4'));
  t.strictSame(totalsOf(world.state.book).domestic.debit, { amount: 9000, count: 1 });
  world.keys('menu', '7', '5', 'enter');
  const unbalanced = { outcome: 'reconciled', domestic: 'unbalanced', foreign: 'balanced' } as const;
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: unbalanced });
  t.strictSame(
    toUpload(world.state.book).map(({ kind }) => kind),
    ['completionNotice'],
    'by itself; its pre-authorisation moved no money',
  );
  t.equal(world.last('uploadOne').saleId, world.state.book.sales[1]?.id);
});

test('a completion is voided whole: both stand in the totals, neither is uploaded', async (t) => {
  const world = done(upToVoid(done(upToCompletion(held())), '5', '3'));
  t.strictSame(totalsOf(world.state.book).domestic, {
    debit: { amount: 9000, count: 1 },
    credit: { amount: 9000, count: 1 },
  });
  world.keys('menu', '7', '5', 'enter');
  const unbalanced = { outcome: 'reconciled', domestic: 'unbalanced', foreign: 'balanced' } as const;
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: unbalanced });
  t.strictSame(toUpload(world.state.book), []);
});

test('one of a kept batch is completed, or by its authorisation code from the slip; a completion of one can’t be voided', async (t) => {
  const sale = held().state.book.sales[0];
  if (sale === undefined) throw new Error('no pre-authorisation');
  const kept = new World([provisioned]).start().signOn();
  kept.keys('menu', '4', '3', '2', 'enter').found({ sale, left: sale.amount });
  t.match(screen(kept), /预授完成 000002\|最多 115.00/);
  const slip = new World([provisioned]).start().signOn().keys('menu', '4', '3', '2', 'enter').found();
  t.match(screen(slip), /预授权完成\|请输入原授权码/);
  slip
    .keys('1', '2', '3', '4', '5', '6', 'enter', '1', '1', '2', '2', 'enter')
    .found()
    .keys('5', '00', 'enter', 'enter');
  slip.printerReady().swiped().pin();
  const original = { batch: 0, stan: 0, retrievalReference: '', authorisationCode: '123456', date: '1122' };
  t.match(slip.facts.at(-1), { type: 'intended', kind: 'completion', amount: 500, original });
  const settled = new World([provisioned]).start().signOn();
  settled.keys('menu', '4', '5', '1', 'enter').password(true).keys('3', 'enter');
  t.match(screen(settled), /原交易不存在/);
});

test('M10: what was approved without a code can not be named by one: refused in words, before an intent', async (t) => {
  const { authorisationCode: _, ...without } = approval as Extract<AuthorisationOutcome, { outcome: 'approved' }>;
  const world = new World().start().signOn().keys('menu', '4', '1', '1', '00', '00', 'enter', 'enter');
  world.printerReady().swiped().pin().authorised(without).printed().keys('enter').printed().keys('enter');
  const facts = world.facts.length;
  for (const item of ['3', '4', '6'] as const) {
    world.keys('menu', '4', item, '2', 'enter');
    t.match(screen(world), /原交易无授权码\|.*\|联系 95516/, item);
    world.keys('enter');
  }
  world.keys('menu', '4', '2', '1', 'enter').password(true).keys('2', 'enter');
  t.match(screen(world), /原交易无授权码/);
  t.equal(world.facts.length, facts);
});
