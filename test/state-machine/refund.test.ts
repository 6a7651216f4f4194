/** 退货: no reversal, so that an approval stands and silence is a doubt; partial, repeated, in whatever batch. */
import { test } from 'tap';
import type { SignOnOutcome } from '../../hal/acquirer.ts';
import { batchNumber, type MinorUnits } from '../../hal/units.ts';
import { doubtful, reversalSlipsDue, totalsOf, toUpload } from '../../state-machine/book.ts';
import type { Found } from '../../state-machine/sale.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { card, fault, provisioned, rules, signedOn, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');

/** At idle, with a captured sale of 12.34 under voucher 2. */
const sold = (world = new World()): World =>
  world.upToRequest().authorised().printed().keys('enter').printed().keys('enter');

const asked = (world: World): World => world.keys('menu', '3', '1', 'enter').password(true);

/** From idle to the request: so much of voucher 2. */
const upToRequest = (world: World, ...amount: readonly ('1' | '2' | '3' | '4' | '00')[]): World =>
  asked(world)
    .keys('2', 'enter', 'enter', ...amount, 'enter', 'enter')
    .printerReady()
    .swiped();

test('a refund: supervisor, voucher, original, amount, confirmation, same card, request without PIN, slip (001-02, 004-04, 004-05)', async (t) => {
  const world = asked(sold());
  t.match(screen(world), /退货\|请输入原凭证号/);
  world.keys('2', 'enter');
  t.match(screen(world), /退货 000002\|最多 12.34\|\*\*\*\*\*\*1234/, 'the original, and what is left of it');
  world.keys('enter', '5', '00', 'enter');
  t.match(screen(world), /示例便利店\|测试路店\|RMB 5.00\|请顾客核对/, 'the customer sees the amount');
  world.keys('enter').printerReady().swiped();
  t.equal(world.effects.filter(({ type }) => type === 'askPin').length, 1, 'no PIN but the sale’s');
  const original = { stan: 2, batch: 1, retrievalReference: '170512345678', date: '1122', cardOrganisation: 'CUP' };
  t.match(
    world.facts.at(-1),
    { type: 'intended', kind: 'refund', amount: 500, pinEntered: false, supervisor: '00', original },
    'M1',
  );
  world.authorised().printed();
  t.match(screen(world), /交易成功/);
  t.strictSame(totalsOf(world.state.book).domestic, {
    debit: { amount: 1234, count: 1 },
    credit: { amount: 500, count: 1 },
  });
});

test('refunds of one sale go on up to its amount, and no further (001-02, 003-21)', async (t) => {
  const done = upToRequest(sold(), '1', '00').authorised().printed().keys('enter').printed().keys('enter');
  asked(done).keys('2', 'enter');
  t.match(screen(done), /最多 11.34/);
  done.keys('enter', '1', '1', '3', '5', 'enter');
  t.match(screen(done), /金额超过原交易\|最多\|RMB 11.34/);
  done.keys('enter');
  upToRequest(done, '1', '1', '3', '4').authorised().printed().keys('enter').printed().keys('enter');
  asked(done).keys('2', 'enter');
  t.match(screen(done), /该交易已经撤销/, 'nothing is left');
});

test('a voided sale is not refunded, a refunded one is not voided, a refund is neither (002-25)', async (t) => {
  const refunded = upToRequest(sold(), '1', '00').authorised().printed().keys('enter').printed().keys('enter');
  refunded.keys('menu', '2', '1', 'enter').password(true).keys('2', 'enter');
  t.match(screen(refunded), /原交易不符条件\|不能撤销/);
  refunded.keys('enter', 'menu', '2', '1', 'enter').password(true).keys('3', 'enter');
  t.match(screen(refunded), /原交易不符条件\|不能撤销/, 'no void of a refund');
  refunded.keys('enter');
  asked(refunded).keys('3', 'enter');
  t.match(screen(refunded), /原交易不符条件\|不能退货/, 'no refund of a refund');
});

test('another card than the original’s is refused (001-03)', async (t) => {
  const world = asked(sold()).keys('2', 'enter', 'enter', '1', '00', 'enter', 'enter').printerReady();
  world.happen({ type: 'card', card: { ...card, cardHash: 'another' } });
  t.match(screen(world), /与原交易卡不符\|请用原卡\|未退款/);
});

test('M2: an approved refund whose slip does not come out stands, is never reversed, and owes its slip', async (t) => {
  for (const end of ['notPrinted', 'unknown', 'cancelled', 'powerCut'] as const) {
    let world = upToRequest(sold(), '1', '00').authorised();
    if (end === 'notPrinted') world.notPrinted().cleared().wait(200_000);
    if (end === 'cancelled') world.notPrinted().cleared().keys('cancel');
    if (end === 'unknown') world.verdict({ verdict: 'UNKNOWN', cause: 'silence' });
    if (end === 'powerCut') world = world.restarted().start();
    t.equal(world.state.book.sales[1]?.status, 'kept', end);
    t.notOk(world.factTypes.includes('reversalRequired'), `${end}: no reversal`);
    if (world.phase === 'clearingBuffer') world.cleared();
    if (end === 'powerCut') world.signOn();
    else t.match(screen(world), /交易成功\|小票待补\|凭证 000003/);
    world.keys('cancel').paper(false);
    t.match(screen(world), /待补打小票/, `${end}: the idle screen says so`);
  }
});

