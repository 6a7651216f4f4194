/** The board by hand: a person at the keyboard is clerk, customer, paper and power. */
import type { Key } from '../../hal/keypad.ts';
import type { BoardOptions, VirtualBoard } from '../../test/bench/board.ts';
import { type TestCard, testCards } from '../../test/bench/cards.ts';
import {
  type Cell,
  clip,
  displayBox,
  type Entry,
  entryCell,
  pad,
  paint,
  paperEdge,
  paperNote,
  paperRow,
} from './drawing.ts';
import { Feed } from './feed.ts';
import { headings, ledgersAt, rowOf } from './lanes.ts';
import { answerAfter } from './scenes.ts';

const supervisorPassword = '888888';

/** As in a shop, but that a lost answer is waited for 10 s instead of a minute. */
export const handBoard: BoardOptions = {
  acquirer: { answerTimeoutMs: 10_000 },
  timers: { tearOffMs: 30_000, noticeMs: 10_000 },
  policy: { keepBySupervisor: true, twinMinutes: 10 },
  supervisorPassword,
};

const escapeCode = '\u001b';

const terminalKeys: { readonly [typed: string]: Key } = {
  ...Object.fromEntries(Array.from('0123456789', (digit) => [digit, digit as Key])),
  '\r': 'enter',
  '\n': 'enter',
  [escapeCode]: 'cancel',
  '\u007f': 'clear',
  '\b': 'clear',
  m: 'menu',
  f: 'function',
};

/** Keys that send more than a character and mean nothing here. Their Esc is none. */
const cursorKeys = new RegExp(`${escapeCode}[[O][\\d;]*[A-Za-z~]`, 'g');

const helpRows = [
  'Terminal  0-9 digits  Enter 确认  Esc 取消  Backspace 清除  m 菜单  f 功能',
  'World     s swipe  c card  p paper  u plug  l lose answer  x power cut  q quit',
];

/** What the customer needs for the PIN, and an answer for its way. */
const entryTimeMs = 1500;
const answerMs = 400;
const redrawMs = 30;
const kept = 500;

const remember = <Item>(items: Item[], ...more: readonly Item[]): void => {
  items.push(...more);
  if (items.length > kept) items.splice(0, items.length - kept);
};

/** How it ends: by q, or by what must not happen. */
interface End {
  readonly quit: () => void;
  readonly fail: (error: unknown) => void;
}

class Interaction {
  readonly #board: VirtualBoard;
  readonly #feed: Feed;
  readonly #paper: Cell[] = [];
  readonly #entries: Entry[] = [];
  readonly #cards: readonly TestCard[] = Object.values(testCards);
  readonly #end: End;
  #card: TestCard = testCards.debit;
  #screen: readonly string[] = [];
  #on = false;
  #loses = false;
  #closed = false;
  #said = 'Type an amount such as 1234 and Enter, Enter again, then s.';
  #drawing: NodeJS.Timeout | undefined;
  /** What a key does to the world ends before the next key does something. */
  #doing: Promise<void> = Promise.resolve();

