/**
 * SIGKILL at random instants: the built firmware trades on a virtual board, is killed, started, killed again while it
 * recovers, and so on; at the end of each board's life paper, book and ledger must agree.
 *
 * What is chosen comes from the seed: cards, mishaps, and the instants as counts. Where a process really is when the
 * signal arrives depends on the machine. A SIGKILL takes nothing from the disk, whose cache outlives the process: this
 * proves the order of facts and effects, and that every start finds its way. What a power cut takes, `test/crash/` does.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualBoard } from '../../bench/board.ts';
import type { FirmwareProcess } from '../../bench/firmware-process.ts';
import { Dice } from '../../state-machine/dice.ts';
import { agreementOf } from '../agreement.ts';
import { untrueFacts } from './acknowledged.ts';
import { Clerk } from './clerk.ts';
import { atInstant, type Instant, instantBy } from './instant.ts';

export interface KillOptions {
  readonly seed: number;
  readonly kills: number;
  /** How many boards live at once; one keeps a core busy. */
  readonly atOnce?: number;
  /** How many kills a board lives through at most, before it is judged and the next one takes its place. */
  readonly killsPerBoard?: number;
  /** After each kill. */
  readonly progress?: (kills: number) => void;
}

/** How often each of some names came. */
export type Tally = Readonly<Record<string, number>>;

export interface KillReport {
  readonly seed: number;
  readonly kills: number;
  readonly boards: number;
  /** Of the kills, those before the terminal was ready: it had just been killed. */
  readonly duringStart: number;
  /** How the sales ended that were begun. */
  readonly sales: Tally;
  readonly settlements: number;
  /** The phase in which the process was, by its last line; `starting` until it has come to another. */
  readonly phases: Tally;
  /** One sentence each, with the board; empty when all holds. */
  readonly differences: readonly string[];
  /** Where the logs and ledgers of boards are that failed. */
  readonly evidence: readonly string[];
}

/** A process that has not come to its instant by then never will: it has wedged (M10). */
const patienceMs = 60_000;

interface Killed {
  readonly instant: Instant;
  readonly phase: string;
  readonly duringStart: boolean;
}

interface BoardReport {
  readonly killed: readonly Killed[];
  readonly sales: readonly string[];
  readonly settlements: number;
  readonly differences: readonly string[];
  readonly evidence?: string;
}

/** The phase of its last line. */
const phaseOf = ({ log }: FirmwareProcess): string => {
  const to = log.findLast(({ msg }) => msg === 'step')?.to;
  return typeof to === 'string' ? to : 'starting';
};

/** Rejects when the terminal stops trading or takes too long. */
const orWedged = async <T>(firmware: FirmwareProcess, what: string, awaited: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`M10: ${what} did not come; phase ${phaseOf(firmware)}`)), patienceMs);
    firmware.on('line', ({ to, level }) => {
      if (to === 'outOfService' || level === 'fatal') reject(new Error('M10: the terminal went out of service'));
    });
  });
  try {
    return await Promise.race([awaited, never]);
  } finally {
    clearTimeout(timer);
  }
};

/** One life of the process: switched on, attended, killed. */
const liveAndDie = async (board: VirtualBoard, clerk: Clerk, instant: Instant): Promise<Killed> => {
  const ready = board.powerOn();
  const { firmware } = board;
  clerk.attend(firmware);
  ready.catch(() => undefined); // killed during its start
  let callOff = (): void => undefined;
  let struck = false;
  const death = new Promise<void>((resolve, reject) => {
    callOff = atInstant(instant, board, firmware, () => {
      struck = true;
      // The signal goes out in the very call, before the answer that is about to be sent, say.
      void firmware.kill().then(resolve, reject);
    });
    firmware.once('exit', () => struck || reject(new Error('M10: the process ended by itself')));
  });
  try {
    await orWedged(firmware, `${instant.count} ${instant.after}`, death);
  } finally {
    callOff();
  }
  const duringStart = !firmware.log.some(({ msg }) => msg === 'ready');
  return { instant, phase: phaseOf(firmware), duringStart };
};

/** M7: everything that the acquirer holds after the last settlement is settled, unless it came later. */
const unsettled = ({ acquirer }: VirtualBoard): readonly string[] =>
  acquirer.book
    .entries()
    .filter(({ state, settled, batch }) => state === 'approved' && !settled && batch < acquirer.batch)
    .map(({ stan }) => `M7: ${stan} is in a closed batch and isn't settled`);

