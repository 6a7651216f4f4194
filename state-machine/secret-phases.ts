import type { Key } from '../hal/keypad.ts';
import type { PhaseName } from './state.ts';

/** Phases in which what is typed must not be known afterwards. */
const secretPhases: ReadonlySet<PhaseName> = new Set<PhaseName>(['password', 'operatorPassword', 'newPassword']);

/** Whether a key that is pressed in that phase is a part of a secret. */
export const isSecret = (phase: PhaseName, key: Key): boolean => secretPhases.has(phase) && /^\d+$/.test(key);
