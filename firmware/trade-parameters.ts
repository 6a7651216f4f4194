/** The parts of the configuration that a shop and its acquirer agree on: what may be done, when it is settled, what slips say. */
import * as v from 'valibot';
import { type EntryKind, kinds } from '../state-machine/kinds.ts';
import { described, text } from './schema-words.ts';

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
});

/** A line of a slip, or some. */
const words = text(1, 120);

export const slip = v.strictObject({
  copies: v.optional(described(v.picklist([1, 2]), "打印张数: 1 the merchant's copy alone, 2 the cardholder's too"), 2),
  header: v.optional(described(words, '抬头, above the slip; none when not given')),
  footer: v.optional(described(words, 'Below the slip; none when not given')),
  refundNotice: v.optional(described(words, 'What the law or the shop tells the customer on a refund slip')),
  feeNotice: v.optional(described(words, 'What a void or refund may cost, on its slip and screen')),
});