const writeEvidence = async (board: VirtualBoard, seed: number, number: number, killed: readonly Killed[]) => {
  const path = join(mkdtempSync(join(tmpdir(), 'slipsafe-kill-')), `board-${number}.json`);
  const ledger = await board.ledger().catch(String);
  const evidence = {
    seed,
    board: number,
    killed,
    ledger,
    book: board.acquirer.book.entries(),
    messages: board.acquirer.messages,
    paper: board.printer.paper.copies.map(({ number: copy, complete, torn }) => ({
      copy,
      complete,
      torn,
      text: board.printer.paper.text(copy),
    })),
    logs: board.runs.map(({ log, errors }) => ({ log, errors })),
  };
  writeFileSync(path, JSON.stringify(evidence, null, 1));
  return path;
};

/** The life of a board: so many kills, then a last sale, the settlement, and the judgement. */
const boardLife = async (seed: number, number: number, kills: number, onKill: () => void): Promise<BoardReport> => {
  const dice = new Dice(seed * 10_007 + number);
  const board = await VirtualBoard.build({
    printerSpeed: 100,
    acquirer: { answerTimeoutMs: 250, lateAnswerMs: 1_000 },
    timers: { amountMs: 1_000, confirmMs: 1_000, cardMs: 1_000, pinMs: 1_000, retryMs: [100], noticeMs: 100 },
  });
  const clerk = new Clerk(board, dice);
  const killed: Killed[] = [];
  const differences: string[] = [];
  let sales: readonly string[] = [];
  let settlements = 0;
  try {
    try {
      while (killed.length < kills) {
        killed.push(await liveAndDie(board, clerk, instantBy(dice)));
        onKill();
      }
      clerk.closeShop();
      const ready = board.powerOn();
      clerk.attend(board.firmware);
      await ready;
      await orWedged(board.firmware, 'the last settlement', board.firmware.fact('settlementPrinted'));
      await board.firmware.stop();
    } catch (error) {
      differences.push(`after kill ${killed.length}: ${(error as Error).message}`);
      if (board.firmware.running) await board.firmware.kill();
    }
    try {
      const ledger = await board.ledger();
      const agreement = await agreementOf(board);
      sales = agreement.sales.map(({ status }) => status);
      settlements = ledger.filter(({ fact }) => fact === 'batchOpened').length;
      differences.push(...agreement.differences, ...unsettled(board), ...untrueFacts(board.runs, ledger));
    } catch (error) {
      differences.push(`M8: the ledger can't be read: ${(error as Error).message}`);
    }
    const bugs = board.runs.flatMap(({ log }) => log.filter(({ level }) => level === 'error' || level === 'fatal'));
    differences.push(...bugs.map((line) => `the log tells a bug: ${JSON.stringify(line)}`));
    const report = { killed, sales, settlements, differences: differences.map((what) => `board ${number}: ${what}`) };
    return differences.length === 0
      ? report
      : { ...report, evidence: await writeEvidence(board, seed, number, killed) };
  } finally {
    await board.dismantle();
  }
};

const tally = (names: readonly string[]): Tally => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
};

/** Runs board after board until so many kills are done. Stops beginning new ones after the first that failed. */
export const runKills = async (options: KillOptions): Promise<KillReport> => {
  const { seed, kills, atOnce = 2, killsPerBoard = 100, progress } = options;
  const reports: BoardReport[] = [];
  let given = 0;
  let boards = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (given < kills && reports.every(({ differences }) => differences.length === 0)) {
      const share = Math.min(killsPerBoard, Math.ceil(kills / atOnce), kills - given);
      given += share;
      boards += 1;
      const report = await boardLife(seed, boards, share, () => {
        done += 1;
        progress?.(done);
      });
      reports.push(report);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const killed = reports.flatMap((report) => report.killed);
  return {
    seed,
    kills: killed.length,
    boards,
    duringStart: killed.filter(({ duringStart }) => duringStart).length,
    sales: tally(reports.flatMap(({ sales }) => sales)),
    settlements: reports.reduce((sum, { settlements }) => sum + settlements, 0),
    phases: tally(killed.map(({ phase }) => phase)),
    differences: reports.flatMap(({ differences }) => differences),
    evidence: reports.flatMap(({ evidence }) => evidence ?? []),
  };
};
