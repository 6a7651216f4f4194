/** The shortest way to a broken rule, to be read. */
import { view } from '../../state-machine/view.ts';
import { identity } from '../state-machine/walk.ts';
import type { Breach } from './search.ts';
import type { World } from './world.ts';

const slips = ({ printer: { ready, held } }: World): string => {
  const holds = held.map(({ slip, of }) => `${slip} ${of}`.trim()).join(', ');
  return `${ready ? '' : 'no paper'}${holds === '' ? '' : ` holds ${holds}`}`.trim();
};

const paper = (world: World): string =>
  Object.entries(world.paper)
    .map(([id, { merchant, valid, calledVoid }]) => {
      const lies = [merchant && 'merchant copy', valid && !merchant && 'part of a slip', calledVoid && 'reversal slip'];
      return `${id}: ${lies.filter(Boolean).join(', ')}`;
    })
    .join('; ');

const described = (world: World): readonly string[] => {
  const { state, durable, acquirer } = world;
  const screen = state === undefined ? 'off' : view(state, identity, 'zh-CN').lines.join(' | ');
  const sales = [...durable.carried, ...durable.sales].map(({ id, kind, status }) => `${kind} ${id} ${status}`);
  const booked = Object.entries(acquirer.sales).map(([id, each]) => `${each.kind} ${id} ${each.state}`);
  return [
    `screen    ${screen}`,
    `ledger    ${sales.join('; ')}`,
    `acquirer  ${booked.join('; ')}`,
    `printer   ${slips(world)}`,
    `paper     ${paper(world)}`,
  ].filter((line) => !/^\w+\s*$/.test(line));
};

/** A line a move; under it what has changed since the move before. */
export const storyOf = ({ rule, way }: Breach): readonly string[] => {
  let before: readonly string[] = [];
  const lines: string[] = [];
  for (const [index, [what, world]] of way.entries()) {
    const now = described(world);
    const fresh = now.filter((line) => !before.includes(line));
    lines.push(`${String(index + 1).padStart(3)}  ${what}`, ...fresh.map((line) => `       ${line}`));
    before = now;
  }
  return [...lines, `     ${rule}`];
};
