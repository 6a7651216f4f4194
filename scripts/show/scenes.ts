/** The scenes of the show: what people and bad luck do to a terminal, one after the other. */
import type { BoardOptions, VirtualBoard } from '../../test/bench/board.ts';
import { testCards } from '../../test/bench/cards.ts';
import { yuan } from './drawing.ts';

/** What a scene is played on. */
export interface Stage {
  readonly board: VirtualBoard;
  /** Says what somebody does. */
  readonly tell: (what: string) => void;
  /** Leaves time to look, at the show's own pace. */
  readonly pause: (ms: number) => Promise<void>;
  readonly powerOn: () => Promise<void>;
}

export interface Scene {
  readonly title: string;
  readonly explains: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** How the show's terminal is set up, apart from the usual board. */
export const showBoard = (speed: number): BoardOptions => {
  const shownMs = Math.max(100, Math.round(1200 / speed));
  return {
    printerSpeed: speed,
    acquirer: { answerTimeoutMs: 2000, lateAnswerMs: 1000 },
    timers: { tearOffMs: shownMs, noticeMs: shownMs, retryMs: [1000] },
  };
};

/** Lets the acquirer's answers take their time, so that the screens before them are seen. */
export const answerAfter = ({ acquirer }: VirtualBoard, delayMs: number): void => {
  for (const kind of ['signOn', 'sale', 'reversal', 'settlement', 'upload', 'batchEnd'] as const) {
    acquirer.always(kind, { kind: 'late', delayMs });
  }
};

const lookMs = 700;

/** Resolves when the terminal rests after what is done to it. */
const untilIdle = async ({ board, pause }: Stage, deed: () => unknown): Promise<void> => {
  const idleSoFar = board.firmware.log.filter(isIdle).length;
  await deed();
  await board.phase('idle', idleSoFar + 1);
  await board.display.until(showsRest);
  await pause(lookMs);
};

/** The last line asks for an amount, or says why a slip that is due doesn't come. */
const showsRest = (lines: readonly string[]): boolean => lines[3] === '请输入金额' || lines[2] === '冲正凭证待打印';

const isIdle = (line: { readonly msg?: string; readonly to?: unknown; readonly from?: unknown }): boolean =>
  line.msg === 'step' && line.to === 'idle' && line.from !== 'idle';

/** Clerk and customer, up to the card; the PIN follows by itself. */
const sell = async ({ board, tell, pause }: Stage, amount: number): Promise<void> => {
  tell(`The clerk types ${yuan(amount)} and presses 确认; the customer checks shop and amount.`);
  board.keypad.type(String(amount));
  await pause(lookMs);
  board.press('enter');
  await board.display.until('请顾客核对');
  await pause(lookMs);
  board.press('enter');
  await board.display.until('请刷卡');
  await pause(lookMs);
  tell('The customer swipes the card and enters the PIN.');
  board.pinPad.willEnter(testCards.debit.pin);
  board.cardReader.swipe(testCards.debit);
};

/** The paper ends below the amount: a piece that could pass for a slip. */
const lineOfPaperEnd = 22;

export const scenes: readonly Scene[] = [
  {
    title: 'Power on',
    explains: 'The terminal reads its ledger, takes its devices, signs on (签到) at the acquirer, and rests.',
    play: async ({ board, powerOn, pause }) => {
      await powerOn();
      await board.phase('idle');
      await board.display.until(showsRest);
      await pause(lookMs);
    },
  },
  {
    title: 'A sale',
    explains: 'Captured, and called a success, only when the printer has said that the merchant copy is out.',
    play: (stage) => untilIdle(stage, () => sell(stage, 1234)),
  },
  {
    title: 'The paper runs out in mid-slip',
    explains: 'No slip, no sale: it is reversed (冲正), and the next thing on paper calls the torn slip void.',
    play: async (stage) => {
      const { board, tell, pause } = stage;
      await untilIdle(stage, async () => {
        board.printer.fault({ line: lineOfPaperEnd }, 'paperEnd');
        await sell(stage, 2580);
        await board.display.until('取消冲正');
        await pause(lookMs);
        tell('There is no paper at hand. The clerk presses 取消.');
        board.press('cancel');
      });
      await untilIdle(stage, () => {
        tell('A new roll is put in.');
        board.printer.loadPaper();
      });
    },
  },
  {
    title: 'An answer is lost',
    explains: 'The acquirer books the sale and the terminal never hears of it: it reverses what may be booked.',
    play: (stage) =>
      untilIdle(stage, () => {
        stage.board.acquirer.next('sale', { kind: 'noAnswer' });
        return sell(stage, 800);
      }),
  },
  {
    title: 'Settlement',
    explains: 'Both sides compare their totals (结算); the batch is closed, and the next one opened.',
    play: (stage) =>
      untilIdle(stage, async () => {
        const { board, tell, pause } = stage;
        tell('The clerk presses 菜单, 7, 5 and 确认.');
        board.press('menu', '7', '5');
        await board.display.until('确认结算');
        await pause(lookMs);
        board.press('enter');
      }),
  },
];
