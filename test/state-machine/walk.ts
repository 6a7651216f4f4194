/**
 * Random walks through the machine with a small acquirer beside it: whatever keys are pressed, answers come, paper
 * does and power goes, the rules of money hold after every step. (The exhaustive walk is `npm run model`.)
 */

import type { Key } from '../../hal/keypad.ts';
import type { AccountOutcome, PasswordOutcome, Role } from '../../hal/operators.ts';
import type { ParameterOutcome, TerminalParameter } from '../../hal/parameters.ts';
import { openSale } from '../../state-machine/book.ts';
import type { Effect } from '../../state-machine/effects.ts';
import type { Happening } from '../../state-machine/events.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Found, Sale } from '../../state-machine/sale.ts';
import { counts, mayBeAbout } from '../../state-machine/standing.ts';
import type { State } from '../../state-machine/state.ts';
import { view } from '../../state-machine/view.ts';
import { Dice, Loaded } from './dice.ts';
import { SmallAcquirer } from './small-acquirer.ts';
import { card, provisioned, rules, World } from './world.ts';

export const identity = { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' };
const keys = ['1', '5', '00', 'enter', 'enter', 'enter', 'cancel', 'clear', 'menu', 'function'] as const;
/** Each is as likely as it is often here. */
const times = <W>(count: number, way: W): readonly W[] => Array(count).fill(way);
const sell: readonly Key[] = ['5', 'enter', 'enter'];
const authorise: readonly Key[] = ['menu', '4', '1', '6', 'enter', 'enter'];
const closeDoubt: readonly Key[] = ['menu', '7', '6'];
const everywhere: readonly (readonly Key[])[] = [
  ['function', '1', 'enter', '7', 'enter'],
  ['function', '8', 'enter'],
  ['menu', '7', '5'],
  ['menu', '7', '3', '4'],
  ['menu', '7', '3', '1'],
  ['menu', '6', '2'],
  ['menu', '6', '3'],
];
/**
 * What a clerk does on purpose, besides pressing keys at random: in a till, in a shop that takes goods back, in a hotel,
 * in one whose guests stay longer, and where clerks come and go. */
const shops: readonly (readonly (readonly Key[])[])[] = [
  [
    ...everywhere,
    sell,
    sell,
    sell,
    ['menu', '2', '1', 'enter'],
    ['menu', '2', '1', 'enter'],
    ['function', '4'],
    ['4', '1', 'enter'],
  ],
  [...everywhere, closeDoubt, sell, sell, ['menu', '3', '1', 'enter'], ['menu', '3', '1', 'enter']],
  [
    ...everywhere,
    closeDoubt,
    authorise,
    authorise,
    authorise,
    ['menu', '4', '2', '1', 'enter'],
    ['menu', '4', '3'],
    ['menu', '4', '3'],
    ...times(2, ['menu', '4', '4'] as const),
    ...times(7, ['menu', '4', '5', '1', 'enter'] as const),
    ['menu', '4', '2', '1', 'enter'],
  ],
  [
    ...everywhere,
    authorise,
    authorise,
    ...times(3, ['menu', '4', '6'] as const),
    ...times(2, ['menu', '4', '2', '1', 'enter'] as const),
    ['menu', '4', '3'],
  ],
  [
    ...everywhere,
    sell,
    ['menu', '8'],
    ['menu', '7', '7'],
    ['menu', '7', '2'],
    ['menu', '7', '7', '1', 'enter'],
    ['menu', '7', '4', '1'],
    ['menu', '7', '4', '1', '0', '2', 'enter'],
    ['menu', '7', '4', '2', '0', '1', 'enter', '1', 'enter'],
    ['menu', '7', '4', '3', '1', 'enter'],
    ['menu', '7', '4', '4', '1', 'enter'],
    ['menu', '7', '4', '5'],
    ['menu', '7', '8', '1'],
    ['menu', '7', '8', '2'],
    ['menu', '7', '8', '4', '1', 'enter'],
    ['menu', '7', '8', '5', '1', 'enter'],
    ...times(3, ['menu', '7', '8', '9', '1', 'enter'] as const),
  ],
];
const ways = [
  'anotherBatch',
  'disk',
  'settlementDue',
  'asked',
  ...times(20, 'habit'),
  ...times(16, 'card'),
  ...times(4, 'key'),
  ...times(8, 'time'),
  ...times(6, 'paper'),
  ...times(2, 'cut'),
] as const;

const roleOf = (operator: string): Role =>
  (({ '00': 'supervisor', '99': 'administrator' }) as const)[operator] ?? 'clerk';

/** One of each kind, with the longest values that there are. */
const parameters: readonly TerminalParameter[] = [
  { key: 'a', label: '单笔限额', kind: 'number', low: 1, high: 100_000_000_000, unit: 'fen', digits: '100000000000' },
  { key: 'b', label: '密码锁定时间', kind: 'number', low: 30, high: 1440, unit: 'min', digits: '1440' },
  { key: 'c', label: '退货', kind: 'boolean', digits: '1' },
  { key: 'd', label: '显示语言', kind: 'choice', options: ['zh-CN', 'en'], digits: '1' },
  { key: 'e', label: '自动结算时间', kind: 'time', digits: '' },
];

/** What the printer, the PIN pad and the supervisor make of what is asked of them. */
const outcomeOf = (effect: Effect, dice: Dice, goodPrinter: boolean): Happening | undefined => {
  switch (effect.type) {
    case 'print': {
      const out = { verdict: 'PRINTED' } as const;
      const verdict = dice.one([
        out,
        ...times(goodPrinter ? 12 : 1, out),
        { verdict: 'NOT_PRINTED', cause: 'paperEnd' },
        { verdict: 'UNKNOWN', cause: 'silence' },
      ] as const);
      return { type: 'printed', effect: effect.id, verdict };
    }
    case 'cancelPrint':
      return { type: 'printCancelled', effect: effect.id, confirmed: dice.one([true, false]) };
    case 'checkPrinter': {
      const ready = { ready: true, paperNearEnd: false } as const;
      const readiness = dice.one([ready, ready, ready, { ready: false, cause: 'coverOpen' }] as const);
      return { type: 'printerChecked', effect: effect.id, readiness };
    }
    case 'askPin':
      return {
        type: 'pin',
        effect: effect.id,
        outcome: dice.one(['entered', 'entered', 'bypassed', 'cancelled', 'failed']),
      };
    case 'checkPassword':
      return {
        type: 'passwordChecked',
        effect: effect.id,
        answer: dice.one<PasswordOutcome>([
          { result: 'accepted', role: roleOf(effect.operator) },
          ...times(4, { result: 'accepted', role: roleOf(effect.operator) } as const),
          { result: 'wrong', triesLeft: 3 },
          { result: 'lockedOut', minutes: 30 },
          { result: 'mustChange', role: 'clerk' },
          { result: 'unknown' },
        ]),
      };
    case 'changePassword':
    case 'addOperator':
    case 'removeOperator':
      return {
        type: 'accountAnswered',
        effect: effect.id,
        answer: dice.one<AccountOutcome>([
          { result: 'done' },
          { result: 'refused', why: 'tooShort' },
          { result: 'notStored' },
        ]),
      };
    case 'listParameters':
      return { type: 'parametersListed', effect: effect.id, parameters };
    case 'writeParameter':
      return {
        type: 'parameterWritten',
        effect: effect.id,
        answer: dice.one<ParameterOutcome>([
          { result: 'changed', from: '1', to: '2' },
          { result: 'unchanged' },
          { result: 'refused', why: 'tooHigh' },
          { result: 'refused', why: 'notRight' },
          { result: 'notStored' },
        ]),
      };
    case 'tellVersion': {
      const acquirers = ['pos-acquirer-host.example.cn:12345', '192.0.2.17:8583'];
      const version = { build: '0.1.0-0a1b2c3', checksum: '0a1b2c3d', merchantId: '898110154110001', acquirers };
      return { type: 'versionTold', effect: effect.id, version };
    }
    case 'selfTest': {
      const names = ['keypad', 'cardReader', 'pinPad', 'printer', 'display', 'acquirer', 'ledger'] as const;
      const checks = names.map((device) =>
        dice.one([
          { device, faults: 0 },
          { device, fault: 'silent', faults: 999 },
        ] as const),
      );
      return { type: 'selfTested', effect: effect.id, checks };
    }
    case 'switchTraining':
      return { type: 'trainingSwitched', effect: effect.id, stored: dice.one([true, false]) };
    case 'listOperators':
      return { type: 'operatorsListed', effect: effect.id, operators: ['00', '01', '02', '99'] };
    default:
      return undefined;
  }
};

/** What is left of a sale, by all that there are. */
const foundOf =
  (all: readonly Sale[]) =>
  (sale: Sale): Found => {
    const later = all.filter((each) => each.original?.saleId === sale.id && counts(each));
    const change = ({ kind, amount }: Sale): number => {
      if (kind === 'preAuthorisationIncrement') return amount;
      return kind === 'refund' ? -1 * amount : -Infinity;
    };
    const left = later.reduce((sum, each) => sum + change(each), sale.amount as number);
    return { sale, left: Math.max(0, left) as Found['left'] };
  };

/** Where somebody goes on who has begun something. */
const purposes: ReadonlySet<string> = new Set([
  'number',
  'found',
  'original',
  'feeNotice',
  'amount',
  'remark',
  'confirm',
  'doubt',
  'card',
  'operatorNumber',
  'newPassword',
  'signedOff',
  'closingDoubt',
  'version',
  'selfTest',
]);

const digitsOf = (number: number): readonly Key[] => String(number).split('') as Key[];

const keypad = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '00',
  'enter',
  'cancel',
  'clear',
  'menu',
  'function',
] as const;
const keypadWays = ['card', 'time', 'paper', ...times(40, 'key')] as const;

