import { test } from 'tap';
import {
  approvalOf,
  identify,
  judge,
  type Repeated,
  reasonOf,
  repeatedOf,
  type Seal,
} from '../../../drivers/acquirer/answers.ts';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { type MessageRow, messages, signOnRow, trades } from '../../../drivers/acquirer/message-table.ts';
import { authorisationOf } from '../../../drivers/acquirer/requests.ts';
import {
  answers,
  bytes,
  macKey,
  messageIn,
  plain,
  requests,
  sale,
  secrets,
  suite,
  terminal,
} from './literal-frames.ts';

const seal: Seal = { macKey: new DesKey(bytes(macKey)), suite };
const asked = repeatedOf(authorisationOf(sale, secrets, terminal, { suite }));
const signOn = signOnRow(suite.networkCode);
const management: Repeated = { 41: terminal.terminalId, 42: terminal.merchantId };
const { request, reversal } = trades.sale;
const judged = (row: MessageRow, frame: string, repeated = asked, by: Seal | undefined = seal) =>
  judge(row, repeated, messageIn(frame), by);

test('what is kept of a request has no secret in it', async (t) => {
  t.strictSame(asked, { 3: '000000', 4: '000000005100', 11: '000101', 41: '12345678', 42: '123456789012345' });
});

test('answers to a sale, in the order of what is looked at', async (t) => {
  t.equal(judged(request, answers.reversed), undefined, 'another MTI is another answer');
  t.equal(judged(request, answers.approvedOtherStan), undefined, 'another STAN too');
  t.match(judged(request, answers.approvedOtherAmount), { outcome: 'invalid', field: '4' });
  t.match(judged(request, answers.approvedOtherTerminal), { outcome: 'invalid', field: '41' });
  t.match(judged(request, answers.withoutCode), { outcome: 'invalid', field: '39' });
  t.match(judged(request, answers.approvedInPart), { outcome: 'invalid', field: '39' });
  t.strictSame(judged(request, answers.declined), { outcome: 'declined', responseCode: '51' });
  t.strictSame(judged(request, answers.approvedWithoutMac), { outcome: 'badMac' });
  t.strictSame(judged(request, answers.approved, asked, { macKey: new DesKey(bytes('0123456789ABCDEF')), suite }), {
    outcome: 'badMac',
  });
  t.strictSame(judge(request, asked, messageIn(answers.approved), undefined), { outcome: 'badMac' });
  t.match(judged(request, answers.approvedWithoutReference), { outcome: 'invalid', field: '37' });
  t.match(judged(request, answers.approved), { outcome: 'success', responseCode: '00' });
  t.match(judged(request, answers.approvedA2), { outcome: 'success', responseCode: 'A2' });
});

test('each changed byte of an approval is seen', async (t) => {
  const message = messageIn(answers.approved);
  for (let at = 0; at < message.length; at++) {
    const changed = Buffer.from(message);
    changed[at] = (changed[at] as number) ^ 0x01;
    const outcome = judge(request, asked, changed, seal);
    if (outcome?.outcome === 'success') t.fail(`byte ${at} may be anything`);
  }
  t.pass();
});

test('a malformed answer is this one, unless its MTI says otherwise', async (t) => {
  t.match(judge(request, asked, messageIn(answers.approved).subarray(0, 60), seal), {
    outcome: 'invalid',
    field: '41',
  });
  t.equal(judge(request, asked, messageIn(answers.reversed).subarray(0, 40), seal), undefined);
  t.match(judge(request, asked, bytes('02A0 0000000000000000'), seal), { outcome: 'invalid', field: 'mti' });
  const oddCode = messageIn(
    answers.withoutCode.replace('3020000000C00010', '3020000002C00010').replace('000101 3132', '000101 2E2E 3132'),
  );
  t.match(judge(request, asked, oddCode, seal), { outcome: 'invalid', field: '39' });
});

test('answers to a reversal', async (t) => {
  t.match(judged(reversal, answers.reversed), { outcome: 'success', responseCode: '00' });
  t.strictSame(judged(reversal, answers.reversedWithoutMac), { outcome: 'badMac' });
  t.match(judged(reversal, answers.reversalNotFound), { outcome: 'success', responseCode: '25' });
  t.match(judged(reversal, answers.reversalInvalid), { outcome: 'success', responseCode: '12' });
  t.strictSame(judged(reversal, answers.reversalRefused), { outcome: 'declined', responseCode: '96' });
  t.equal(judged(reversal, answers.approved), undefined);
});

test('answers to management messages need no MAC', async (t) => {
  t.match(judged(signOn, answers.signedOn, management), { outcome: 'success' });
  t.strictSame(judged(signOn, answers.signOnRefused, management), { outcome: 'declined', responseCode: '97' });
  t.match(judged(messages.settlement, answers.balanced, management), { outcome: 'success', responseCode: '00' });
  t.strictSame(judged(messages.settlement, answers.settlementRefused, management), {
    outcome: 'declined',
    responseCode: '96',
  });
  t.match(judged(messages.upload, answers.uploaded, management), { outcome: 'success' });
  t.match(judged(messages.echo, answers.echoed, management), { outcome: 'success' });
});

test('the approval has what its answer has', async (t) => {
  const success = judged(request, answers.approved);
  if (success?.outcome !== 'success') throw new Error('not approved');
  t.strictSame(approvalOf(success), {
    outcome: 'approved',
    responseCode: '00',
    retrievalReference: '000000000101',
    hostTime: '143005',
    hostDate: '1122',
    authorisationCode: 'A12345',
    issuer: '0102',
    acquirer: '0103',
    cardOrganisation: 'CUP',
    expiry: '3012',
  });
  const bare = {
    outcome: 'success',
    responseCode: '11',
    fields: { 12: '143005', 13: '1122', 37: '000000000101', 38: '' },
  } as const;
  t.strictSame(approvalOf(bare), {
    outcome: 'approved',
    responseCode: '11',
    retrievalReference: '000000000101',
    hostTime: '143005',
    hostDate: '1122',
  });
});

test('any message is named for the log as far as it can be', async (t) => {
  t.strictSame(identify(messageIn(answers.approved)), { mti: '0210', stan: 101 });
  t.strictSame(identify(messageIn(requests.echo)), { mti: '0820', stan: undefined });
  t.strictSame(identify(messageIn(answers.approved).subarray(0, 30)), { mti: '0210', stan: undefined });
  t.strictSame(identify(bytes('F210 0000000000000000')), { mti: '', stan: undefined });
  t.strictSame(identify(bytes(plain('0210 0020000000000000 000000'))), { mti: '0210', stan: undefined });
});

test('a no is told in words', async (t) => {
  t.equal(reasonOf({ outcome: 'declined', responseCode: '97' }), 'response code 97');
  t.equal(reasonOf({ outcome: 'invalid', field: '39', what: 'is missing' }), 'field 39 is missing');
  t.equal(reasonOf({ outcome: 'badMac' }), 'field 64 is wrong or missing');
});
