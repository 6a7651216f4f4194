/** The rules of money that hold in every state of the small world; what a move breaks on its way is told by the move. */
import { openSale, reversalSlipsDue } from '../../state-machine/book.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from '../state-machine/walk.ts';
import type { World } from './world.ts';

const isOpen = ({ status }: Sale): boolean =>
  status === 'intended' || status === 'approved' || status === 'reversalRequired';

/** What is wrong with a sale, by what is durable, what the acquirer holds and what is on paper. */
const wrongWith = (sale: Sale, { acquirer, paper }: World): string | undefined => {
  const { id, status } = sale;
  const held = acquirer.sales[id]?.state === 'approved';
  const on = paper[id];
  switch (status) {
    case 'captured':
      if (!held) return `M2: ${id} is captured, and the acquirer doesn't hold it`;
      return on?.merchant === true ? undefined : `M2: ${id} is captured, and its merchant copy isn't on paper`;
    case 'kept':
      return held ? undefined : `M2: ${id} is kept, and the acquirer doesn't hold it`;
    case 'reversed':
      if (!acquirer.reversed.includes(id)) return `M5: ${id} is reversed, and the acquirer never took its reversal`;
      if (held) return `M4: ${id} is reversed, and the acquirer holds it`;
      break;
    case 'declined':
    case 'notSent':
      if (held) return `M2: ${id} is ${status}, and the acquirer holds it`;
      break;
    case 'intended':
    case 'approved':
    case 'reversalRequired':
    case 'inDoubt':
    case 'handedOver':
      break;
  }
  const isUndone = status === 'reversed' || status === 'handedOver' || status === 'reversalRequired';
  if (isUndone && on?.valid === true && on.overlaid) {
    return `M4: ${id} is ${status} and on paper, and what comes behind it is not its reversal slip`;
  }
  return undefined;
};

/** Messages that mustn't leave while a reversal is open. */
const forbidden: ReadonlySet<string> = new Set(['authorise', 'settle', 'upload', 'uploadOne', 'endBatch']);

/** The first rule that doesn't hold; undefined when all do. */
export const brokenRule = (world: World): string | undefined => {
  const { durable, state, asked, acquirer } = world;
  if (world.broken !== undefined) return world.broken;
  const sales = [...durable.carried, ...durable.sales];
  for (const sale of sales) {
    const wrong = wrongWith(sale, world);
    if (wrong !== undefined) return wrong;
  }
  if (durable.sales.filter(isOpen).length > 1) return 'M5: two sales are open at once';
  if (durable.nextStan <= acquirer.lastStan) return `M6: trace number ${durable.nextStan} would be used twice`;
  if (state === undefined) return undefined;
  if (asked !== undefined && forbidden.has(asked.type)) {
    const open = durable.sales.find(({ status }) => status === 'reversalRequired');
    if (open !== undefined) return `M5: ${asked.type} is asked for, and the reversal of ${open.id} is open`;
  }
  if (asked?.type === 'authorise' && openSale(durable)?.id !== asked.saleId) {
    return `M1: the request of ${asked.saleId} is asked for, and its intent is not durable`;
  }
  const last = durable.sales.at(-1);
  if (state.phase.name === 'idle') {
    if (last !== undefined && isOpen(last)) return `M2: the terminal rests, and ${last.id} is ${last.status}`;
    const due = new Set(reversalSlipsDue(durable).map(({ id }) => id));
    const shown = sales.find(({ id, status }) => {
      const isVoid = status === 'reversed' || status === 'handedOver';
      return isVoid && world.paper[id]?.valid === true && !due.has(id);
    });
    if (shown !== undefined) return `M4: ${shown.id} is ${shown.status} and on paper, and no reversal slip is owed`;
  }
  if (saysApproved(world) && last?.status !== 'captured' && last?.status !== 'kept') {
    return `M3: the display says 交易成功, and ${last?.id} is ${last?.status}`;
  }
  return undefined;
};

/** Phases whose screen can say 交易成功: the others are looked at in `view.test.ts`. */
const tellsOfSuccess: ReadonlySet<string> = new Set([
  'tearOff',
  'printingCardholder',
  'notice',
  'printingMerchant',
  'printingCopy',
]);

const saysApproved = ({ state }: World): boolean =>
  state !== undefined &&
  tellsOfSuccess.has(state.phase.name) &&
  view(state, identity, 'zh-CN').lines.join('|').includes('交易成功');
