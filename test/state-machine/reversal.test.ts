import { test } from 'tap';
import { approval, fault, rules, World } from './world.ts';

const statusOf = (world: World): string | undefined => world.state.book.sales.at(-1)?.status;
const approved = () => new World().upToRequest().authorised();

test('paper out in mid-slip: it is said why, paper is waited for, the whole copy is printed again (001-01)', async (t) => {
  const world = approved().notPrinted('paperEnd');
  t.equal(world.phase, 'clearingBuffer', 'what the printer holds is thrown away first');
  t.match(world.cleared().state.phase, { name: 'paperWait', cause: 'paperEnd' });
  world.paper(true);
  t.match(world.last('print').slip, { slip: 'merchant', number: 2 });
  world.printed();
  t.equal(statusOf(world), 'captured');
});

test('a buffer that could not be cleared is cleared again before the copy is printed again', async (t) => {
  const world = approved().notPrinted().cleared(false).paper(true);
  t.match(world.state.phase, { name: 'clearingBuffer', next: { do: 'reprint' } });
  t.equal(world.cleared(true).phase, 'printingMerchant');
});

test('past the grace time, or by the cancel key, the sale is reversed with 96 and its slip called void', async (t) => {
  for (const end of [(world: World) => world.wait(120_000), (world: World) => world.keys('cancel')]) {
    const world = end(approved().notPrinted().cleared());
    t.match(world.facts.at(-1), { type: 'reversalRequired', reason: '96' });
    t.equal(world.phase, 'reversing');
    world.reversalAnswered();
    t.equal(statusOf(world), 'reversed');
    t.match(world.last('print').slip, { slip: 'reversal', number: 1 });
    world.printed();
    t.match(world.state.phase, { name: 'notice', notice: { says: 'reversed' } });
  }
});

test('a print that nobody can vouch for is reversed at once, its buffer cleared before (M4)', async (t) => {
  const world = approved().verdict({ verdict: 'UNKNOWN', cause: 'linkLost' });
  t.match(world.facts.at(-1), { type: 'reversalRequired', reason: '96' });
  t.match(world.state.phase, { name: 'clearingBuffer', next: { do: 'reverse' } });
  t.notOk(world.effects.some((effect) => effect.type === 'reverse'));
  t.equal(world.cleared().phase, 'reversing');
});

test('a printer that cannot answer is believed only where the policy says so', async (t) => {
  t.equal(statusOf(approved().verdict({ verdict: 'UNVERIFIED' })), 'reversalRequired');
  const knowingly = new World(undefined, { ...rules, acceptUnverified: true }).upToRequest().authorised();
  t.equal(statusOf(knowingly.verdict({ verdict: 'UNVERIFIED' })), 'captured');
});

test('M4: a captured sale is not reversed by its cardholder copy, whatever becomes of that', async (t) => {
  for (const verdict of ['NOT_PRINTED', 'UNKNOWN'] as const) {
    const world = approved().printed().keys('enter').verdict({ verdict, cause: 'paperEnd' }).cleared();
    t.equal(statusOf(world), 'captured');
    t.match(world.state.phase, { notice: { says: 'approved', cardholderCopy: 'due' } });
    world.keys('enter');
    t.match(world.last('print').slip, { slip: 'cardholder', number: 1 }, 'it is printed from the queue (000-12)');
    world.printed();
    t.match(world.state.phase, { notice: { says: 'copyPrinted' } });
  }
});

test('M4: where the buffer could not be cleared, the reversal slip comes first when the printer is back', async (t) => {
  const world = approved().verdict({ verdict: 'UNKNOWN', cause: 'linkLost' }).cleared(false);
  world.reversalAnswered({ outcome: 'unanswered', fault });
  t.equal(world.phase, 'reversalWait');
  world.paper(true);
  t.match(world.last('print').slip, { slip: 'reversal' }, 'while the reversal is still open');
  world.printed();
  t.equal(world.phase, 'reversalWait');
  world.wait(5_000).reversalAnswered();
  t.match(world.last('print').slip, { slip: 'reversal', number: 2 }, 'and once more, when it is acknowledged');
});

test('M4: no card is asked for while a reversal slip is due', async (t) => {
  const world = approved().notPrinted().cleared().keys('cancel').reversalAnswered().notPrinted().cleared();
  t.match(world.state.phase, { notice: { says: 'reversed' } });
  world.keys('enter', '5', 'enter', 'enter');
  const { id } = world.last('checkPrinter');
  world.happen({ type: 'printerChecked', effect: id, readiness: { ready: true, paperNearEnd: false } });
  t.match(world.last('print').slip, { slip: 'reversal' });
  t.equal(world.printed().phase, 'card');
});

