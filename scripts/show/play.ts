/** Plays the scenes, drawn or silently, each within its limit. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { VirtualBoard } from '../../test/bench/board.ts';
import { displayBox, paperEdge, paperNote, paperRow } from './drawing.ts';
import { type Audience, Feed } from './feed.ts';
import { headings, Lanes } from './lanes.ts';
import { answerAfter, type Scene, type Stage, scenes } from './scenes.ts';

/** A scene doesn't come to its end: which, why, and what the display shows. */
class SceneFailed extends Error {
  override readonly name = 'SceneFailed';
}

export interface PlayedScene {
  readonly number: number;
  readonly title: string;
  readonly seconds: number;
}

/** How many times faster than a shop's the show runs, unless told otherwise. */
export const showSpeed = 2;

/** Generous: a scene takes some five seconds of a fast show. */
const limitMs = (speed: number): number => 30_000 * Math.max(1, showSpeed / speed);

/** What the way to a bank and back takes. */
const answerMs = 500;

/** Screens stand at least so long, or the feed would leave them out. */
const shortestPauseMs = 60;

const audienceOf = (lanes: Lanes): Audience => ({
  screen: (lines) => lanes.add('display', ...displayBox(lines)),
  paper: (line, opensSlip) => {
    if (opensSlip) lanes.add('paper', paperEdge);
    lanes.add('paper', paperRow(line));
  },
  cut: () => lanes.add('paper', paperEdge),
  paperOut: (out) => lanes.add('paper', paperNote(out ? 'out of paper' : 'new roll')),
  entry: ({ who, text }) =>
    lanes.add('ledgers', { text: `${who}  ${text}`, look: who === 'terminal' ? 'cyan' : 'magenta' }),
});

const silence: Audience = {
  screen: () => undefined,
  paper: () => undefined,
  cut: () => undefined,
  paperOut: () => undefined,
  entry: () => undefined,
};

const ruled = (text: string): string => `── ${text} ${'─'.repeat(Math.max(0, 95 - text.length))}`;

const endOf = async (
  scene: Scene,
  number: number,
  stage: Stage,
  withinMs: number,
  stop: AbortSignal,
): Promise<void> => {
  const ended = new AbortController();
  const where = (): string => {
    const lines = stage.board.display.lines().filter((line) => line !== '');
    return `Last on the display: ${lines.length === 0 ? 'nothing' : lines.join(' / ')}`;
  };
  const late = sleep(withinMs, undefined, { signal: AbortSignal.any([ended.signal, stop]) }).then(() => {
    throw new SceneFailed(`no end within ${withinMs / 1000} s`);
  });
  try {
    await Promise.race([scene.play(stage), late]);
  } catch (error) {
    stop.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new SceneFailed(`Scene ${number}, "${scene.title}": ${why}. ${where()}`, { cause: error });
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
};

/**
 * Plays all scenes on a board that is off, until `stop`. `write` gets the drawing row by row; without it nothing is
 * drawn. Rejects with a `SceneFailed`.
 */
export const playScenes = async (
  board: VirtualBoard,
  speed: number,
  stop: AbortSignal,
  write?: (row: string) => void,
): Promise<readonly PlayedScene[]> => {
  const lanes = write && new Lanes(write);
  const feed = new Feed(board, lanes === undefined ? silence : audienceOf(lanes));
  const stage: Stage = {
    board,
    tell: (what) => lanes?.add('all', { text: `   ${what}`, look: 'yellow' }),
    pause: (ms) => sleep(Math.max(shortestPauseMs, (ms * showSpeed) / speed), undefined, { signal: stop }),
    powerOn: () => feed.powerOn(),
  };
  answerAfter(board, (answerMs * showSpeed) / speed);
  const played: PlayedScene[] = [];
  try {
    for (const [index, scene] of scenes.entries()) {
      const number = index + 1;
      lanes?.add(
        'all',
        { text: '' },
        { text: ruled(`${number} ${scene.title}`), look: 'bold' },
        { text: `   ${scene.explains}` },
        { text: '' },
        headings,
      );
      const began = performance.now();
      await endOf(scene, number, stage, limitMs(speed), stop);
      played.push({ number, title: scene.title, seconds: Math.round(performance.now() - began) / 1000 });
    }
  } finally {
    lanes?.end();
  }
  return played;
};
