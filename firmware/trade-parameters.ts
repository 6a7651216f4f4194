/** The parts of the configuration that a shop and its acquirer agree on: what may be done, when it is settled, what slips say. */
import * as v from 'valibot';
import { type EntryKind, kinds } from '../state-machine/kinds.ts';
import { described, integer, text, words } from './schema-words.ts';

const allowed = (kind: EntryKind) => {
  const { 'zh-CN': chinese, en } = kinds[kind].name;
  return v.optional(described(v.boolean(), `交易开关: may the terminal do ${chinese} (${en})`), true);
};

/** A switch for each row of the table of kinds. */
const switches = Object.fromEntries((Object.keys(kinds) as EntryKind[]).map((kind) => [kind, allowed(kind)])) as {
  readonly [K in EntryKind]: ReturnType<typeof allowed>;
};

export const transactions = v.strictObject(switches);

export const settlement = v.strictObject({
  at: v.optional(
    described(
      v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM')),
      'The time of day, in Beijing, at which the terminal settles by itself; by hand alone when not given',
    ),
  ),
  signOff: v.optional(
    described(
      v.boolean(),
      '自动签退: does the terminal sign off behind each settlement, so that somebody must sign it on before it trades again',
    ),
    false,
  ),
});

const rate = (whose: string) =>
  v.optional(
    described(
      integer(0, 1000),
      `What the shop pays of the turnover of ${whose}, for an estimate on its settlement slip`,
    ),
    0,
  );

/** No more is known of a card when it is settled than whose it is: debit and credit cards are one. */
export const fees = v.strictObject({
  domesticBasisPoints: rate('domestic cards (内卡)'),
  foreignBasisPoints: rate('foreign cards (外卡)'),
});

export const maintenance = v.strictObject({
  everyDays: v.optional(
    described(
      integer(0, 3650),
      '维护: after how many days without a record of maintenance the idle screen reminds of it; 0 is never',
    ),
    0,
  ),
});

export const slip = v.strictObject({
  copies: v.optional(
    described(v.picklist([1, 2, 3]), "打印张数: 1 the merchant's copy alone, 2 the cardholder's too, 3 the bank's too"),
    2,
  ),
  header: v.optional(described(words(1, 120), '抬头, under the title of a slip; none when not given')),
  footer: v.optional(described(words(1, 120), 'At the end of a slip, before the hotline; none when not given')),
  refundNotice: v.optional(described(words(1, 80), 'What the law or the shop tells the customer on a refund slip')),
  feeNotice: v.optional(described(words(1, 80), 'What a void or refund may cost: shown before it, and on its slip')),
  noSignatureUpTo: v.optional(
    described(integer(0, 1_000_000_000), '免签限额: up to this amount, in 分, no signature is asked for'),
    0,
  ),
  qr: v.optional(described(v.boolean(), "A QR symbol with the transaction's identifier"), false),
  training: v.optional(described(v.boolean(), 'Each slip says at its top and end that it is a test and void'), false),
  logo: v.optional(
    described(text(1, 4096), 'A PNG for the top of slips, at most 384 dots wide (576 on 80 mm paper) and 320 high'),
  ),
  images: v.optional(described(v.boolean(), 'Keep an image of each printed slip, for as long as its batch'), true),
});
