/**
 * Flashes whose power goes at a random instant, over a board and its data: the new build has another data format, so that
 * staging, switching, the change of the data, its trial and the way back are all met. After each cut the board starts as
 * systemd would start it, and what runs must be whole, with all of the data in its format.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Board, current, cut, isWhole, makeBoard, timeOf, trials } from './cut-board.ts';
import { makeTerminal } from './format-terminal.ts';

const program = join(import.meta.dirname, 'format-child.js');

export interface Interruptions {
  readonly seed: number;
  readonly interrupted: number;
  /** What the board woke up with. */
  readonly wokeWith: { readonly old: number; readonly new: number };
  /** Where in the change of the data the power went, more or less: there was a copy that was not done with. */
  readonly inMigration: number;
  /** One sentence each; empty when all holds. */
  readonly differences: readonly string[];
}

/** @param progress after each cut */
export const interruptFlashes = async (
  count: number,
  seed: number,
  progress: (done: number) => void = () => undefined,
): Promise<Interruptions> => {
  const board = makeBoard(seed);
  const terminal = makeTerminal();
  try {
    return await interrupt(board, terminal, count, seed, progress);
  } finally {
    rmSync(board.folder, { recursive: true, force: true });
    rmSync(terminal.folder, { recursive: true, force: true });
  }
};

const interrupt = async (
  board: Board,
  terminal: ReturnType<typeof makeTerminal>,
  count: number,
  seed: number,
  progress: (done: number) => void,
): Promise<Interruptions> => {
  const node = (format: 1 | 2) =>
    `${process.execPath} ${program} ${terminal.directory} ${format} ${format === 1 ? 'old' : 'new'}`;
  const staged = ['libexec/slots apply b', 'libexec/slots begin', node(2), 'libexec/slots failed', node(1)].join('; ');
  /** Staging takes longer than all the rest, and the cuts would nearly all fall there: two of three find it done. */
  const flashes = [`${board.stage}; ${staged}`, staged, staged];
  /** As the unit does: the slots first, then the build that they name, which brings the data to its format. */
  const start = (): { readonly format: 1 | 2; readonly why: string } => {
    const begun = board.sh('libexec/slots begin');
    const format = current(board) === 'b' ? 2 : 1;
    const { status, stderr } = spawnSync('/bin/sh', ['-ec', node(format)], { encoding: 'utf8' });
    const why = begun.status === 0 && status === 0 ? '' : `it does not start: ${begun.stderr}${stderr}`;
    return { format, why };
  };
  const differences: string[] = [];
  const wokeWith = { old: 0, new: 0 };
  let inMigration = 0;
  const longest = flashes.map((flash) => timeOf(board, flash));
  for (let done = 0, n = 0; done < count && differences.length === 0; n = (n + 1) % flashes.length) {
    const flash = flashes[n] as string;
    if (n === 0) rmSync(join(board.root, 'slots', 'b'), { recursive: true, force: true });
    else if (board.sh(`test -e slots/b || ${board.stage}`).status !== 0) differences.push('it can not be staged');
    const began = performance.now();
    if (await cut(board, flash, (longest[n] as number) * board.chance())) {
      longest[n] = performance.now() - began;
      continue;
    }
    done += 1;
    const tell = (what: string): void => void differences.push(`interruption ${done}: ${what}`);
    if (terminal.isChanging()) inMigration += 1;
    const { format, why } = start();
    if (why !== '') tell(why);
    const on = current(board);
    wokeWith[on === 'b' ? 'new' : 'old'] += 1;
    if (!isWhole(board, on)) tell(`${on} runs, and is not whole`);
    if (!terminal.holds(format)) tell(`${on} runs, and not all of the data are there in format ${format}`);
    if (on === 'b' && trials(board).length === 0) tell('the new build runs without a trial');
    // And it comes to rest: the trial is lost, and the build before runs with all of the data.
    board.sh('libexec/slots failed || true');
    const after = start();
    if (after.why !== '') tell(after.why);
    if (current(board) !== 'a' || !terminal.holds(1))
      tell('the way back does not lead to the build before and its data');
    progress(done);
  }
  const interrupted = wokeWith.old + wokeWith.new;
  return { seed, interrupted, wokeWith, inMigration, differences };
};
