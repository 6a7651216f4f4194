import { type EventName, eventNames } from '../state-machine/events.ts';
import { onward, phaseNames, table } from '../state-machine/table.ts';

/** What everything can lead to is said once in words, not drawn from every phase. */
const leftOut: ReadonlySet<EventName> = new Set<EventName>(['ledgerFault']);

/** Many rows lead to where the terminal goes when nothing is in hand: that is drawn as a place of its own. */
const onwardNode = 'goOn';

const withOnward = (targets: readonly string[]): readonly string[] => {
  const set = new Set(targets);
  if (!onward.every((target) => set.has(target))) return [...set];
  const others = [...set].filter((target) => !(onward as readonly string[]).includes(target));
  return [...others, onwardNode];
};

/** The state machine as a Mermaid diagram, drawn from its table: one arrow a phase and target, with its events. */
export const stateDiagram = (): string => {
  const arrows = phaseNames.flatMap((phase) => {
    const targets = new Map<string, string[]>();
    for (const event of eventNames) {
      const row = table[phase][event];
      if (typeof row === 'string' || leftOut.has(event)) continue;
      for (const to of withOnward(row.to)) {
        if (to !== 'same') targets.set(to, [...(targets.get(to) ?? []), event]);
      }
    }
    return [...targets].map(([to, events]) => `  ${phase} --> ${to}: ${events.join(', ')}`);
  });
  const goOn = onward.map((to) => `  ${onwardNode} --> ${to}`);
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> starting', ...arrows, ...goOn, '```'].join('\n');
};