test('M2, M5: an unanswered refund is in doubt: never repeated, told on paper and screen, closed by a supervisor with a number', async (t) => {
  for (const end of ['unanswered', 'badMac', 'powerCut'] as const) {
    let world = upToRequest(sold(), '1', '00');
    if (end === 'unanswered') world.authorised({ outcome: 'unanswered', fault });
    if (end === 'badMac') world.authorised({ outcome: 'badMac' });
    if (end === 'powerCut') world = world.restarted().start();
    t.match(doubtful(world.state.book), [{ stan: 3, status: 'inDoubt' }], end);
    t.match(world.last('print').slip, { slip: 'reversal' }, 'its fault slip');
    world.printed();
    if (end === 'powerCut') world.signOn();
    else t.match(screen(world), /结果未知 勿重做\|请致电收单行查询\|凭证 000003/);
    world.keys('enter');
    t.match(screen(world), /待查交易 1/, 'the idle screen says so');
    t.strictSame(reversalSlipsDue(world.state.book), []);
    world.upToPin().pin().authorised().printed().keys('enter').printed().keys('enter');
    t.equal(world.state.book.sales.at(-1)?.status, 'captured', 'other transactions go on');
    world.keys('menu', '7', '6');
    t.match(screen(world), /退货 000003\|RMB 1.00\|联系 95516/);
    world.keys('enter', '1', 'enter').password(true).keys('7', '7', 'enter');
    t.match(screen(world), /退货 000003\|1收单行已入账\|2收单行未入账\|取消返回/);
    world.keys('1').printed();
    t.match(world.state.book.sales[1], { status: 'handedOver', incident: '77', booked: true });
    t.strictSame(doubtful(world.state.book), []);
  }
});

const inBatch2 = { ...signedOn, batch: batchNumber(2) } as SignOnOutcome;

test('M2: what is in doubt counts as taken for good, unless a supervisor was told that it was not booked: no money is refunded twice', async (t) => {
  const doubted = (): World =>
    upToRequest(sold(), '1', '2', '00').authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
  const most = (world: World): string => {
    const before = world.facts.length;
    asked(world).keys('2', 'enter');
    t.equal(world.facts.length, before);
    return screen(world);
  };
  const closing = (): World =>
    doubted().keys('menu', '7', '6', 'enter', '1', 'enter').password(true).keys('7', 'enter');
  t.match(most(doubted()), /退货 000002\|最多 0.34/, 'in doubt');
  t.match(most(closing().keys('1').printed().keys('enter')), /退货 000002\|最多 0.34/, 'booked');
  t.match(most(closing().keys('2').printed().keys('enter')), /退货 000002\|最多 12.34/, 'not booked');
  t.match(most(closing().keys('cancel')), /退货 000002\|最多 0.34/, 'nobody knows: it stays in doubt');
  t.match(most(closing().wait(60_000)), /退货 000002\|最多 0.34/, 'nor an answer');
  t.match(most(closing().keys('1').restarted().start().printed().signOn()), /最多 0.34/, 'also after a start');
});

test('a refund in doubt is carried into the next batch until it is closed', async (t) => {
  const world = upToRequest(sold(), '1', '00').authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
  world.keys('menu', '7', '5', 'enter');
  const balanced = { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' } as const;
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: balanced });
  world.happen({ type: 'uploadAnswered', effect: world.last('endBatch').id, answer: { outcome: 'accepted' } });
  world.printed().keys('enter').signOn(inBatch2);
  t.match(doubtful(world.state.book), [{ stan: 3, batch: 1 }]);
  t.match(screen(world), /待查交易 1/);
  const later = world.restarted();
  t.match(doubtful(later.state.book), [{ stan: 3, batch: 1 }], 'after a power cut too');
});

test('an unbalanced batch is uploaded: sales in records, then each refund by itself (M7)', async (t) => {
  const world = upToRequest(sold(), '1', '00').authorised().printed().keys('enter').printed().keys('enter');
  world.keys('menu', '7', '5', 'enter');
  const unbalanced = { outcome: 'reconciled', domestic: 'unbalanced', foreign: 'balanced' } as const;
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: unbalanced });
  t.strictSame(
    toUpload(world.state.book).map(({ kind }) => kind),
    ['sale', 'refund'],
  );
  const accepted = { outcome: 'accepted' } as const;
  world.happen({ type: 'uploadAnswered', effect: world.last('upload').id, answer: accepted });
  t.equal(world.last('uploadOne').saleId, world.state.book.sales[1]?.id);
  t.not(world.last('uploadOne').stan, world.last('upload').stan, 'M6');
  world.happen({ type: 'uploadAnswered', effect: world.last('uploadOne').id, answer: accepted });
  t.match(world.last('endBatch'), { balanced: false, count: 2 });
});