  constructor(board: VirtualBoard, end: End) {
    this.#board = board;
    this.#end = end;
    this.#feed = new Feed(board, {
      screen: (lines) => this.#see(() => (this.#screen = lines)),
      paper: (line, opensSlip) =>
        this.#see(() => remember(this.#paper, ...(opensSlip ? [paperEdge] : []), paperRow(line))),
      cut: () => this.#see(() => remember(this.#paper, paperEdge)),
      paperOut: (out) => this.#see(() => remember(this.#paper, paperNote(out ? 'out of paper' : 'new roll'))),
      entry: (entry) => this.#see(() => remember(this.#entries, entry)),
      off: () => this.#see(() => (this.#on = false)),
    });
    board.acquirer.on('message', ({ direction }) => {
      if (direction === 'withheld') this.#loseNext(false);
    });
    board.pinPad.willAnswerLate(entryTimeMs);
    answerAfter(board, answerMs);
  }

  /** Draws anew, soon: also when the window has another size. */
  redraw(): void {
    if (this.#closed) return;
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#draw();
    }, redrawMs);
  }

  /** Draws no more. */
  close(): void {
    clearTimeout(this.#drawing);
    this.#closed = true;
  }

  powerOn(): void {
    this.#do(async () => {
      this.#on = true;
      await this.#feed.powerOn();
    });
  }

  /** What came from the keyboard at once. */
  type(chunk: string): void {
    for (const typed of chunk.replaceAll(cursorKeys, '')) {
      if (typed === 'q' || typed === '\u0003') this.#end.quit();
      else this.#do(() => this.#take(typed));
    }
    this.redraw();
  }

  #see(change: () => unknown): void {
    change();
    this.redraw();
  }

  #do(deed: () => unknown): void {
    this.#doing = this.#doing.then(async () => {
      await deed();
      this.redraw();
    });
    this.#doing.catch(this.#end.fail);
  }

  async #take(typed: string): Promise<void> {
    const board = this.#board;
    const key = terminalKeys[typed];
    if (key !== undefined) {
      board.press(key);
      return;
    }
    switch (typed) {
      case 'c': {
        const next = (this.#cards.indexOf(this.#card) + 1) % this.#cards.length;
        this.#card = this.#cards[next] ?? testCards.debit;
        this.#said = `The customer takes the card "${this.#card.name}".`;
        break;
      }
      case 's':
        this.#said = `The card "${this.#card.name}" is swiped; its PIN is entered by itself when it is asked for.`;
        board.pinPad.willEnter(this.#card.pin);
        board.cardReader.swipe(this.#card);
        break;
      case 'p':
        if (board.printer.state.paper === 'end') {
          board.printer.loadPaper();
          this.#said = 'A new roll is in the printer.';
        } else {
          board.printer.endPaper();
          this.#said = 'The roll is at its end: the line under way is still printed.';
        }
        break;
      case 'u':
        if (board.printer.state.plugged) {
          await board.unplug('printer');
          this.#said = "The printer's cable is pulled.";
        } else {
          await board.plugIn('printer');
          this.#said = "The printer's cable is plugged in.";
        }
        break;
      case 'l':
        this.#loseNext(!this.#loses);
        this.#said = this.#loses
          ? "The acquirer's next answer will be lost; what it books, it books."
          : 'No answer will be lost.';
        break;
      case 'x':
        this.#said = 'The power was cut (SIGKILL) and is back.';
        if (board.firmware.running) await board.firmware.kill();
        this.#screen = [];
        this.#on = true;
        await this.#feed.powerOn();
        break;
      default:
        this.#said = 'That key does nothing here.';
    }
  }

  /** Whichever message comes next: the first that is kept back takes the others off the list. */
  #loseNext(loses: boolean): void {
    this.#loses = loses;
    this.#board.acquirer.behave();
    answerAfter(this.#board, answerMs);
    if (!loses) return;
    for (const kind of ['signOn', 'sale', 'reversal', 'settlement', 'upload', 'batchEnd'] as const) {
      this.#board.acquirer.next(kind, { kind: 'noAnswer' });
    }
  }

  #draw(): void {
    const { rows, columns } = process.stdout;
    const width = columns || 100;
    const height = Math.max(1, (rows || 24) - 3 - helpRows.length);
    const left = this.#left();
    const paper = bottom(this.#paper, height);
    const ledgers = bottom(this.#entries, height);
    const all = [
      paint(headings),
      ...paper.map((cell, row) => {
        const entry = ledgers[row];
        return rowOf([left[row], cell, entry && clip(entryCell(entry), width - ledgersAt)]);
      }),
      '',
      paint(clip({ text: this.#said, look: 'yellow' }, width)),
      ...helpRows.map((text) => paint(clip({ text, look: 'dim' }, width))),
    ];
    process.stdout.write(`${escapeCode}[H${all.map((row) => `${escapeCode}[K${row}`).join('\r\n')}${escapeCode}[J`);
  }

  #left(): readonly (Cell | undefined)[] {
    const { plugged, paper } = this.#board.printer.state;
    const fact = (name: string, value: string, alarming: boolean): Cell => ({
      text: `${pad(name, 9)}${value}`,
      ...(alarming && { look: 'red' as const }),
    });
    return [
      ...displayBox(this.#on ? this.#screen : [], this.#on ? 'green' : 'dim'),
      undefined,
      fact('terminal', this.#on ? 'on' : 'off', !this.#on),
      fact('paper', paper === 'end' ? 'out' : 'in', paper === 'end'),
      fact('printer', plugged ? 'plugged in' : 'unplugged', !plugged),
      fact('answers', this.#loses ? 'next is lost' : 'arrive', this.#loses),
      fact('card', this.#card.name, false),
      fact('', `..${this.#card.pan.slice(-4)}`, false),
      undefined,
      { text: 'supervisor', look: 'dim' },
      { text: `password ${supervisorPassword}`, look: 'dim' },
    ];
  }
}

/** The last of them, at the bottom of so many rows. */
const bottom = <Item>(items: readonly Item[], height: number): readonly (Item | undefined)[] => {
  const last = items.slice(-height);
  return [...Array.from({ length: height - last.length }, () => undefined), ...last];
};

/** The other screen of the window, without cursor and without wrapping of long rows; and back. */
const enterScreen = `${escapeCode}[?1049h${escapeCode}[?25l${escapeCode}[?7l${escapeCode}[2J`;
const leaveScreen = `${escapeCode}[?7h${escapeCode}[?25h${escapeCode}[?1049l`;

/** Leaves a board that is off to the person at the keyboard, until q. The window is given back as it was. */
export const interact = async (board: VirtualBoard, stop: AbortSignal): Promise<void> => {
  const { stdin, stdout } = process;
  let giveBack: () => void = () => undefined;
  try {
    await new Promise<void>((quit, fail) => {
      const interaction = new Interaction(board, { quit, fail });
      const type = (chunk: Buffer): void => interaction.type(chunk.toString());
      const redraw = (): void => interaction.redraw();
      giveBack = () => {
        interaction.close();
        stdout.off('resize', redraw);
        stdin.off('data', type).pause().setRawMode(false);
        stdout.write(leaveScreen);
      };
      stdout.write(enterScreen);
      stdout.on('resize', redraw);
      stdin.setRawMode(true).on('data', type);
      stop.addEventListener('abort', () => quit());
      interaction.powerOn();
    });
  } finally {
    giveBack();
  }
};
