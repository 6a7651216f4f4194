/** 小票问题: what can be done about a transaction that was found. */
import type { Key } from '../../hal/keypad.ts';
import type { MinorUnits } from '../../hal/units.ts';
import { mayTakeDifference, standsYet } from '../book.ts';
import { afterReversalSlip, askSupervisor, goOn, nobody, notice, openRemedies } from '../going-on.ts';
import { holdOf } from '../holds.ts';
import type { Found, Hold } from '../sale.ts';
import type { PhaseOf } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { begin } from './choosing.ts';
import { enter, originalOf } from './steps.ts';

/** Shown with its state after it is held: the clerk reads that it is. */
const hold = (turn: Turn, { rows, at }: PhaseOf<'found' | 'remedies'>, { sale, left }: Found): Step | Rejection => {
  const held = holdOf(turn.book.holds, sale.id);
  if (held !== undefined) return askSupervisor(turn, { purpose: 'release', hold: held });
  if (!standsYet(sale, left)) return 'keyWithoutMeaning';
  const { retrievalReference: reference, authorisationCode, date } = originalOf(sale);
  turn.record({
    type: 'held',
    saleId: sale.id,
    batch: sale.batch,
    voucher: sale.stan,
    reference,
    ...(authorisationCode !== undefined && { authorisationCode }),
    date,
    operator: turn.operator ?? nobody,
    since: turn.wall,
  });
  return openRemedies(turn, rows, at);
};

/**
 * 补收差额: too little was taken (003-04, 003-21). A sale of its own, that says which one it makes up for: the acquirer has
 * no message for more of a sale that stands.
 */
const takeDifference = (turn: Turn, { sale, left }: Found): Step | Rejection => {
  if (left === 0 || !mayTakeDifference(sale)) return notice(turn, { says: 'noDifference' });
  const { id: saleId, batch, stan } = sale;
  return begin(turn, { kind: 'sale', amount: 0 as MinorUnits, differenceOf: { saleId, batch, stan } });
};

/**
 * 1 prints its slip again, 2 voids it, 3 refunds it, 4 holds it or ends that, 5 prints a query sheet for the bank, 6 takes
 * what was too little.
 */
export const remedy = (turn: Turn, phase: PhaseOf<'found' | 'remedies'>, key: Key): Step | Rejection => {
  const row = phase.rows[phase.at];
  if (row === undefined) throw new Error('A row is shown that was not found');
  switch (key) {
    case '1':
      return afterReversalSlip(turn, { do: 'reprintFound', sale: row.sale });
    case '2':
      return enter(turn, { kind: 'void', amount: row.sale.amount, known: row });
    case '3':
      return enter(turn, { kind: 'refund', amount: 0 as MinorUnits, known: row });
    case '4':
      return hold(turn, phase, row);
    case '5':
      return afterReversalSlip(turn, { do: 'printQuery', sale: row.sale });
    case '6':
      return takeDifference(turn, row);
    case 'cancel':
      return goOn(turn);
    default:
      return 'keyWithoutMeaning';
  }
};

export const remedyKey: Handler<'remedies', 'key'> = (turn, phase, { key }) => remedy(turn, phase, key);

export const released = (turn: Turn, { saleId, batch, voucher }: Hold, supervisor: string): Step =>
  notice(turn.record({ type: 'released', saleId, batch, voucher, supervisor }), { says: 'released', voucher });
