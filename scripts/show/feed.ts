/** What there is to see of a virtual board, as it happens. */
import type { VirtualBoard } from '../../test/bench/board.ts';
import type { LogLine } from '../../test/bench/firmware-process.ts';
import type { PaperLine } from '../../test/bench/printer/paper.ts';
import type { Entry } from './drawing.ts';
import { TerminalLedger } from './terminal-ledger.ts';
import { factWords, messageWords } from './words.ts';

export interface Audience {
  /** The display shows another screen. One that stands shorter than an eye takes is left out. */
  screen(lines: readonly string[]): void;
  /** A line is on paper; `opensSlip` when it is the first one of its piece. */
  paper(line: PaperLine, opensSlip: boolean): void;
  cut(): void;
  paperOut(out: boolean): void;
  entry(entry: Entry): void;
  /** The terminal's process has ended. */
  off?(): void;
}

const glanceMs = 40;

/** Tells an audience what happens on a board, and switches its terminal on so that nothing of its log is missed. */
export class Feed {
  readonly #board: VirtualBoard;
  readonly #audience: Audience;
  readonly #ledger = new TerminalLedger();
  #glance: NodeJS.Timeout | undefined;
  #shown = '';
  #slip = 0;
  #paperOut = false;

  constructor(board: VirtualBoard, audience: Audience) {
    this.#board = board;
    this.#audience = audience;
    const { display, printer, acquirer } = board;
    display.on('screen', (lines) => this.#screen(lines));
    printer.on('line', (line) => {
      audience.paper(line, line.copy !== this.#slip);
      this.#slip = line.copy;
    });
    printer.on('cut', () => audience.cut());
    printer.on('state', ({ paper }) => {
      if (this.#paperOut === (paper === 'end')) return;
      this.#paperOut = paper === 'end';
      audience.paperOut(this.#paperOut);
    });
    acquirer.on('message', (message) => {
      const text = messageWords(acquirer, message);
      // The terminal logged its intent before the request left: that line is read first when it waits in the pipe.
      setImmediate(() => setImmediate(() => audience.entry({ who: 'acquirer', text })));
    });
  }

  /** Resolves as `board.powerOn` does. */
  async powerOn(): Promise<void> {
    this.#shown = '';
    const ready = this.#board.powerOn();
    const { firmware } = this.#board;
    firmware.on('line', (line) => this.#line(line));
    firmware.on('exit', () => this.#audience.off?.());
    await ready;
  }

  #line(line: LogLine): void {
    if (line.msg !== 'fact') return;
    const sale = this.#ledger.take(line);
    this.#audience.entry({ who: 'terminal', text: factWords(line, sale) });
  }

  #screen(lines: readonly string[]): void {
    clearTimeout(this.#glance);
    this.#glance = setTimeout(() => {
      const screen = lines.join('\n');
      if (screen === this.#shown) return;
      this.#shown = screen;
      this.#audience.screen(lines);
    }, glanceMs);
  }
}
