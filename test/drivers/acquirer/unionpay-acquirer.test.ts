import { type Test, test } from 'tap';
import { type AcquirerConfig, UnionPayAcquirer } from '../../../drivers/acquirer/unionpay-acquirer.ts';
import type { AcquirerEvent } from '../../../hal/acquirer.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import { batchNumber, minorUnits, stan } from '../../../hal/units.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { ReportLog } from '../../support/report-log.ts';
import {
  answers,
  bytes,
  frameConfig,
  masterKey,
  plain,
  requests,
  sale,
  secrets,
  terminal,
  track2,
  track3,
} from './literal-frames.ts';
import { startPeer } from './literal-peer.ts';

const configOf = (port: number): AcquirerConfig => ({
  ...terminal,
  ...frameConfig,
  host: '127.0.0.1',
  port,
  connectTimeoutMs: 5_000,
  answerTimeoutMs: 30_000,
  lingerMs: 60_000,
  masterKey: bytes(masterKey),
  terminalSerial: '310000000042',
});

const ids = { stan: stan(100), batch: batchNumber(1), operator: '01' };
const reversal = { ...sale, reason: '98' } as const;

/** A driver before a host that answers only what the test has it answer. */
const rig = async (t: Test, config: Partial<AcquirerConfig> = {}) => {
  const peer = await startPeer(t);
  const clock = new HandClock();
  const log = new ReportLog<AcquirerEvent | LinkEvent>();
  const acquirer = new UnionPayAcquirer({ ...configOf(peer.port), ...config }, clock);
  t.teardown(() => acquirer.release());
  await acquirer.claim(log.add);
  let taken = 0;
  /** Runs a request, which must be these bytes, and answers it with those. */
  const converse = async <Outcome>(run: () => Promise<Outcome>, request: string, answer: string): Promise<Outcome> => {
    const outcome = run();
    const received = await peer.request(++taken);
    t.equal(received.hex, plain(request));
    received.send(answer);
    return outcome;
  };
  const signOn = () => converse(() => acquirer.signOn(ids), requests.signOn, answers.signedOn);
  return { peer, clock, log, acquirer, converse, signOn };
};

test('a sign-on brings the batch, the clock and the keys', async (t) => {
  const { acquirer, converse, signOn } = await rig(t);
  t.strictSame(await signOn(), {
    outcome: 'signedOn',
    batch: 7,
    hostTime: '143000',
    hostDate: '1122',
    pinKey: '50F2CFA3619FFA3341BB09F1C30DAC35',
  });
  const again = await converse(() => acquirer.signOn(ids), requests.signOn, answers.signOnRefused);
  t.strictSame(again, { outcome: 'declined', responseCode: '97' });
});

test('M9: a sign-off leaves the terminal without keys, also where it is refused or not answered', async (t) => {
  const { acquirer, peer, converse, signOn } = await rig(t);
  const off = (answer: string) => converse(() => acquirer.signOff(ids), requests.signOff, answer);
  const isWithoutKeys = async (how: string): Promise<void> => {
    t.match(await acquirer.authorise(sale, secrets), { outcome: 'notSent', fault: { remedy: /[Ss]ign on/ } }, how);
  };
  await signOn();
  t.strictSame(await off(answers.signedOff), { outcome: 'signedOff' });
  await isWithoutKeys('answered');
  await signOn();
  t.strictSame(await off(answers.signedOff.replace('000100 3030', '000100 3936')), {
    outcome: 'declined',
    responseCode: '96',
  });
  await isWithoutKeys('refused');
  await signOn();
  await peer.close();
  t.match(await acquirer.signOff(ids), { outcome: 'notSent' });
  await isWithoutKeys('not sent');
});

test('keys that do not prove themselves leave the terminal without any', async (t) => {
  const { acquirer, converse, signOn } = await rig(t);
  const check = answers.signedOn.replace(/00B8CC69$/, '00B8CC68');
  t.not(check, answers.signedOn);
  await signOn();
  const bad = await converse(() => acquirer.signOn(ids), requests.signOn, check);
  t.strictSame(bad, { outcome: 'badKeys', key: 'MAK' });
  t.match(await acquirer.authorise(sale, secrets), { outcome: 'notSent', fault: { code: 'denied' } });
  const pik = answers.signedOn.replace('165619CC', '165619CD');
  t.strictSame(await converse(() => acquirer.signOn(ids), requests.signOn, pik), { outcome: 'badKeys', key: 'PIK' });
});

