import { test } from 'tap';
import type { Fact } from '../../state-machine/facts.ts';
import { fault, rules, World } from './world.ts';

const statusOf = (world: World): string | undefined => world.state.book.sales.at(-1)?.status;

test('an approved sale is printed, captured, and its cardholder copy follows (M2, 000-01, 000-02)', async (t) => {
  const world = new World().upToRequest();
  t.equal(world.phase, 'authorising');
  world.authorised();
  t.equal(world.phase, 'printingMerchant');
  t.match(world.last('print').slip, { slip: 'merchant', number: 1 });
  world.printed();
  t.equal(statusOf(world), 'captured');
  world.keys('enter').printed();
  t.strictSame(world.factTypes, [
    'provisioned',
    'traceTaken',
    'signedOn',
    'intended',
    'approved',
    'captured',
    'printed',
  ]);
  t.equal(world.keys('enter').phase, 'idle');
});

test('M1: the intent is a fact of the very step that asks for the request, and carries its trace number', async (t) => {
  const world = new World().start().signOn().upToPin();
  t.notOk(world.effects.some((effect) => effect.type === 'authorise'));
  const factsBefore = world.facts.length;
  world.pin();
  t.strictSame(
    world.facts.slice(factsBefore).map(({ type }) => type),
    ['intended'],
  );
  t.equal(world.effects.at(-1)?.type, 'authorise');
});

test('M3: "approved" is neither shown nor printed for the customer before the capture', async (t) => {
  const world = new World().upToRequest().authorised();
  t.notOk(world.effects.some((effect) => effect.type === 'print' && effect.slip.slip === 'cardholder'));
  t.notOk(world.factTypes.includes('captured'));
  world.printed();
  t.ok(world.factTypes.includes('captured'));
});

test('M9: card and PIN are forgotten in the step that takes the answer, whatever it is', async (t) => {
  const answers = [
    { outcome: 'declined', responseCode: '51' },
    { outcome: 'notSent', fault },
    { outcome: 'unanswered', fault },
    { outcome: 'badMac' },
    { outcome: 'invalid', field: '4', what: 'differs' },
  ] as const;
  for (const answer of answers) {
    const world = new World().upToRequest().authorised(answer);
    t.ok(
      world.effects.some((effect) => effect.type === 'forgetCard'),
      answer.outcome,
    );
  }
});

test('a refusal and a request that never left end the sale and reverse nothing', async (t) => {
  const declined = new World().upToRequest().authorised({ outcome: 'declined', responseCode: '51' });
  t.equal(statusOf(declined), 'declined');
  const notSent = new World().upToRequest().authorised({ outcome: 'notSent', fault });
  t.equal(statusOf(notSent), 'notSent');
  for (const world of [declined, notSent]) {
    t.notOk(world.effects.some((effect) => effect.type === 'reverse'));
    t.equal(world.keys('enter').phase, 'idle');
  }
});

test('an answer in doubt is reversed, with the reason that fits (001-04)', async (t) => {
  const cases = [
    [{ outcome: 'unanswered', fault }, '98'],
    [{ outcome: 'badMac' }, 'A0'],
    [{ outcome: 'invalid', field: '11', what: 'differs' }, '06'],
  ] as const;
  for (const [answer, reason] of cases) {
    const world = new World().upToRequest().authorised(answer);
    t.equal(world.phase, 'reversing', answer.outcome);
    t.match(world.facts.at(-1), { type: 'reversalRequired', reason });
    t.equal(world.last('reverse').reason, reason);
  }
});

test('codes 77, 99 and A0 refuse the sale and make the terminal sign on again', async (t) => {
  for (const responseCode of ['77', '99', 'A0']) {
    const world = new World().upToRequest().authorised({ outcome: 'declined', responseCode });
    t.equal(statusOf(world), 'declined');
    t.equal(world.keys('enter').phase, 'signingOn', responseCode);
  }
});

test('M10: a sign-on by hand that fails is not forgotten by a print in between', async (t) => {
  const world = new World().upToRequest().authorised({ outcome: 'badMac' }).reversalAnswered().notPrinted().cleared();
  world.keys('enter', 'menu', '7', '1').signOn({ outcome: 'badKeys', key: 'MAK' });
  t.equal(world.paper(true).phase, 'printingReversal');
  t.equal(world.printed().phase, 'signingOn', 'without keys every sale would end as not sent');
});

test('before the request leaves, cancel ends the sale at every step and nothing is recorded (003-12, 004-01)', async (t) => {
  const untilCard = (world: World) => world.upToPin().pin('cancelled');
  const ways: readonly (readonly [string, (world: World) => World])[] = [
    ['amount', (world) => world.keys('5', 'cancel')],
    ['confirm', (world) => world.keys('5', 'enter', 'cancel')],
    ['pin', untilCard],
    ['pin timed out', (world) => world.upToPin().pin('timedOut')],
    ['pad failed', (world) => world.upToPin().pin('failed')],
  ];
  for (const [name, way] of ways) {
    const world = way(new World().start().signOn());
    t.strictSame(world.factTypes, ['provisioned', 'traceTaken', 'signedOn'], name);
    t.equal(world.keys('enter').phase, 'idle', name);
  }
});

