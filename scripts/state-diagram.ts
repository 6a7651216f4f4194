import { eventNames } from '../state-machine/events.ts';
import { phaseNames, table } from '../state-machine/table.ts';

/** What everything can lead to is said once in words, not drawn from every phase. */
const leftOut = new Set(['ledgerFault']);

/** The state machine as a Mermaid diagram, drawn from its table: one arrow a phase and target, with its events. */
export const stateDiagram = (): string => {
  const arrows = phaseNames.flatMap((phase) => {
    const targets = new Map<string, string[]>();
    for (const event of eventNames) {
      const row = table[phase][event];
      if (typeof row === 'string' || leftOut.has(event)) continue;
      for (const to of new Set(row.to)) {
        if (to !== 'same') targets.set(to, [...(targets.get(to) ?? []), event]);
      }
    }
    return [...targets].map(([to, events]) => `  ${phase} --> ${to}: ${events.join(', ')}`);
  });
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> starting', ...arrows, '```'].join('\n');
};