test('a sign-on answer without a batch or with other keys is invalid', async (t) => {
  const { acquirer, converse } = await rig(t);
  const say = (answer: string) => converse(() => acquirer.signOn(ids), requests.signOn, answer);
  t.match(await say(answers.signedOn.replace('000000070030', '000000000030')), { outcome: 'invalid', field: '60.2' });
  const short = answers.signedOn
    .replace(/^0079/, '0075')
    .replace('0040', '0036')
    .replace(/00B8CC69$/, '');
  t.match(await say(short), { outcome: 'invalid', field: '62' });
});

test('a sale with and without a PIN', async (t) => {
  const { acquirer, converse, signOn } = await rig(t);
  await signOn();
  t.match(await converse(() => acquirer.authorise(sale, secrets), requests.sale, answers.approved), {
    outcome: 'approved',
    responseCode: '00',
    authorisationCode: 'A12345',
  });
  const withoutPin = { ...sale, pinEntered: false };
  const run = () => acquirer.authorise(withoutPin, { track2, track3 });
  t.match(await converse(run, requests.saleWithoutPin, answers.approvedA2), { responseCode: 'A2' });
  t.match(await converse(run, requests.saleWithoutPin, answers.approvedInPart), { outcome: 'invalid', field: '39' });
  t.strictSame(await converse(run, requests.saleWithoutPin, answers.approvedWithoutMac), { outcome: 'badMac' });
  t.match(await converse(run, requests.saleWithoutPin, answers.approvedOtherAmount), {
    outcome: 'invalid',
    field: '4',
  });
  const cut = `0030 ${plain(answers.approved).slice(4)}`;
  t.match(await converse(run, requests.saleWithoutPin, cut), { outcome: 'invalid' }, 'a length that lies');
});

test('a PIN block of another cipher does not leave, so that no try of the card is lost and nothing is reversed', async (t) => {
  const { acquirer, peer, signOn, converse } = await rig(t);
  await signOn();
  const ofSm4 = { ...secrets, pinBlock: secrets.pinBlock.repeat(2) };
  t.match(await acquirer.authorise(sale, ofSm4), { outcome: 'notSent', fault: { code: 'notSuitable' } });
  t.equal(peer.requests.reports.length, 1);
  t.match(await converse(() => acquirer.authorise(sale, secrets), requests.sale, answers.approved), {
    outcome: 'approved',
  });
  const sm4 = await rig(t, { keySuite: 'sm4' });
  t.match(await sm4.acquirer.authorise(sale, secrets), { outcome: 'notSent', fault: { code: 'notSuitable' } });
  t.match(await sm4.acquirer.authorise(sale, ofSm4), { outcome: 'notSent', fault: { code: 'denied' } }, 'no keys yet');
});

test('a reversal', async (t) => {
  const { acquirer, converse, signOn } = await rig(t);
  await signOn();
  t.strictSame(await converse(() => acquirer.reverse(reversal), requests.reversal, answers.reversed), {
    outcome: 'acknowledged',
    responseCode: '00',
  });
  const approved = { ...sale, reason: '96', authorisationCode: 'A12345' } as const;
  const run = () => acquirer.reverse(approved);
  t.strictSame(await converse(run, requests.reversalOfApproved, answers.reversalNotFound), {
    outcome: 'acknowledged',
    responseCode: '25',
  });
  t.strictSame(await converse(run, requests.reversalOfApproved, answers.reversalRefused), {
    outcome: 'declined',
    responseCode: '96',
  });
  t.strictSame(await converse(run, requests.reversalOfApproved, answers.reversedWithoutMac), { outcome: 'badMac' });
});