test('M5: a refused or unanswered reversal is sent again, for ever, with the reason that fits (001-05)', async (t) => {
  const world = new World().upToRequest().authorised({ outcome: 'unanswered', fault });
  const answers = [
    [{ outcome: 'declined', responseCode: '96' }, '06'],
    [{ outcome: 'unanswered', fault }, '98'],
    [{ outcome: 'notSent', fault }, '98'],
    [{ outcome: 'invalid', field: '39', what: 'missing' }, '06'],
  ] as const;
  for (let round = 0; round < 25; round++) {
    for (const [answer, reason] of answers) {
      world.reversalAnswered(answer);
      t.equal(world.phase, 'reversalWait');
      world.keys('5');
      t.equal(world.phase, 'reversalWait', 'no sale is begun meanwhile');
      world.wait(10_000);
      t.equal(world.last('reverse').reason, reason);
    }
  }
  t.equal(world.factTypes.filter((type) => type === 'intended').length, 1);
  t.equal(statusOf(world.reversalAnswered()), 'reversed');
});

test('M5: a printer that comes and goes does not put the next try off', async (t) => {
  const unanswered = (world: World) => world.reversalAnswered({ outcome: 'unanswered', fault });
  const flapping = unanswered(new World().upToRequest().authorised({ outcome: 'badMac' }));
  for (let second = 1; second <= 5; second++) flapping.paper(second % 2 === 0).wait(1_000);
  t.equal(flapping.phase, 'reversing', 'ready or not, it is sent after 5 s');

  const printing = unanswered(approved().verdict({ verdict: 'UNKNOWN', cause: 'linkLost' }).cleared(false)).paper(true);
  printing.now += 5_000;
  printing.notPrinted().paper(true).cleared(false);
  t.equal(printing.phase, 'reversalWait', 'the try that has become due comes before the slip');
  t.equal(printing.wait(0).cleared(false).phase, 'reversing');
});

test('M5: a technician asks for the next try, with a sign-on before it or not; who asked is a fact', (t) => {
  const asked = { type: 'reversalAsked', by: 'tech' } as const;
  const world = new World().upToRequest().authorised({ outcome: 'badMac' });
  t.equal(world.happen(asked).rejections.at(-1), 'noReversalWaits', 'it is being sent');
  world.reversalAnswered({ outcome: 'unanswered', fault });
  t.match(world.happen(asked).state.phase, { name: 'reversing', attempt: 2 });
  t.match(world.facts.at(-1), { type: 'asked', what: 'reversal', by: 'tech' });
  world.reversalAnswered({ outcome: 'declined', responseCode: 'A0' }).wait(10_000);
  world.signOn({ outcome: 'unanswered', fault });
  t.equal(world.phase, 'signOnWait');
  t.match(world.happen(asked).state.phase, { name: 'signingOn', reversal: { attempt: 3 } });
  t.equal(statusOf(world.signOn().reversalAnswered()), 'reversed');
  t.equal(world.printed().happen(asked).rejections.at(-1), 'noReversalWaits');
  const waiting = new World().start().signOn({ outcome: 'unanswered', fault }).happen(asked);
  t.strictSame([waiting.phase, waiting.rejections.at(-1)], ['signOnWait', 'noReversalWaits']);
  t.end();
});

test('M5: 00, 12 and 25 end it', async (t) => {
  for (const responseCode of ['00', '12', '25']) {
    const world = new World().upToRequest().authorised({ outcome: 'badMac' });
    t.equal(statusOf(world.reversalAnswered({ outcome: 'acknowledged', responseCode })), 'reversed');
  }
});

test('a reversal whose MAC is refused signs on again first', async (t) => {
  const world = new World().upToRequest().authorised({ outcome: 'badMac' });
  world.reversalAnswered({ outcome: 'declined', responseCode: 'A0' }).wait(5_000);
  t.match(world.state.phase, { name: 'signingOn', reversal: { attempt: 2 } });
  t.equal(world.signOn().phase, 'reversing');
  t.equal(statusOf(world.reversalAnswered()), 'reversed');
});

