/**
 * The acquirer of the small world, with a book of its own: it approves, declines, answers late, twice, with a bad MAC or
 * never; a request may be held up on its way and come behind its reversal. It knows only what has reached it.
 */
import type { LinkOutcome, TransactionKind } from '../../hal/acquirer.ts';
import type { Happening } from '../../state-machine/events.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { approval, fault } from '../state-machine/world.ts';
import { type Machine, type Move, tell } from './machine.ts';
import { type AcquirerModel, type Asked, type Booked, breaks, saleOf, type World } from './world.ts';

const unanswered: LinkOutcome = { outcome: 'unanswered', fault };
const notSent: LinkOutcome = { outcome: 'notSent', fault };
const badMac = { outcome: 'badMac' } as const;
const declined = (responseCode: string) => ({ outcome: 'declined', responseCode }) as const;

type DayEnd = 'settle' | 'upload' | 'uploadOne' | 'endBatch';
type Of<T extends Asked['type']> = Extract<Asked, { readonly type: T }>;

const withAcquirer = (world: World, change: Partial<AcquirerModel>): World => ({
  ...world,
  acquirer: { ...world.acquirer, ...change },
});

/** A message other than a reversal arrives: its trace number was never used before. */
const receive = (world: World, number: number): World => {
  const next = withAcquirer(world, { lastStan: Math.max(number, world.acquirer.lastStan) });
  return number > world.acquirer.lastStan ? next : breaks(next, `M6: trace number ${number} comes twice`);
};

const columns: { readonly [K in TransactionKind]: 'debit' | 'credit' | undefined } = {
  sale: 'debit',
  void: 'credit',
  refund: 'credit',
  preAuthorisation: undefined,
  preAuthorisationIncrement: undefined,
  preAuthorisationVoid: undefined,
  completion: 'debit',
  completionNotice: 'debit',
  completionVoid: 'credit',
};

/**
 * Whether it holds such a one, of which that is left: a refund and an increment may come again, what else there is only
 * once, and a void of all that is held.
 */
const mayBeAbout = ({ sales }: AcquirerModel, { kind, amount, original }: Sale): boolean => {
  const about = original?.saleId === undefined ? undefined : sales[original.saleId];
  if (about?.state !== 'approved') return false;
  const all = Object.values(sales).filter((each) => each.about === original?.saleId && each.state === 'approved');
  const others = all.filter((each) => each.kind !== 'preAuthorisationIncrement');
  const held = all.reduce((sum, each) => (others.includes(each) ? sum : sum + each.amount), about.amount as number);
  if (kind !== 'refund') return others.length === 0 && (kind !== 'preAuthorisationVoid' || amount === held);
  const refunded = others.reduce((sum, each) => sum + (each.kind === 'refund' ? each.amount : Infinity), 0);
  return refunded + amount <= about.amount;
};

/** The request is decided on. Whoever reversed it before must not get it booked. */
const book = (world: World, id: string): World => {
  const sale = saleOf(world.durable, id);
  if (sale === undefined) return breaks(world, `M1: a request comes for ${id}, of which nothing is durable`);
  const { kind, amount, batch, original } = sale;
  if (world.acquirer.sales[id]?.state === 'barred') return world;
  const booked: Booked = { kind, amount, batch, about: original?.saleId, state: 'approved' };
  return withAcquirer(world, { sales: { ...world.acquirer.sales, [id]: booked } });
};

/** Moves of a message that was asked for: first it arrives or not, then its answer does or not. */
export const acquirerMoves = (machine: Machine, world: World, asked: Asked): readonly Move[] => {
  switch (asked.type) {
    case 'signOn':
      return signOn(machine, world, asked);
    case 'inquire':
      return inquiry(machine, world, asked);
    case 'authorise':
      return world.stage === '' ? request(machine, world, asked) : answers(machine, world, asked);
    case 'reverse':
      return world.stage === '' ? reversal(machine, world, asked) : answers(machine, world, asked);
    case 'settle':
    case 'upload':
    case 'uploadOne':
    case 'endBatch':
      return world.stage === '' ? dayEnd(machine, world, asked) : answers(machine, world, asked);
    default:
      return [];
  }
};

const signOn = (machine: Machine, world: World, { id, stan: number }: Of<'signOn'>): readonly Move[] => {
  const reached = receive(world, number);
  const answer = (on: World, what: string, outcome: object): readonly Move[] =>
    tell(machine, on, what, { type: 'signOnAnswered', effect: id, answer: outcome } as Happening);
  const signedOn = {
    outcome: 'signedOn',
    batch: world.acquirer.batch,
    hostTime: '000000',
    hostDate: '0101',
    pinKey: '',
  };
  return [
    ...answer(reached, 'the sign-on is answered', signedOn),
    ...answer(reached, 'the sign-on is not answered', unanswered),
    ...answer(reached, 'the sign-on is refused', declined('97')),
    ...answer(world, 'the sign-on is not sent: the line is down', notSent),
  ];
};

