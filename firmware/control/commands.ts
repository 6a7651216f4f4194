import type { Happening } from '../../state-machine/events.ts';
import type { State } from '../../state-machine/state.ts';
import { build } from '../build.ts';
import type { Answer, Command } from './control-server.ts';
import type { Monitor, Monitored, Status } from './monitor.ts';
import type { Became } from './requests.ts';
import { migrationVetoOf, vetoOf } from './veto.ts';

export interface ControlledTerminal {
  readonly monitor: Monitor;
  readonly monitored: () => Monitored;
  /** Takes no more events, lets the devices and the ledger go, and ends the process some seconds later. */
  readonly standDown: () => void;
  /** Has the machine told so, and says what became of it. */
  readonly request: (happening: Happening) => Promise<Became>;
}

/** Why it was not done, where the name of the rejection is no sentence. */
const whyNot: Readonly<Partial<Record<Became, string>>> = {
  notAtRest: 'something is in hand',
  nothingToSettle: 'there is nothing to settle',
  noReversalWaits: 'no reversal waits for its next try',
  outOfService: 'it is out of service',
  notStored: 'the ledger could not keep who asked',
  bug: 'a bug stopped trading',
  stopped: 'it is being stopped',
};

const starting = { ok: false, why: 'the terminal is starting: ask again' } as const;

/**
 * What the control socket knows. What a technician may have done is what a clerk could do at a key of the same screen:
 * it goes through the machine, which may refuse it, and stands in the ledger with who asked.
 */
export const controlCommands = ({
  monitor,
  monitored,
  standDown,
  request,
}: ControlledTerminal): Readonly<Record<string, Command>> => {
  const status = (): Status | undefined => {
    const { state, workingSince } = monitored();
    return state && monitor.status({ state, workingSince });
  };
  const answer = () => {
    const now = status();
    return now === undefined ? starting : ({ ok: true, answer: now } as const);
  };
  const asking =
    (type: 'settlementAsked' | 'reversalAsked'): Command =>
    async (_more, _gone, by) => {
      if (status() === undefined) return starting;
      if (by === undefined) return { ok: false, why: 'it is not known who asks: terminalctl proves it' };
      const became = await request({ type, by });
      if (became === 'begun') return answer();
      return { ok: false, why: `${whyNot[became] ?? became}: ${status()?.phase}` };
    };
  /** Before another build is applied. Asked and done in one go: no key or card comes in between. */
  const standingDown = (vetoIn: (state: State) => string | undefined): Answer => {
    const { state, workingSince } = monitored();
    if (state === undefined) return starting;
    const veto = vetoIn(state);
    if (veto !== undefined) return { ok: false, why: veto };
    // What it is about to become is not told by what it is.
    if (workingSince !== undefined) return { ok: false, why: 'it is at work' };
    standDown();
    return { ok: true, answer: { build } };
  };
  return {
    status: answer,
    settle: asking('settlementAsked'),
    'reversal-retry': asking('reversalAsked'),
    watch: (more, gone) => {
      more(answer());
      const end = monitor.onChange(() => more(answer()));
      return new Promise((resolve) => {
        const leave = (): void => {
          end();
          resolve({ ok: true, answer: null });
        };
        if (gone.aborted) leave();
        else gone.addEventListener('abort', leave, { once: true });
      });
    },
    'stand-down': () => standingDown(vetoOf),
    'stand-down-settled': () => standingDown(migrationVetoOf),
  };
};