test('M4: a stale answer changes nothing: a late approval never revives a sale under reversal', async (t) => {
  const world = new World().upToRequest();
  const { id } = world.last('authorise');
  world.authorised({ outcome: 'unanswered', fault });
  world.happen({ type: 'authorised', effect: id, answer: approval });
  t.strictSame(world.rejections, ['staleOutcome']);
  t.equal(statusOf(world), 'reversalRequired');
});

test('M2: a supervisor keeps a sale whose slip did not come out, where the policy lets him; its slips are due', async (t) => {
  const world = approved().notPrinted().cleared().keys('function', '8', '8', '8', '8', 'enter');
  t.equal(world.last('checkPassword').password, '8888');
  world.password(true).cleared();
  t.match(world.facts.at(-1), { type: 'keptBySupervisor', supervisor: '00' });
  world.keys('enter', 'function');
  t.match(world.last('print').slip, { slip: 'merchant', number: 1 });
  world.printed().printed();
  t.equal(world.state.book.sales.at(-1)?.copies.cardholder, 1);

  const strict = new World(undefined, { ...rules, keepBySupervisor: false })
    .upToRequest()
    .authorised()
    .notPrinted()
    .cleared();
  strict.keys('function');
  t.strictSame(strict.rejections, ['notByPolicy']);
});

test('M2, M5: a supervisor hands a reversal over by an incident number; a wrong password does not', async (t) => {
  const open = () =>
    new World().upToRequest().authorised({ outcome: 'badMac' }).reversalAnswered({ outcome: 'unanswered', fault });
  const wrong = open().keys('function', '1', 'enter').password(false);
  t.equal(wrong.phase, 'reversalWait');
  const world = open().keys('function', '1', 'enter').password(true).keys('enter');
  t.strictSame(world.rejections, ['nothingEntered']);
  world.keys('7', '7', 'enter');
  t.match(world.facts.at(-1), { type: 'handedOver', incident: '77', supervisor: '00' });
  t.match(world.last('print').slip, { slip: 'reversal' });
  t.equal(world.printed().keys('enter').phase, 'idle');
});

test('paper that comes while the supervisor is asked is printed on as soon as he is not', async (t) => {
  const asked = () => approved().notPrinted().cleared().keys('function').paper(true);
  t.equal(asked().keys('cancel').phase, 'printingMerchant');
  t.equal(asked().keys('1', 'enter').password(false).phase, 'printingMerchant');
  t.match(asked().paper(false).keys('cancel').state.phase, { name: 'paperWait', cause: 'paperEnd' });
});

test('a supervisor who walks away leaves the sale to the grace time', async (t) => {
  const world = approved().notPrinted().cleared().keys('function', '1').wait(120_000);
  t.match(world.facts.at(-1), { type: 'reversalRequired', reason: '96' });
});

test('a power cut: only intended → 98; approved and not captured → 96, buffer cleared, reversal slip (M2)', async (t) => {
  const intended = new World().upToRequest().restarted();
  t.match(intended.facts.at(-1), { type: 'reversalRequired', reason: '98' });
  t.equal(intended.start().phase, 'signingOn');
  t.equal(intended.signOn().last('reverse').reason, '98');

  const unprinted = approved().restarted();
  t.match(unprinted.facts.at(-1), { type: 'reversalRequired', reason: '96' });
  t.equal(unprinted.start().phase, 'clearingBuffer', 'the printer may have kept its power');
  unprinted.cleared(false).signOn().cleared();
  unprinted.reversalAnswered();
  t.match(unprinted.last('print').slip, { slip: 'reversal' });

  const captured = approved().printed().restarted().start().signOn();
  t.equal(captured.phase, 'idle');
  t.equal(captured.keys('function').last('print').slip.slip, 'cardholder');

  const twice = new World().upToRequest().restarted().restarted();
  t.equal(twice.factTypes.filter((type) => type === 'reversalRequired').length, 1, 'and a second cut adds nothing');
});

test('M4: no copy is printed, by whatever key, while a reversal slip is due', async (t) => {
  const world = approved().printed().keys('enter').printed().keys('enter');
  world.upToPin().pin().authorised().notPrinted().cleared(false).keys('cancel').cleared(false).reversalAnswered();
  world.notPrinted().cleared(false).keys('enter');
  t.equal(world.phase, 'idle');
  world.keys('function');
  t.match(world.last('print').slip, { slip: 'reversal' });
  world.printed();
  t.match(world.last('print').slip, { slip: 'merchant', number: 2 }, 'and then what was asked for');
});
