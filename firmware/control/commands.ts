import type { Command } from './control-server.ts';
import type { Monitor, Monitored, Status } from './monitor.ts';

export interface ControlledTerminal {
  readonly monitor: Monitor;
  readonly monitored: () => Monitored;
  /** Takes no more events, lets the devices and the ledger go, and ends the process some seconds later. */
  readonly standDown: () => void;
}

const starting = { ok: false, why: 'the terminal is starting: ask again' } as const;

/** What the control socket knows. Nothing here moves money: that is done at the keys, or not at all. */
export const controlCommands = ({
  monitor,
  monitored,
  standDown,
}: ControlledTerminal): Readonly<Record<string, Command>> => {
  const status = (): Status | undefined => {
    const { state, workingSince } = monitored();
    return state && monitor.status({ state, workingSince });
  };
  const answer = () => {
    const now = status();
    return now === undefined ? starting : ({ ok: true, answer: now } as const);
  };
  return {
    status: answer,
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
    /** Before another build is applied. Asked and done in one go: no key or card comes in between. */
    'stand-down': () => {
      const now = status();
      if (now === undefined) return starting;
      if (now.veto !== undefined) return { ok: false, why: now.veto };
      // What it is about to become is not told by what it is.
      if (monitored().workingSince !== undefined) return { ok: false, why: 'it is at work' };
      standDown();
      return { ok: true, answer: { build: now.build } };
    },
  };
};