/** It moves nothing, whatever becomes of it. */
const inquiry = (machine: Machine, world: World, { id, stan: number }: Of<'inquire'>): readonly Move[] => {
  const outcomes = (on: World, what: string, answer: object): readonly Move[] =>
    tell(machine, on, what, { type: 'balanceAnswered', effect: id, answer } as Happening);
  return [
    ...outcomes(receive(world, number), 'the balance is told', { outcome: 'balance', amount: 1 }),
    ...outcomes(receive(world, number), 'the inquiry is not answered', unanswered),
    ...outcomes(world, 'nothing of the inquiry is sent', notSent),
  ];
};

const at = (world: World, stage: string): World => ({ ...world, stage });

const request = (machine: Machine, world: World, { id, saleId }: Of<'authorise'>): readonly Move[] => {
  const sale = saleOf(world.durable, saleId);
  if (sale === undefined) return [['the request leaves', breaks(world, `M1: ${saleId} leaves without its intent`)]];
  const reached = receive(world, sale.stan);
  const outcomes = (on: World, what: string, outcome: object): readonly Move[] =>
    tell(machine, on, what, { type: 'authorised', effect: id, answer: outcome } as Happening);
  const refusal =
    sale.batch !== world.acquirer.batch
      ? '77'
      : sale.original !== undefined && !mayBeAbout(world.acquirer, sale)
        ? '12'
        : undefined;
  const lost = outcomes(reached, 'the request is lost on its way', unanswered);
  const nothing = outcomes(world, 'nothing of the request is sent: the line is down', notSent);
  if (refusal !== undefined) return [['the acquirer refuses the request', at(reached, refusal)], ...lost, ...nothing];
  return [
    ['the acquirer books the request', at(book(reached, saleId), 'booked')],
    ['the acquirer declines the request', at(reached, '51')],
    [
      'the request is held up on its way',
      at(withAcquirer(reached, { heldUp: [...reached.acquirer.heldUp, saleId] }), 'heldUp'),
    ],
    ...lost,
    ...nothing,
  ];
};

const reversal = (machine: Machine, world: World, { id, saleId }: Of<'reverse'>): readonly Move[] => {
  const { sales, reversed } = world.acquirer;
  const before = sales[saleId];
  const sale = saleOf(world.durable, saleId);
  const gone: Booked | undefined =
    before === undefined
      ? sale && {
          kind: sale.kind,
          amount: sale.amount,
          batch: sale.batch,
          about: sale.original?.saleId,
          state: 'barred',
        }
      : { ...before, state: before.state === 'barred' ? 'barred' : 'reversed' };
  const done = withAcquirer(world, {
    sales: { ...sales, ...(gone && { [saleId]: gone }) },
    reversed: reversed.includes(saleId) ? reversed : [...reversed, saleId],
  });
  const outcomes = (what: string, outcome: object): readonly Move[] =>
    tell(machine, world, what, { type: 'reversalAnswered', effect: id, answer: outcome } as Happening);
  return [
    ['the acquirer takes the reversal', at(done, 'done')],
    ['the acquirer refuses the reversal', at(world, '96')],
    ...outcomes('the reversal is lost on its way', unanswered),
    ...outcomes('nothing of the reversal is sent: the line is down', notSent),
  ];
};

/** Whether the totals of a batch are those of the acquirer's book. */
const agrees = ({ acquirer }: World, { batch, totals }: Of<'settle'>): boolean => {
  const own = Object.values(acquirer.sales).filter((each) => each.batch === batch && each.state === 'approved');
  return (['debit', 'credit'] as const).every((column) => {
    const { count, amount } = totals.domestic[column];
    const of = own.filter((each) => columns[each.kind] === column);
    return of.length === count && of.reduce((sum, each) => sum + each.amount, 0) === amount;
  });
};

const dayEnd = (machine: Machine, world: World, asked: Of<DayEnd>): readonly Move[] => {
  const reached = receive(world, asked.stan);
  const type = asked.type === 'settle' ? 'settlementAnswered' : 'uploadAnswered';
  const outcomes = (on: World, what: string, outcome: object): readonly Move[] =>
    tell(machine, on, what, { type, effect: asked.id, answer: outcome } as Happening);
  return [
    ...arrives(reached, asked),
    ...outcomes(reached, `the ${asked.type} is lost on its way`, unanswered),
    ...outcomes(world, `nothing of the ${asked.type} is sent: the line is down`, notSent),
  ];
};