test('a sale of a kept batch is refunded too; what is left of it comes with it (000-06, 004-04)', async (t) => {
  const sale = sold().state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  const row: Found = { sale, left: 300 as MinorUnits };
  const world = new World([provisioned]).start().signOn();
  asked(world).keys('2', 'enter');
  t.match(world.last('find').query, { by: 'voucher', stan: 2 });
  world.found(row);
  t.match(screen(world), /退货 000002\|最多 3.00/);
  world.keys('enter', '3', '00', 'enter', 'enter').printerReady().swiped().authorised().printed();
  t.match(world.state.book.sales.at(-1), { kind: 'refund', status: 'captured', original: { saleId: sale.id } });
});

test('a sale that this terminal does not know is refunded by reference and date from its slip (004-04)', async (t) => {
  const world = new World([provisioned]).start().signOn();
  asked(world).keys('9', 'enter').found();
  t.match(screen(world), /退货\|请输入原参考号/);
  world.keys('1', '7', '0', '5', 'enter');
  t.equal(world.rejections.at(-1), 'nothingEntered', 'twelve digits');
  world.keys('1', '2', '3', '4', '5', '6', '7', '8', '9', '0');
  t.equal(world.rejections.at(-1), 'tooManyDigits');
  world.keys('enter', '1', '3', '3', '1', 'enter');
  t.equal(world.rejections.at(-1), 'nothingEntered', 'no such date');
  world.keys('clear', 'clear', 'clear', 'clear', '1', '1', '2', '2', 'enter').found().keys('1', '00', 'enter', 'enter');
  world.printerReady().swiped();
  t.match(world.facts.at(-1), {
    type: 'intended',
    original: { batch: 0, stan: 0, retrievalReference: '170512345678', date: '1122' },
  });
});

test('a void asks for a voucher of this batch: what was settled is refunded (002-04, 002-16, 004-23)', async (t) => {
  const world = new World().start().signOn().keys('menu', '2', '1', 'enter').password(true).keys('2', 'enter', 'enter');
  t.match(screen(world), /原交易不存在\|已结算的请退货/);
});

test('limits: of one refund, and of what the batch has taken (003-14)', async (t) => {
  const small = new World([provisioned], { ...rules, maxRefund: 100 as MinorUnits });
  asked(sold(small)).keys('2', 'enter', 'enter', '1', '0', '1', 'enter');
  t.match(screen(small), /退货金额超限\|单笔最多\|RMB 1.00/);
  const strict = new World([provisioned], { ...rules, refundBeyondNet: false });
  const sale = sold().state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  asked(strict.start().signOn()).keys('2', 'enter').found({ sale, left: sale.amount });
  strict.keys('enter', '1', '00', 'enter');
  t.match(screen(strict), /超过本批净额\|可退\|RMB 0.00/);
});

test('M9: a reader does not go on reading when the disk refuses the intent that a swipe made', async (t) => {
  const world = sold();
  world.disk = () => (world.phase === 'card' ? 'refused' : 'stored');
  upToRequest(world, '1', '00');
  t.match(world.state.phase, { name: 'notice', notice: { says: 'storageRefused' } });
  t.strictSame(
    world.effects.slice(-2).map(({ type }) => type),
    ['stopReading', 'forgetCard'],
  );
});

test('a sale that is known here is not refunded twice by typing its slip, nor one that was reversed (004-04)', async (t) => {
  const typed = (world: World): World =>
    asked(world)
      .keys('9', '9', 'enter')
      .found()
      .keys('1', '7', '0', '5', '1', '2', '3', '4', '5', '6', '7', '8', 'enter', '1', '1', '2', '3', 'enter');
  const world = upToRequest(sold(), '1', '2', '00').authorised().printed().keys('enter').printed().keys('enter');
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  typed(world);
  t.match(world.last('find').query, { by: 'reference', typed: '170512345678' });
  world.found({ sale, left: sale.amount });
  t.match(screen(world), /退货 000002\|最多 0.34/, 'what is left of it');
  const kept = typed(new World([provisioned]).start().signOn()).found({ sale, left: 0 as MinorUnits });
  t.match(kept.state.phase, { name: 'notice', notice: { says: 'alreadyVoided' } });
  const reversed = { ...sale, status: 'reversed' } as const;
  const undone = typed(new World([provisioned]).start().signOn()).found({ sale: reversed, left: 0 as MinorUnits });
  t.match(undone.state.phase, { name: 'notice', notice: { says: 'alreadyVoided' } });
});
test('M10: a refund of a batch that the acquirer left by itself is not uploaded into another one, where it would be refused for ever', async (t) => {
  const world = upToRequest(sold(), '1', '00').authorised().printed().keys('enter').printed().keys('enter');
  world.keys('menu', '7', '1').signOn(inBatch2);
  world.upToPin().pin().authorised().printed().keys('enter').printed().keys('enter', 'menu', '7', '5', 'enter');
  const unbalanced = { outcome: 'reconciled', domestic: 'unbalanced', foreign: 'balanced' } as const;
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: unbalanced });
  t.strictSame(
    toUpload(world.state.book).map(({ kind, batch }) => [kind, batch]),
    [
      ['sale', 1],
      ['sale', 2],
    ],
  );
});
