import { eventNames } from '../../state-machine/events.ts';
import { phaseNames, table } from '../../state-machine/table.ts';

/** The rows of the machine's table by which something happens, as `idle × key`. */
export const rowsThatAct: ReadonlySet<string> = new Set(
  phaseNames.flatMap((phase) =>
    eventNames.filter((event) => typeof table[phase][event] !== 'string').map((event) => `${phase} × ${event}`),
  ),
);
