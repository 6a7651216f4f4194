/** What holds in every phase: a device's word is noted, and storage that fails stops trading. */

import type { EventOf } from '../events.ts';
import { notice } from '../going-on.ts';
import type { Phase } from '../state.ts';
import type { Step, Turn } from '../turn.ts';

export const readinessNoted = (turn: Turn, phase: Phase, { readiness }: EventOf<'readiness'>): Step =>
  turn.know({ printer: readiness }).to(phase);

export const linkNoted = (turn: Turn, phase: Phase, { device, online }: EventOf<'link'>): Step => {
  const others = turn.state.offline.filter((name) => name !== device);
  turn.know({ offline: online ? others : [...others, device] });
  // One that comes back says by itself how it is.
  if (device === 'printer' && !online) turn.know({ printer: { ready: false, cause: 'linkLost' } });
  return turn.to(phase);
};

/** What is in hand is brought to its end first: at rest the terminal signs on. A sign-on under way is the one asked for. */
export const signOnNoted = (turn: Turn, phase: Phase): Step => turn.know({ signedOn: false }).to(phase);

/** At rest it begins at once; what is in hand comes first. */
export const settlementNoted = (turn: Turn, phase: Phase): Step => turn.know({ settlementDue: true }).to(phase);

/**
 * Nothing was sent where an intent, a settlement or a technician's wish was refused, so the clerk is told and may try again. Anywhere else
 * the ledger no longer keeps up with what happened: trading stops, and the restart goes on from the last fact.
 */
export const ledgerFault = (turn: Turn, _phase: Phase, { result, fact }: EventOf<'ledgerFault'>): Step => {
  turn.ask({ type: 'stopReading' }).ask({ type: 'forgetCard' });
  const nothingSent = fact === 'intended' || fact === 'settlementStarted' || fact === 'asked';
  return result === 'refused' && nothingSent
    ? notice(turn, { says: 'storageRefused' })
    : turn.to({ name: 'outOfService', why: 'storage' });
};