test('the printer is asked before a card is (000-15): without paper no card is read', async (t) => {
  const world = new World().start().signOn().keys('5', 'enter', 'enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: false, cause: 'paperEnd' } });
  t.equal(world.phase, 'printerNotReady');
  t.notOk(world.effects.some((effect) => effect.type === 'readCard'));
  world.paper(true);
  t.equal(world.phase, 'checkingPrinter', 'paper alone is enough to go on');
});

test('M10: a shop that waits for no paper after an approval still reads why no card is asked for', async (t) => {
  const world = new World(undefined, { ...rules, timers: { ...rules.timers, paperGraceMs: 0 } });
  world.start().signOn().keys('5', 'enter', 'enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: false, cause: 'paperEnd' } });
  t.equal(world.wait(1_000).phase, 'printerNotReady');
});

test('a card that can not be read is asked for three times, then the sale ends (004-10)', async (t) => {
  const world = new World().start().signOn().keys('5', 'enter', 'enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: true, paperNearEnd: false } });
  world.happen({ type: 'cardFault', fault: 'badLrc' }).happen({ type: 'cardFault', fault: 'badLuhn' });
  t.equal(world.phase, 'card');
  t.equal(world.effects.at(-1)?.type, 'readCard', 'once: a card that was taken in the same moment is not forgotten');
  t.equal(world.effects.filter(({ type }) => type === 'readCard').length, 1);
  world.happen({ type: 'cardFault', fault: 'badLength' });
  t.match(world.state.phase, { name: 'notice', notice: { says: 'cardUnreadable' } });
  t.strictSame(
    world.effects.slice(-2).map(({ type }) => type),
    ['stopReading', 'forgetCard'],
    'M9: nor is one kept',
  );
});

test('amounts: zero, too much, and a digit back (002-18)', async (t) => {
  const world = new World().start().signOn().keys('0', 'enter');
  t.strictSame(world.rejections, ['amountIsZero']);
  world.keys('5', '00', '00', '00', '0');
  t.match(world.state.phase, { draft: { amount: 5_000_000 } });
  world.keys('0');
  t.equal(world.rejections.at(-1), 'amountTooLarge');
  world.keys('clear');
  t.match(world.state.phase, { name: 'amount', draft: { amount: 500_000 } });
});

test('M6: trace numbers follow one another over all messages, wrap at 999999 and are facts first', async (t) => {
  const last = { type: 'provisioned', at: 0, terminalId: 'T', merchantId: 'M', batch: 1, nextStan: 999_999 } as Fact;
  const world = new World([last]).upToRequest();
  t.equal(world.last('signOn').stan, 999_999);
  t.equal(world.state.book.sales.at(-1)?.stan, 1);
});

test('M6, M10: while the line is down a sign-on takes one trace number, not one a try', async (t) => {
  const world = new World().start();
  for (let tries = 0; tries < 20; tries++) world.signOn({ outcome: 'notSent', fault }).wait(10_000);
  t.same(world.factTypes, ['provisioned', 'traceTaken']);
  world.signOn({ outcome: 'unanswered', fault }).wait(10_000);
  t.same(world.factTypes, ['provisioned', 'traceTaken', 'traceTaken'], 'one that may have been sent is not used again');
  t.equal(world.last('signOn').stan, 2);
});

test('a full batch refuses a sale and says what to do', async (t) => {
  const world = new World(undefined, { ...rules, maxBatch: 1 })
    .upToRequest()
    .authorised()
    .printed()
    .keys('enter')
    .printed();
  world.keys('enter', '5');
  t.match(world.state.phase, { name: 'notice', notice: { says: 'batchFull' } });
});

test('M8: a fact that can not be stored did not happen', async (t) => {
  const intent = new World().start().signOn().upToPin();
  intent.happen({ type: 'ledgerFault', result: 'refused', fact: 'intended' });
  t.match(intent.state.phase, { name: 'notice', notice: { says: 'storageRefused' } }, 'nothing was sent: say so');
  const capture = new World().upToRequest().authorised();
  capture.happen({ type: 'ledgerFault', result: 'failed', fact: 'captured' });
  t.match(capture.state.phase, { name: 'outOfService', why: 'storage' });
  t.match(capture.restarted().facts.at(-1), { type: 'reversalRequired', reason: '96' }, 'and the restart reverses');
});

test('M10: a batch that is full of refusals can be settled', async (t) => {
  const world = new World(undefined, { ...rules, maxBatch: 1 }).upToRequest();
  world.authorised({ outcome: 'declined', responseCode: '51' }).keys('enter', '5', 'enter', 'menu', '7', '5', 'enter');
  t.equal(world.phase, 'settling');
});

test('an acquirer that asks for a sign-on gets it at rest, when what is in hand is over', async (t) => {
  const idle = new World().start().signOn().happen({ type: 'signOnAsked' });
  t.equal(idle.phase, 'signingOn');
  t.equal(idle.happen({ type: 'signOnAsked' }).signOn().phase, 'idle', 'the one under way is the one asked for');

  const selling = new World().upToRequest().happen({ type: 'signOnAsked' }).authorised();
  t.equal(selling.phase, 'printingMerchant');
  selling.printed().keys('enter').printed().keys('enter');
  t.equal(selling.phase, 'signingOn');
});
