/** `terminalctl find`: transactions by what is known of them, also after their settlement. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import type { TransactionKind } from '../../hal/acquirer.ts';
import type { EpochMs, MinorUnits } from '../../hal/units.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { SaleStatus } from '../../state-machine/sale.ts';
import { booksOf, type Criteria, isRefundable, type Match, type Range, Search } from '../search.ts';
import { dateTime, money, sixDigits } from '../slips/slip.ts';
import { Refusal } from './configured.ts';
import { ledgerSource, type SourceOptions } from './ledger-source.ts';
import type { Output } from './output.ts';

export interface FindOptions extends SourceOptions {
  readonly json?: boolean;
  readonly voucher?: number;
  readonly batch?: number;
  readonly reference?: string;
  readonly authCode?: string;
  readonly amount?: Range<MinorUnits>;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly card?: string;
  readonly status?: SaleStatus;
  readonly kind?: TransactionKind;
  readonly operator?: string;
  readonly order?: string;
}

const statuses = Object.keys({
  intended: 0,
  notSent: 0,
  declined: 0,
  approved: 0,
  captured: 0,
  kept: 0,
  reversalRequired: 0,
  inDoubt: 0,
  reversed: 0,
  handedOver: 0,
} satisfies { [S in SaleStatus]: 0 });

const pattern =
  (shape: RegExp, expected: string) =>
  (text: string): string => {
    if (!shape.test(text)) throw new InvalidArgumentError(`${expected} is expected.`);
    return text;
  };

const yuan = (text: string): MinorUnits => {
  const [, whole, cents = ''] = /^(\d{1,10})(?:\.(\d{2}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new InvalidArgumentError('yuan such as 12.34 or 12, or 10..20, are expected.');
  return (Number(whole) * 100 + Number(cents)) as MinorUnits;
};

const amounts = (text: string): Range<MinorUnits> => {
  const [from, to] = text.split('..');
  if (to === undefined) return { from: yuan(text), to: yuan(text) };
  return { ...(from !== '' && { from: yuan(from ?? '') }), ...(to !== '' && { to: yuan(to) }) };
};

/** A day or a minute of Beijing's: its first millisecond, or with `isEnd` its last. */
const time =
  (isEnd: boolean) =>
  (text: string): EpochMs => {
    const [, day, minute] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/.exec(text) ?? [];
    const at = Date.parse(`${day}T${minute ?? '00:00'}:00+08:00`);
    if (Number.isNaN(at)) throw new InvalidArgumentError('2026-11-22 or 2026-11-22T13:05, in Beijing, is expected.');
    const length = minute === undefined ? 86_400_000 : 60_000;
    return (isEnd ? at + length - 1 : at) as EpochMs;
  };

const criteriaOf = (options: FindOptions): Criteria => {
  const { voucher, batch, reference, authCode, amount, from, to, card, status, kind, operator, order } = options;
  const period = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  return {
    ...(voucher !== undefined && { voucher }),
    ...(batch !== undefined && { batch }),
    ...(reference !== undefined && { reference }),
    ...(authCode !== undefined && { authorisationCode: authCode }),
    ...(amount !== undefined && { amount }),
    ...(Object.keys(period).length > 0 && { time: period }),
    ...(card !== undefined && { cardTail: card }),
    ...(status !== undefined && { status }),
    ...(kind !== undefined && { kind }),
    ...(operator !== undefined && { operator }),
    ...(order !== undefined && { orderNumber: order }),
  };
};

const sinceWords = ({ sale, takers, left, held }: Match): string =>
  [
    ...(sale.differenceOf === undefined
      ? []
      : [`difference of ${sixDigits(sale.differenceOf.batch)}/${sixDigits(sale.differenceOf.stan)}`]),
    ...(held ? ['ON HOLD'] : []),
    ...(sale.orderNumber === undefined ? [] : [`order ${sale.orderNumber}`]),
    ...takers.map((taker) => {
      const doubt = taker.status === 'inDoubt' ? ' (in doubt)' : '';
      return `${kinds[taker.kind].name.en} ${money(taker.amount)} by ${sixDigits(taker.batch)}/${sixDigits(taker.stan)}${doubt}`;
    }),
    ...(isRefundable(sale.kind) && takers.length > 0 ? [`left ${money(left)}`] : []),
  ].join(', ');

const line = (match: Match): string => {
  const { batch, stan, at, kind, amount, card, status } = match.sale;
  const cells = [
    sixDigits(batch),
    sixDigits(stan),
    dateTime(at),
    kinds[kind].name.en.padEnd(15),
    money(amount).padStart(13),
    card.masked.padEnd(19),
    status.padEnd(16),
    sinceWords(match),
  ];
  return cells.join('  ').trimEnd();
};