/**
 * Walks, checks the rules after every step, and shows each state to `visit`. Returns the facts at the end.
 *
 * @param hands whose they are: a clerk's, who mostly means something, or anybody's on the keypad
 */
export const walk = (
  seed: number,
  steps: number,
  visit: (state: State) => void,
  hands: 'clerk' | 'anybody' = 'clerk',
): readonly Fact[] => {
  const dice = new Dice(seed);
  const habits = shops[seed % shops.length] as readonly [readonly Key[], ...(readonly Key[])[]];
  const hasGoodPrinter = Math.floor(seed / shops.length) % 2 === 0;
  const acquirer = new SmallAcquirer();
  // Every other shop asks about a second sale of the same card and amount.
  let world = new World([provisioned], {
    ...rules,
    twinMs: Math.floor(seed / shops.length) % 3 === 0 ? 600_000 : 0,
    refundDays: 1,
    settleAt: 22 * 60 + 30,
    lateRefunds: true,
    remarks: hasGoodPrinter ? [] : ['orderNumber', 'note'],
    ...(hasGoodPrinter && { feeNotice: '跨行退货可能收取手续费，以发卡行为准。费率见银行公告。' }),
    signOffAfterSettlement: Math.floor(seed / shops.length) % 5 === 0,
  }).start();
  let answered = 0;
  const stans = new Set<number>();

  const must = (holds: boolean, rule: string): void => {
    if (!holds) throw new Error(`seed ${seed}: ${rule} (in ${world.phase}, after ${world.factTypes.join(' ')})`);
  };

  /** The sales before the last step, and how many facts there were then. */
  let standing: readonly Sale[] = [];
  let folded = world.facts.length;
  /** The sales of the batches that are closed. */
  const archive: Sale[] = [];
  const settledIn = (batch: number): void => {
    // Totals can agree by chance over the sales of a batch that the acquirer left by itself. What was voided has no
    // record in an upload.
    archive.push(...standing);
    const due = standing.filter((each) => counts(each) && each.voidedBy === undefined && each.batch === batch);
    for (const sale of due.filter(({ kind }) => kinds[kind].upload !== undefined)) {
      must(acquirer.settled.has(sale.id), `M7: batch ${batch} was closed and voucher ${sale.stan} is not settled`);
    }
  };

  const check = (): void => {
    const { book, phase } = world.state;
    for (const sale of book.sales) {
      const held = acquirer.booked.has(sale.id);
      if (sale.status === 'captured' || sale.status === 'kept')
        must(held, 'M2: a captured sale is not with the acquirer');
      if (sale.status === 'reversed') must(!held, 'M4: a reversed sale is still with the acquirer');
      if (sale.status === 'declined' || sale.status === 'notSent')
        must(!held, 'M2: a refused sale is with the acquirer');
    }
    if (world.facts.length > folded) {
      for (const fact of world.facts.slice(folded)) if (fact.type === 'batchOpened') settledIn(fact.settled.batch);
      folded = world.facts.length;
      standing = book.sales;
    }
    must(acquirer.complaints.length === 0, String(acquirer.complaints[0]));
    const openOnes = book.sales.filter((sale) => ['intended', 'approved', 'reversalRequired'].includes(sale.status));
    must(openOnes.length <= 1, 'M5: two sales are open at once');
    if (phase.name === 'idle') must(openOnes.length === 0, 'M2: the terminal rests with an open sale');
    const shown = view(world.state, identity, 'zh-CN').lines.join('|');
    const last = book.sales.at(-1);
    if (shown.includes('交易成功')) {
      must(last?.status === 'captured' || last?.status === 'kept', 'M3: success is shown before the capture');
    }
  };

  const find = (effect: Effect): Happening | undefined => {
    if (effect.type !== 'find') return undefined;
    const all = [...archive, ...world.state.book.sales];
    const { query } = effect;
    const rows = all.filter((sale) => query.by === 'voucher' && sale.stan === query.stan).map(foundOf(all));
    return { type: 'found', effect: effect.id, rows };
  };

  const answer = (by: Dice): void => {
    const effect = world.effects[answered];
    if (effect === undefined) return;
    answered += 1;
    const outcome =
      acquirer.outcomeOf(effect, by, world.state.book) ?? find(effect) ?? outcomeOf(effect, by, hasGoodPrinter);
    if (outcome !== undefined) world.happen(outcome);
  };

  const purposeful = (): boolean => purposes.has(world.phase) || 'by' in world.state.phase;
  /** What a clerk does next who wants the transaction that he has begun. */
  const onPurpose = (): readonly Key[] => {
    const { phase, book } = world.state;
    if (phase.name === 'card') {
      world.swiped();
      return [];
    }
    if (phase.name === 'number') {
      const all = [...book.sales, ...archive];
      const { wanted } = phase;
      const fitting = wanted.purpose === 'original' ? all.filter((sale) => mayBeAbout(wanted.draft.kind, sale)) : all;
      return [...digitsOf(dice.one([undefined, ...all, ...fitting, ...fitting, ...fitting])?.stan ?? 0), 'enter'];
    }
    if (phase.name === 'found') return [dice.one(['1', '2', '3', '6', 'enter'])];
    if (phase.name === 'operatorNumber') return ['0', dice.one(['1', '2']), 'enter'];
    if (phase.name === 'menu') return [dice.one(['1', '1', '2', '3'])];
    if (phase.name === 'parameters') return [dice.one(['1', 'enter', 'clear'])];
    if (phase.name === 'parameterValue') return ['1', 'enter'];
    if (phase.name === 'newPassword') return ['1', '5', 'enter'];
    if (phase.name === 'amount' && phase.draft.amount === 0) return [dice.one(['2', '3']), 'enter', 'enter'];
    if (phase.name === 'closingDoubt') return [dice.one(['1', '2'])];
    return phase.name === 'doubt' ? ['enter', '1', 'enter'] : ['enter'];
  };

  const restart = (): void => {
    // What was asked for may still have reached the acquirer before the power went.
    for (const effect of world.effects.slice(answered)) {
      if (dice.one([true, false])) acquirer.outcomeOf(effect, dice, world.state.book);
    }
    world = world.restarted().start();
    answered = 0;
  };

  for (let n = 0; n < steps; n++) {
    const way = hands === 'clerk' ? dice.one(ways) : dice.one(keypadWays);
    if (world.phase === 'outOfService') {
      restart();
    } else if (answered < world.effects.length && dice.one([true, true, true, false])) {
      answer(dice);
    } else if (hands === 'clerk' && purposeful() && dice.one([true, true, true, true, false])) {
      world.keys(...onPurpose());
    } else if (way === 'key') {
      world.keys(dice.one(hands === 'clerk' ? keys : keypad));
    } else if (way === 'habit') {
      world.keys(...dice.one(habits));
    } else if (way === 'time') {
      world.wait(dice.one([100_000_000, ...times(6, 1_000), ...times(6, 120_000)]));
    } else if (way === 'paper') {
      world.paper(dice.one([true, true, false]));
    } else if (way === 'card') {
      world.happen({ type: 'card', card });
    } else if (way === 'disk') {
      const fault = dice.one(['refused', 'refused', 'failed', 'failedAndKept'] as const);
      world.disk = () => {
        world.disk = () => 'stored';
        return fault;
      };
    } else if (way === 'settlementDue') {
      if (dice.one([true, false, false])) world.happen({ type: 'settlementDue' });
    } else if (way === 'asked') {
      world.happen({ type: dice.one(['settlementAsked', 'reversalAsked', 'reversalAsked'] as const), by: 'tech' });
    } else if (way === 'anotherBatch') {
      if (dice.one([true, false, false])) acquirer.turnToAnotherBatch();
    } else {
      restart();
    }
    for (const effect of world.effects.slice(answered)) {
      if (effect.type !== 'authorise') continue;
      const open = openSale(world.state.book);
      must(open?.id === effect.saleId, 'M1: a request is asked for without its intent');
    }
    check();
    visit(world.state);
  }
  // M10: from wherever it has come to, a walk on which everything works comes to rest, without a key but to sign it on.
  const loaded = new Loaded(0);
  for (let n = 0; n < 100 && world.phase !== 'idle'; n++) {
    if (world.phase === 'outOfService') restart();
    else if (answered < world.effects.length) answer(loaded);
    else if (world.phase === 'signedOff') world.keys('enter');
    else world.wait(120_000);
    check();
  }
  must(world.phase === 'idle', 'M10: the terminal does not come to rest');
  for (const fact of world.facts) {
    if (!('stan' in fact)) continue;
    must(!stans.has(fact.stan), 'M6: a trace number was used twice');
    stans.add(fact.stan);
  }
  return world.facts;
};
