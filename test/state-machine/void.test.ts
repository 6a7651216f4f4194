/** 消费撤销: a void lives the life of a sale, and ends the sale that it is about. */
import { test } from 'tap';
import type { AuthorisationOutcome } from '../../hal/acquirer.ts';
import { copiesDue, fold, reversalSlipsDue, totalsOf, toUpload } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { view } from '../../state-machine/view.ts';
import { card, fault, provisioned, rules, World } from './world.ts';

const identity = { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' };
const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');

/** At idle, with a captured sale of 12.34 under voucher 2. */
const sold = (): World => new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');

/** The supervisor allows a void, and the clerk types the voucher number. */
const upToOriginal = (world: World, voucher: string): World => {
  world.keys('menu', '2', '1', '2', '3', '4', '5', '6', 'enter').password(true);
  for (const digit of voucher) world.keys(digit as '0');
  return world.keys('enter');
};

const upToVoidRequest = (world = sold()): World => {
  upToOriginal(world, '2').keys('enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: true, paperNearEnd: false } });
  return world.happen({ type: 'card', card }).pin();
};

const sales = (world: World) => world.state.book.sales.map(({ kind, status, voidedBy }) => [kind, status, voidedBy]);

test('a void: supervisor, voucher, original shown, same card, PIN, request, slip, captured (001-08, 002-05, 002-12, 002-13, 004-05)', async (t) => {
  const world = sold().keys('menu', '2');
  t.match(screen(world), /主管/);
  world.keys('1', '2', '3', '4', '5', '6', 'enter').password(true);
  t.match(screen(world), /消费撤销\|请输入原凭证号/);
  world.keys('0', '0', '0', '0', '0', '2', 'enter');
  t.match(screen(world), /撤销 000002\|RMB 12.34\|\*\*\*\*\*\*1234\|核对原单/, 'the original is shown');
  world.keys('enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: true, paperNearEnd: false } });
  world.happen({ type: 'card', card });
  t.equal(world.last('askPin').amount, 1234);
  world.pin();
  const original = { batch: 1, stan: 2, retrievalReference: '170512345678', authorisationCode: 'A1B2C3', date: '1122' };
  t.match(
    world.facts.at(-1),
    { type: 'intended', kind: 'void', stan: 3, amount: 1234, supervisor: '00', original },
    'M1',
  );
  t.equal(world.last('authorise').saleId, world.state.book.sales[1]?.id);
  world.authorised();
  t.notMatch(screen(world), /交易成功/, 'M3');
  t.strictSame(sales(world)[0], ['sale', 'captured', undefined], 'the sale stands until the slip is out');
  world.printed();
  const voidId = world.state.book.sales[1]?.id;
  t.strictSame(sales(world), [
    ['sale', 'captured', voidId],
    ['void', 'captured', undefined],
  ]);
  world.keys('enter').printed();
  t.match(screen(world), /交易成功\|RMB 12.34\|凭证 000003/);
  t.equal(world.keys('enter').phase, 'idle');
});

test('M7: a voided sale stays in debit, its void is in credit, and neither is uploaded or owed a slip', async (t) => {
  const world = upToVoidRequest().authorised().printed();
  const tally = { amount: 1234, count: 1 };
  const { book } = world.state;
  t.strictSame(totalsOf(book).domestic, { debit: tally, credit: tally });
  const settlement = {
    batch: book.batch,
    stan: book.nextStan,
    startedAt: provisioned.at,
    totals: totalsOf(book),
    uploaded: 0,
    flags: { domestic: 'unbalanced', foreign: 'unbalanced' },
  } as const;
  t.strictSame(toUpload({ ...book, settlement }), []);
  const kept = new World().upToRequest().authorised().notPrinted().cleared().paper(false);
  kept.keys('function', '1', 'enter').password(true).cleared().keys('enter');
  t.equal(copiesDue(kept.state.book).length, 2);
  upToVoidRequest(kept).authorised().printed();
  t.match(copiesDue(kept.state.book), [{ sale: { kind: 'void' }, copy: 'cardholder' }], "only the void's own copy");
});

test('what can not be voided is refused before anything is sent, and why (002-04, 002-25, 004-09)', async (t) => {
  const refusals: readonly (readonly [World, string, RegExp])[] = [
    [upToVoidRequest().authorised().printed().keys('enter').printed().keys('enter'), '2', /该交易已经撤销/],
    [upToVoidRequest().authorised().printed().keys('enter').printed().keys('enter'), '3', /原交易不符条件/],
    [new World().upToRequest().authorised({ outcome: 'declined', responseCode: '51' }).keys('enter'), '2', /不符条件/],
    [
      new World().upToRequest().authorised({ outcome: 'badMac' }).reversalAnswered().printed().keys('enter'),
      '2',
      /不符条件/,
    ],
  ];
  for (const [world, voucher, words] of refusals) {
    const before = world.facts.length;
    upToOriginal(world, voucher);
    t.match(screen(world), words);
    t.equal(world.facts.length, before);
    t.equal(world.keys('enter').phase, 'idle');
  }
});

test('a voucher that is not here: which terminal does its slip name? Another one’s is refused by that number (004-12, 002-04)', async (t) => {
  const asked = (): World => upToOriginal(sold(), '9');
  const zeros = Array<'0'>(7).fill('0');
  t.match(screen(asked()), /原交易不存在\|小票终端编号:/);
  const facts = asked().facts.length;
  const here = /原交易不存在\|已结算的请退货\|本终端 00000001\|按确认键返回/;
  t.match(screen(asked().keys('enter')), here, 'not known');
  t.match(screen(asked().keys(...zeros, '1', 'enter')), here, 'this one');
  const other = asked().keys(...zeros, '2');
  t.match(screen(other), /00000002/);
  t.match(screen(other.keys('enter')), /他终端小票\|00000002\|请到该终端办理/);
  t.equal(other.facts.length, facts);
  t.equal(asked().keys('1', 'enter').rejections.at(-1), 'nothingEntered', 'eight digits');
  t.equal(asked().keys('cancel').phase, 'idle');
  t.equal(asked().wait(60_000).phase, 'idle');
});

test('another card than the original is refused, and forgotten (000-14, 001-03, 004-04)', async (t) => {
  const world = upToOriginal(sold(), '2').keys('enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: true, paperNearEnd: false } });
  const before = world.facts.length;
  world.happen({ type: 'card', card: { ...card, cardHash: 'another' } });
  t.match(screen(world), /与原交易卡不符/);
  t.strictSame(
    world.effects.slice(-2).map(({ type }) => type),
    ['stopReading', 'forgetCard'],
  );
  t.equal(world.facts.length, before);
});

test('a void needs the supervisor: without one there is none, and a wrong password leads back (000-14, 002-14)', async (t) => {
  const { supervisor: _, ...nobody } = rules;
  const world = new World([provisioned], nobody).start().signOn().keys('menu', '2');
  t.equal(world.rejections.at(-1), 'notByPolicy');
  const wrong = sold().keys('menu', '2', '1', 'enter').password(false);
  t.match(screen(wrong), /密码错\|还可试 2 次/);
  t.equal(wrong.keys('enter').phase, 'idle');
});

test('before the request leaves, cancel and time end the void at every step, and the sale stands (003-12)', async (t) => {
  const steps: readonly (() => World)[] = [
    () => sold().keys('menu', '2'),
    () => sold().keys('menu', '2', '1', 'enter').password(true),
    () => upToOriginal(sold(), '2'),
  ];
  for (const step of steps) {
    t.equal(step().keys('cancel').phase, 'idle');
    t.equal(step().wait(60_000).phase, 'idle');
  }
  const digits = sold().keys('menu', '2', '1', 'enter').password(true).keys('enter');
  t.equal(digits.rejections.at(-1), 'nothingEntered');
  digits.keys('1', '2', '3', '4', '5', '6', '7');
  t.equal(digits.rejections.at(-1), 'tooManyDigits');
  t.match(digits.keys('clear').state.phase, { name: 'number', entered: '12345' });
});

test('M2, M4: a void whose slip does not come out is reversed with 96, and its sale stands (002-21)', async (t) => {
  const world = upToVoidRequest().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
  t.match(world.facts.at(-1), { type: 'reversalRequired', reason: '96' });
  t.match(reversalSlipsDue(world.state.book), [{ kind: 'void' }]);
  world.reversalAnswered().printed();
  t.match(screen(world), /已冲正\|原交易仍有效/);
  t.strictSame(sales(world), [
    ['sale', 'captured', undefined],
    ['void', 'reversed', undefined],
  ]);
  t.equal(totalsOf(world.state.book).domestic.credit.count, 0);
  upToVoidRequest(world.keys('enter')).authorised().printed();
  t.equal(sales(world)[2]?.[1], 'captured', 'and it may be voided again');
});

test('M5: a void without an answer is reversed; refused or not sent, the sale stands', async (t) => {
  const answers: readonly (readonly [AuthorisationOutcome, string, RegExp])[] = [
    [{ outcome: 'unanswered', fault }, 'reversalRequired', /自动冲正/],
    [{ outcome: 'badMac' }, 'reversalRequired', /自动冲正/],
    [{ outcome: 'declined', responseCode: '12' }, 'declined', /交易失败 12\|无效交易\|未撤销 原单有效/],
    [{ outcome: 'notSent', fault }, 'notSent', /未撤销 原单有效\|线路不通/],
  ];
  for (const [answer, status, words] of answers) {
    const world = upToVoidRequest().authorised(answer);
    t.match(screen(world), words);
    t.strictSame(sales(world), [
      ['sale', 'captured', undefined],
      ['void', status, undefined],
    ]);
  }
});

test('M2: a power cut in a void ends as one in a sale does', async (t) => {
  const asked = upToVoidRequest().restarted();
  t.match(asked.facts.at(-1), { type: 'reversalRequired', reason: '98' });
  const approved = upToVoidRequest().authorised().restarted();
  t.match(approved.facts.at(-1), { type: 'reversalRequired', reason: '96' });
  t.match(approved.start().cleared().signOn().last('reverse'), { reason: '96' });
  const captured = upToVoidRequest().authorised().printed().restarted();
  t.equal(sales(captured)[0]?.[2], captured.state.book.sales[1]?.id, 'the sale is voided');
});

test('M2: a void of what is no sale that stands is a bug, whatever wrote it', async (t) => {
  const world = upToVoidRequest().authorised().printed();
  const voided = world.facts.findLast((fact) => fact.type === 'intended');
  if (voided?.type !== 'intended') throw new Error('no void');
  const again = { ...voided, saleId: 'again', stan: world.state.book.nextStan } as Fact;
  t.throws(() => fold([...world.facts, again]), /can't take the void/);
  const other = { ...voided, amount: 1 } as Fact;
  t.throws(() => fold([...world.facts.slice(0, world.facts.indexOf(voided)), other]), /can't take the void/);
});