const arrives = (world: World, asked: Of<DayEnd>): readonly Move[] => {
  const { acquirer } = world;
  const { batch } = asked;
  const isClosed = acquirer.closed.includes(batch);
  const isOther = batch !== acquirer.batch && !isClosed;
  const { reckoned } = acquirer;
  switch (asked.type) {
    case 'settle': {
      if (isClosed)
        return [
          ['the acquirer reckons the totals again', at(world, reckoned?.balanced === true ? 'balanced' : 'unbalanced')],
        ];
      if (isOther) return [['the acquirer does not know the batch', at(world, 'error')]];
      const reckon = (balanced: boolean): World =>
        at(withAcquirer(world, { reckoned: { batch, balanced, uploaded: [] } }), balanced ? 'balanced' : 'unbalanced');
      const disagrees: Move = ['the acquirer finds the totals unbalanced', reckon(false)];
      return agrees(world, asked) ? [['the acquirer finds the totals balanced', reckon(true)], disagrees] : [disagrees];
    }
    case 'upload':
    case 'uploadOne': {
      const saleIds = asked.type === 'upload' ? asked.saleIds : [asked.saleId];
      if (isOther) return [['the acquirer refuses the upload', at(world, '77')]];
      const uploaded = [...new Set([...(reckoned?.uploaded ?? []), ...saleIds])];
      const next = reckoned === undefined ? world : withAcquirer(world, { reckoned: { ...reckoned, uploaded } });
      return [['the acquirer takes the upload', at(next, '00')]];
    }
    case 'endBatch': {
      if (isOther) return [['the acquirer refuses the batch end', at(world, '77')]];
      if (isClosed) return [['the acquirer takes the batch end again', at(world, '00')]];
      return [['the acquirer closes the batch', at(close(world, batch), '00')]];
    }
  }
};

const close = (world: World, batch: number): World => {
  const { acquirer } = world;
  const own = Object.entries(acquirer.sales).filter(([, each]) => each.batch === batch && each.state === 'approved');
  const settled = acquirer.reckoned?.balanced === true ? own.map(([id]) => id) : (acquirer.reckoned?.uploaded ?? []);
  return withAcquirer(world, {
    batch: batch + 1,
    closed: [...acquirer.closed, batch],
    settled: [...new Set([...acquirer.settled, ...settled])].sort(),
  });
};

/** What was decided is told, or isn't, or can't be believed. An answer that comes late or twice finds nobody waiting. */
const answers = (machine: Machine, world: World, asked: Asked): readonly Move[] => {
  const { stage } = world;
  const type = {
    authorise: 'authorised',
    reverse: 'reversalAnswered',
    settle: 'settlementAnswered',
    upload: 'uploadAnswered',
    uploadOne: 'uploadAnswered',
    endBatch: 'uploadAnswered',
  }[asked.type as 'authorise' | 'reverse' | DayEnd];
  const outcomes = (what: string, answer: object): readonly Move[] =>
    tell(machine, world, what, { type, effect: asked.id, answer } as Happening);
  const never = outcomes('its answer never comes, or too late', unanswered);
  if (stage === 'heldUp') return never;
  const told = (): object => {
    if (stage === 'booked') return approval;
    if (stage === 'done') return { outcome: 'acknowledged', responseCode: '00' };
    if (stage === '00') return { outcome: 'accepted' };
    if (stage === 'balanced' || stage === 'unbalanced' || stage === 'error')
      return { outcome: 'reconciled', domestic: stage, foreign: 'balanced' };
    return declined(stage);
  };
  const isFinancial = asked.type === 'authorise' || asked.type === 'reverse';
  return [
    ...outcomes('its answer comes', told()),
    ...never,
    ...(isFinancial && !/^\d/.test(stage) ? outcomes('its answer has a wrong MAC', badMac) : []),
  ];
};

/** What the acquirer does without being asked. */
export const acquirerByItself = (world: World): readonly Move[] => {
  const { acquirer, budget } = world;
  const late = acquirer.heldUp.map((id): Move => {
    const arrived = withAcquirer(world, { heldUp: acquirer.heldUp.filter((other) => other !== id) });
    const sale = saleOf(world.durable, id);
    const isRefused = sale !== undefined && sale.batch !== acquirer.batch;
    return [`the request of ${id}, which was held up, reaches the acquirer`, isRefused ? arrived : book(arrived, id)];
  });
  if (budget.turns === 0) return late;
  const turned = withAcquirer(
    { ...world, budget: { ...budget, turns: budget.turns - 1 } },
    { batch: acquirer.batch + 3 },
  );
  return [...late, ['the acquirer turns to another batch by itself', turned]];
};
