/** `terminalctl settle` and `terminalctl reversal retry`: what a clerk could do at a key, asked for from afar. */
import type { PhaseName } from '../../state-machine/state.ts';
import { askByName } from '../control/control-client.ts';
import type { Status } from '../control/monitor.ts';
import { Refusal } from './configured.ts';
import type { Output } from './output.ts';
import { type RunningOptions, socketOf, statuses } from './running-terminal.ts';
import { screenLines, watchLine } from './status-command.ts';

/** The terminal is at it by itself in these; in any other it has come to its end, or waits. */
const underWay: ReadonlySet<PhaseName> = new Set([
  'signingOn',
  'clearingBuffer',
  'reversing',
  'printingReversal',
  'settling',
  'uploading',
  'endingBatch',
  'printingSettlement',
]);

const wishes = {
  settle: { done: 'settled', isDone: ({ settling, transactions }: Status) => !settling && transactions === 0 },
  'reversal-retry': { done: 'reversed', isDone: ({ open }: Status) => open === undefined },
} as const;

/** 0 where it is done; 1 where the terminal refused it, or goes on trying. @throws NotReached, Refusal */
export const askAndFollow = async (
  command: keyof typeof wishes,
  options: RunningOptions,
  out: Output,
): Promise<number> => {
  const { done, isDone } = wishes[command];
  const asked = await askByName(socketOf(options), command);
  if (!asked.ok) {
    out.line(options.json === true ? JSON.stringify({ result: 'refused', why: asked.why }) : `not now: ${asked.why}`);
    return 1;
  }
  for await (const status of statuses(options)) {
    if (underWay.has(status.phase)) {
      if (options.json !== true) out.line(watchLine(status));
      continue;
    }
    const result = isDone(status) ? done : 'open';
    if (options.json === true) out.line(JSON.stringify({ result, status }));
    else for (const line of [result, ...screenLines(status)]) out.line(line);
    return result === 'open' ? 1 : 0;
  }
  throw new Refusal('the terminal ended before it was through');
};
