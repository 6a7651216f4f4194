/** 版本 and 自检: what this terminal is, and how its devices do. */

import type { DeviceCheck } from '../effects.ts';
import { effectId, goOn, reportAskedFor } from '../going-on.ts';
import type { Version } from '../state.ts';
import type { Handler, Step, Turn } from '../turn.ts';

export const askVersion = (turn: Turn): Step => {
  const id = effectId('tellVersion', turn.freshId);
  return turn.ask({ type: 'tellVersion', id }).to({ name: 'inspecting', awaits: id });
};

export const askSelfTest = (turn: Turn): Step => {
  const id = effectId('selfTest', turn.freshId);
  return turn.ask({ type: 'selfTest', id }).to({ name: 'inspecting', awaits: id });
};

const showVersion = (turn: Turn, version: Version, page: number): Step =>
  turn.to({ name: 'version', version, page, until: turn.after(turn.rules.timers.confirmMs) });

export const versionTold: Handler<'inspecting', 'versionTold'> = (turn, _phase, { version }) =>
  showVersion(turn, version, 0);

/** The program, the terminal, then each of the acquirer's addresses. */
const ownPages = 2;

export const versionKey: Handler<'version', 'key'> = (turn, { version, page }, { key }) => {
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return 'keyWithoutMeaning';
  return page + 1 < ownPages + version.acquirers.length ? showVersion(turn, version, page + 1) : goOn(turn);
};

/** So many devices on a screen. */
const devicesOnPage = 3;

const showChecks = (turn: Turn, checks: readonly DeviceCheck[], at: number): Step =>
  turn.to({ name: 'selfTest', checks, at, until: turn.after(turn.rules.timers.confirmMs) });

export const selfTested: Handler<'inspecting', 'selfTested'> = (turn, _phase, { checks }) =>
  showChecks(turn, checks, 0);

export const selfTestKey: Handler<'selfTest', 'key'> = (turn, { checks, at }, { key }) => {
  switch (key) {
    case '1':
      return reportAskedFor(turn, 'selfTest', checks);
    case 'enter':
      return at + devicesOnPage < checks.length ? showChecks(turn, checks, at + devicesOnPage) : goOn(turn);
    case 'cancel':
      return goOn(turn);
    default:
      return 'keyWithoutMeaning';
  }
};
