/** `scripts/start`: Slipsafe at work on the virtual board, as a show or by hand. */
import { parseArgs } from 'node:util';
import { type BoardOptions, VirtualBoard } from '../test/bench/board.ts';
import type { Agreement } from './show/agreement.ts';
import { agreementOf, drawClosing } from './show/closing.ts';
import { handBoard, interact } from './show/interactive.ts';
import { playScenes, showSpeed } from './show/play.ts';
import { showBoard } from './show/scenes.ts';

const help = `Shows Slipsafe at work on the virtual board. Nothing of it is real but the terminal: the built firmware runs in
its own process; keypad, card reader, PIN pad, printer and display are played at the far ends of serial lines
(pseudo-terminals), and the acquirer at a TCP port of this machine. No card, bank or printer is needed.

  scripts/start                  the show: five scenes in about half a minute, then the comparison
  scripts/start --interactive    the board is left to you: clerk, customer, paper and power; q ends it
  scripts/start --json           the show without its drawing; prints one JSON object, amounts in 分
  scripts/start --speed N        printer and pauses N times as fast: the show ${showSpeed}, by hand 1, as in a shop
  scripts/start --help

What is to be seen
  DISPLAY   the terminal's four lines, for the clerk
  PAPER     what comes out of the printer, line by line
  LEDGERS   "terminal": a fact that is safe on its disk; "acquirer": a message at the bank, and what it booked

At the end both ledgers stand side by side, voucher by voucher, and beside them what is on paper. Exit code 0: they
agree to the cent, each captured sale has its merchant copy and each reversed one that is on paper its reversal slip
behind it, and the acquirer has seen no breach of the protocol. 1: they don't, or a scene found no end, and it is said
what differs. 2: the command line is wrong. Ctrl-C takes everything down.
`;

/** A command line that can't be followed, for the person who typed it. */
class UsageError extends Error {}

/** Somebody wants it to end, by a signal or by closing the window that it writes to. */
class Interrupted extends Error {
  readonly exitCode: number;
  constructor(what: string, exitCode: number) {
    super(what);
    this.exitCode = exitCode;
  }
}

const readArguments = () => {
  try {
    const { values } = parseArgs({
      options: {
        interactive: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        speed: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const speedOf = (text: string | undefined, usual: number): number => {
  const speed = text === undefined ? usual : Number(text);
  if (speed >= 0.5 && speed <= 100) return speed;
  throw new UsageError(`--speed takes a number from 0.5 to 100, not ${text}`);
};

const stop = new AbortController();
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.on(signal, () => stop.abort(new Interrupted(`ended by ${signal}`, 128 + number)));
}
process.stdout.on('error', () => stop.abort(new Interrupted('nobody reads the output any more', 1)));

/** Builds a board, uses it, and takes it down, however that ends. */
const onBoard = async <Result>(
  options: BoardOptions,
  use: (board: VirtualBoard) => Promise<Result>,
): Promise<Result> => {
  const building = VirtualBoard.build(options);
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  const used = building.then((board) => {
    stop.signal.throwIfAborted();
    return use(board);
  });
  try {
    return await Promise.race([used, stopped]);
  } finally {
    await building.then(
      (board) => board.dismantle(),
      () => undefined,
    );
  }
};

const write = (row: string): void => void process.stdout.write(`${row}\n`);

const conclude = (agreement: Agreement): void => {
  process.exitCode = agreement.agree ? 0 : 1;
};

const show = async (speed: number): Promise<void> => {
  const agreement = await onBoard(showBoard(speed), async (board) => {
    await playScenes(board, speed, stop.signal, write);
    return agreementOf(board);
  });
  drawClosing(agreement, write);
  conclude(agreement);
};

const showAsJson = async (speed: number): Promise<void> => {
  const began = performance.now();
  const seconds = (): number => Math.round(performance.now() - began) / 1000;
  try {
    const result = await onBoard(showBoard(speed), async (board) => ({
      scenes: await playScenes(board, speed, stop.signal),
      agreement: await agreementOf(board),
    }));
    write(JSON.stringify({ ...result.agreement, scenes: result.scenes, seconds: seconds() }));
    conclude(result.agreement);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    write(JSON.stringify({ agree: false, differences: [(error as Error).message], seconds: seconds() }));
    process.exitCode = 1;
  }
};

const byHand = async (speed: number): Promise<void> => {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UsageError('--interactive needs a terminal window to draw in and a keyboard; this is none');
  }
  const agreement = await onBoard({ ...handBoard, printerSpeed: speed }, async (board) => {
    await interact(board, stop.signal);
    return agreementOf(board);
  });
  drawClosing(agreement, write);
  conclude(agreement);
};

try {
  const values = readArguments();
  if (values.interactive && values.json) throw new UsageError('--interactive and --json do not go together');
  if (values.help) process.stdout.write(help);
  else if (values.interactive) await byHand(speedOf(values.speed, 1));
  else if (values.json) await showAsJson(speedOf(values.speed, showSpeed));
  else await show(speedOf(values.speed, showSpeed));
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`start: ${(error as Error).message}\n${usage ? 'See scripts/start --help.\n' : ''}`);
  process.exitCode = usage ? 2 : error instanceof Interrupted ? error.exitCode : 1;
}