/** What may leave the terminal, key by key (M9). */
const asJson = ({ sale, left, takers, held }: Match): string => {
  const { batch, stan, kind, at, amount, card, status, operator, approval, orderNumber, note, differenceOf } = sale;
  return JSON.stringify({
    batch,
    voucher: stan,
    kind,
    at: new Date(at).toISOString(),
    amount,
    card: card.masked,
    status,
    operator,
    held,
    orderNumber: orderNumber ?? null,
    note: note ?? null,
    reference: approval?.retrievalReference ?? null,
    authorisationCode: approval?.authorisationCode ?? null,
    ...(differenceOf !== undefined && {
      differenceOf: { batch: differenceOf.batch, voucher: differenceOf.stan },
    }),
    ...(isRefundable(kind) && { left }),
    takers: takers.map((taker) => ({
      batch: taker.batch,
      voucher: taker.stan,
      kind: taker.kind,
      amount: taker.amount,
      status: taker.status,
    })),
  });
};

/** @throws Refusal, VaultError */
export const find = (options: FindOptions, out: Output): number => {
  const wanted = criteriaOf(options);
  if (Object.keys(wanted).length === 0)
    throw new Refusal('say what is known of it, such as --amount 12.34 or --from 2026-11-22; `ledger show` shows all');
  const { place } = ledgerSource(options);
  const search = new Search(wanted);
  const alike = new Map<MinorUnits, number>();
  let found = 0;
  let batches = 0;
  let flaws = 0;
  const flawed = (path: string, what: string): void => {
    flaws += 1;
    out.problem(`${path}: ${what} What stands behind it was not searched.`);
  };
  for (const book of booksOf(new LedgerStore<Fact>(place), flawed)) {
    batches += 1;
    for (const match of search.look(book)) {
      if (found === 0 && options.json !== true) out.line(head);
      out.line(options.json === true ? asJson(match) : line(match));
      found += 1;
      alike.set(match.sale.amount, (alike.get(match.sale.amount) ?? 0) + 1);
    }
  }
  const twins = [...alike].filter(([, count]) => count > 1);
  const of = `${batches} ${batches === 1 ? 'batch' : 'batches'} that ${batches === 1 ? 'is' : 'are'} kept`;
  out.problem(
    found === 0
      ? `nothing found in the ${of}`
      : `${found} found in the ${of}, the newest first${twins.length === 0 ? '' : `; ${twinWords(twins)}`}`,
  );
  return found === 0 || flaws > 0 ? 1 : 0;
};

const head =
  'batch   voucher time                 kind                    amount  card                 status            since';

/** Same amounts are what one mixes up (001-15). */
const twinWords = (twins: readonly (readonly [MinorUnits, number])[]): string => {
  const [first, ...others] = twins;
  if (first === undefined) return '';
  const [amount, count] = first;
  const more = others.length === 0 ? '' : ` and ${others.length} more amounts that are there more than once`;
  return `${count} of ${money(amount)}${more}: compare time and card`;
};

/** `find`, with its options. */
export const addFind = (
  root: Command,
  withSource: (command: Command) => Command,
  json: () => Option,
  positive: (text: string) => number,
  run: (options: FindOptions) => void,
): void => {
  withSource(root.command('find'))
    .description('transactions by what is known of them, in all batches that are kept')
    .option('-v, --voucher <n>', '凭证号', positive)
    .option('-b, --batch <n>', '批次号, as it stands on the slip', positive)
    .option('-r, --reference <text>', '参考号, 12 characters', pattern(/^\w{12}$/, 'a reference of 12 characters'))
    .option('--auth-code <text>', '授权码, 6 characters', pattern(/^\w{6}$/, 'an authorisation code of 6 characters'))
    .option('-a, --amount <yuan>', 'such as 12.34; a range such as 10..20, 10.. or ..20', amounts)
    .option('--from <time>', '2026-11-22 or 2026-11-22T13:05, in Beijing', time(false))
    .option('--to <time>', 'likewise; that day, or minute, included', time(true))
    .option('--card <digits>', 'the last four of its number', pattern(/^\d{4}$/, 'the last four digits'))
    .option('--operator <id>', '操作员号', pattern(/^\d{2}$/, 'an operator of two digits'))
    .option('--order <digits>', "订单号, the shop's own", pattern(/^\d{1,12}$/, 'an order number of digits'))
    .addOption(new Option('--status <status>', 'how it stands').choices(statuses))
    .addOption(new Option('--kind <kind>', 'what it is').choices(Object.keys(kinds)))
    .addOption(json())
    .addHelpText(
      'after',
      `
All that fits is shown, the newest first, with what later transactions did to it. It may be run while the terminal trades.
  terminalctl find -c /etc/slipsafe/terminal.json --amount 12.34 --from 2026-11-22 --card 1234
  terminalctl find -c /etc/slipsafe/terminal.json --reference 170512345678 --json`,
    )
    .action(run);
};