test('a settlement, its upload and its end need no sign-on', async (t) => {
  const { acquirer, converse } = await rig(t);
  const tally = (amount: number, count: number) => ({ amount: minorUnits(amount), count });
  const foreign = { debit: tally(0, 0), credit: tally(0, 0) };
  const totals = { domestic: { debit: tally(15300, 3), credit: tally(5100, 1) }, foreign };
  const settle = () => acquirer.settle({ ...ids, stan: stan(110), totals });
  const say = (answer: string) => converse(settle, requests.settlement, answer);
  t.strictSame(await say(answers.balanced), { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' });
  t.strictSame(await say(answers.unbalanced), { outcome: 'reconciled', domestic: 'unbalanced', foreign: 'error' });
  t.match(await say(answers.flagless), { outcome: 'invalid', field: '48.domestic' });
  t.match(await say(answers.settlementRefused), { outcome: 'invalid', field: '39', what: /96/ });

  const records = [
    { half: 'domestic', stan: stan(101), pan: '6212345678901232', amount: minorUnits(5100) },
    { half: 'foreign', stan: stan(102), pan: '4111111111111111', amount: minorUnits(10200) },
  ] as const;
  const upload = () => acquirer.upload({ ...ids, stan: stan(111), records });
  t.strictSame(await converse(upload, requests.upload, answers.uploaded), { outcome: 'accepted' });
  t.strictSame(await converse(upload, requests.upload, answers.uploadRefused), {
    outcome: 'declined',
    responseCode: '94',
  });
  const end = (balanced: boolean, count: number) => () =>
    acquirer.endBatch({ ...ids, stan: stan(112), balanced, count });
  t.strictSame(await converse(end(false, 2), requests.unbalancedEnd, answers.ended), { outcome: 'accepted' });
  t.strictSame(await converse(end(true, 0), requests.balancedEnd, answers.ended), { outcome: 'accepted' });
});

test('an answer to another request is a late one, and the wait goes on', async (t) => {
  const { acquirer, peer, signOn, log } = await rig(t);
  await signOn();
  const outcome = acquirer.authorise(sale, secrets);
  const received = await peer.request(2);
  received.send(answers.approvedOtherStan);
  received.send(answers.reversed);
  received.send(answers.approved);
  t.match(await outcome, { outcome: 'approved' });
  t.strictSame(
    log.reports.filter(({ type }) => type === 'lateAnswer'),
    [
      { type: 'lateAnswer', mti: '0210', stan: 99 },
      { type: 'lateAnswer', mti: '0410', stan: 101 },
    ],
  );
});

test('a late approval while its reversal waits does not answer the reversal', async (t) => {
  const { acquirer, peer, clock, signOn, log } = await rig(t);
  await signOn();
  const authorisation = acquirer.authorise(sale, secrets);
  const first = await peer.request(2);
  clock.advance(30_000);
  t.match(await authorisation, { outcome: 'unanswered', fault: { code: 'silent' } });
  const outcome = acquirer.reverse(reversal);
  const second = await peer.request(3);
  first.send(answers.approved);
  await log.until(({ type }) => type === 'lateAnswer');
  second.send(answers.reversed);
  t.strictSame(await outcome, { outcome: 'acknowledged', responseCode: '00' });
});

test('the line goes down with a fault and up with an answer, and each is said once', async (t) => {
  const { acquirer, peer, log, converse } = await rig(t);
  await peer.close();
  t.match(await acquirer.signOn(ids), { outcome: 'notSent', fault: { code: 'missing' } });
  t.match(await acquirer.signOn(ids), { outcome: 'notSent', fault: { code: 'missing' } });
  await peer.open();
  await converse(() => acquirer.signOn(ids), requests.signOn, answers.signedOn);
  t.match(log.reports, [{ type: 'online' }, { type: 'offline', fault: { code: 'missing' } }, { type: 'online' }]);
  t.equal(log.reports.length, 3);
});

test('a claim before an absent host says so, and tries again by itself', async (t) => {
  const peer = await startPeer(t);
  await peer.close();
  const clock = new HandClock();
  const log = new ReportLog<AcquirerEvent | LinkEvent>();
  const acquirer = new UnionPayAcquirer(configOf(peer.port), clock);
  t.teardown(() => acquirer.release());
  await acquirer.claim(log.add);
  t.match(log.reports, [{ type: 'offline', fault: { code: 'missing', where: `127.0.0.1:${peer.port}` } }]);
  await peer.open();
  clock.advance(30_000);
  await log.until(({ type }) => type === 'online');
});

test('where no connection comes about the backup address is taken, stays so for a while, and a request leaves once', async (t) => {
  const second = await startPeer(t);
  const { acquirer, peer, clock } = await rig(t, { backup: { host: '127.0.0.1', port: second.port } });
  await peer.close();
  const signedOn = async (at: typeof peer, number: number) => {
    const outcome = acquirer.signOn(ids);
    (await at.request(number)).send(answers.signedOn);
    t.match(await outcome, { outcome: 'signedOn' });
  };
  await signedOn(second, 1);
  await peer.open();
  await signedOn(second, 2);
  clock.advance(600_000);
  await signedOn(peer, 1);
  t.equal(second.requests.reports.length, 2);
  await second.close();
  await signedOn(peer, 2);
  await peer.close();
  const outcome = await acquirer.signOn(ids);
  t.match(outcome, { outcome: 'notSent', fault: { where: `127.0.0.1:${second.port}` } }, 'neither is there');
});

test('a request that one address took and did not answer is not sent to the other', async (t) => {
  const second = await startPeer(t);
  const { acquirer, peer } = await rig(t, { backup: { host: '127.0.0.1', port: second.port } });
  const outcome = acquirer.signOn(ids);
  (await peer.request(1)).hangUp();
  t.match(await outcome, { outcome: 'unanswered' });
  t.equal(second.requests.reports.length, 0);
});

test('the processing request of an answer is an event', async (t) => {
  const { acquirer, converse, log } = await rig(t);
  const wanted = answers.signedOn.replace('603100310730', '603103310730');
  await converse(() => acquirer.signOn(ids), requests.signOn, wanted);
  t.strictSame(log.reports.at(-1), { type: 'processingRequest', request: 3 });
});

test('health is an echo test of at most half a second', async (t) => {
  const { acquirer, converse, peer, clock, log } = await rig(t);
  const check = () => acquirer.checkHealth();
  t.strictSame(await converse(check, requests.echo, answers.echoed), { healthy: true });
  t.match(await converse(check, requests.echo, answers.echoRefused), {
    healthy: false,
    fault: { code: 'failed', what: /97/ },
  });
  t.match(await converse(check, requests.echo, answers.echoed.replace('3030 3132', '2E2E 3132')), {
    healthy: false,
    fault: { code: 'failed', what: /39/ },
  });
  const silent = check();
  await peer.request(4);
  clock.advance(500);
  t.match(await silent, { healthy: false, fault: { code: 'silent' } });
  t.strictSame(log.reports, [{ type: 'online' }], 'a slow echo is no event');
  await acquirer.release();
  t.match(await acquirer.checkHealth(), { healthy: false, fault: { code: 'unplugged' } });
});

test('after a while without a message an echo test tells whether the line still works', async (t) => {
  const { peer, clock, log, signOn } = await rig(t, { echoMs: 60_000 });
  await signOn();
  clock.advance(60_000);
  const asked = await peer.request(2);
  t.equal(asked.hex.slice(26, 30), '0820');
  asked.hangUp();
  t.match(await log.until(({ type }) => type === 'offline'), { fault: { code: 'unplugged' } });
});

test('health during a request is what is known, without a question', async (t) => {
  const { acquirer, peer } = await rig(t);
  const outcome = acquirer.signOn(ids);
  const received = await peer.request(1);
  t.strictSame(await acquirer.checkHealth(), { healthy: true });
  received.send(answers.signedOn);
  await outcome;
  t.equal(peer.requests.reports.length, 1);
});

test('a configuration that makes no sense is a bug', async (t) => {
  const wrong: Partial<AcquirerConfig>[] = [
    { host: '' },
    { port: 0 },
    { port: 65536 },
    { tpdu: '600003' },
    { terminalId: '1234567' },
    { merchantId: '12345678' },
    { masterKey: new Uint8Array(24) },
  ];
  for (const part of wrong) {
    t.throws(() => new UnionPayAcquirer({ ...configOf(5000), ...part }, new HandClock()), RangeError);
  }
});

test('a request that contradicts itself throws and leaves the driver free', async (t) => {
  const { acquirer, signOn, converse } = await rig(t);
  await signOn();
  t.throws(() => acquirer.authorise(sale, { track2 }), RangeError);
  t.throws(() => acquirer.authorise(sale, { ...secrets, track2: 'x' }), { message: /^(?!.*6212)/ });
  t.match(await converse(() => acquirer.authorise(sale, secrets), requests.sale, answers.approved), {
    outcome: 'approved',
  });
});
