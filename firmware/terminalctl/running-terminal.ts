import { ask, askOnce } from '../control/control-client.ts';
import type { Status } from '../control/monitor.ts';
import { configured, Refusal } from './configured.ts';

/** Where a board's unit has it. */
const boardSocket = '/run/slipsafe/control.sock';

/** Which running terminal is meant. */
export interface RunningOptions {
  readonly socket?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** @throws Refusal */
export const socketOf = ({ socket, config }: RunningOptions): string =>
  socket ?? (config === undefined ? boardSocket : configured(config).control.socket);

/** @throws NotReached, Refusal */
export const statusOf = async (options: RunningOptions): Promise<Status> => {
  const answer = await askOnce(socketOf(options), 'status');
  if (!answer.ok) throw new Refusal(answer.why);
  return answer.answer as Status;
};

/** Each status from now on. @throws NotReached */
export async function* statuses(options: RunningOptions): AsyncGenerator<Status> {
  for await (const answer of ask(socketOf(options), 'watch')) {
    if (answer.ok && answer.answer !== null) yield answer.answer as Status;
  }
}
