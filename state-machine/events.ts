/**
 * Events: what the machine is told. Time comes in with each (`at` for time-outs, `wall` for records), and so does
 * a fresh random identifier, from which a sale takes its id: the machine has no clock and no dice.
 */

import type {
  AuthorisationOutcome,
  BalanceOutcome,
  ReversalOutcome,
  SettlementOutcome,
  SignOffOutcome,
  SignOnOutcome,
  UploadOutcome,
} from '../hal/acquirer.ts';
import type { CardFault } from '../hal/card-reader.ts';
import type { DeviceName } from '../hal/device.ts';
import type { Key } from '../hal/keypad.ts';
import type { AccountOutcome, PasswordOutcome } from '../hal/operators.ts';
import type { ParameterOutcome, TerminalParameter } from '../hal/parameters.ts';
import type { PinOutcome } from '../hal/pin-pad.ts';
import type { PrinterReadiness, PrintVerdict } from '../hal/printer.ts';
import type { EffectId, EpochMs, MonotonicMs } from '../hal/units.ts';
import type { DeviceCheck } from './effects.ts';
import type { FactType, OnPaper } from './facts.ts';
import type { CardToken, Found } from './sale.ts';
import type { SlipFace } from './slip-face.ts';
import type { Version } from './state.ts';

/** The outcome of an effect; one whose effect the machine no longer waits for is rejected as `staleOutcome`. */
interface Outcome {
  readonly effect: EffectId;
}

export type Happening =
  /** The process is up and the ledger is read: go on from where it stands. */
  /** `face`: what the configuration says of slips. */
  | { readonly type: 'started'; readonly face?: SlipFace }
  | { readonly type: 'key'; readonly key: Key }
  /** The deadline of the phase has passed (`until`). */
  | { readonly type: 'timeUp' }
  | { readonly type: 'card'; readonly card: CardToken }
  | { readonly type: 'cardFault'; readonly fault: CardFault }
  /** The PIN block itself stays with the firmware. */
  | ({ readonly type: 'pin'; readonly outcome: PinOutcome['outcome'] } & Outcome)
  /** The printer said so by itself, between prints or during one. */
  | { readonly type: 'readiness'; readonly readiness: PrinterReadiness }
  | { readonly type: 'link'; readonly device: DeviceName; readonly online: boolean }
  /** The acquirer asks for a sign-on when there is time: 处理要求 3 in the header of an answer. */
  | { readonly type: 'signOnAsked' }
  /** The time of day at which the shop settles has come. */
  | { readonly type: 'settlementDue' }
  /** A technician asks for the settlement, or for the open reversal's next try, without a key. `by`: who, for the ledger. */
  | { readonly type: 'settlementAsked'; readonly by: string }
  | { readonly type: 'reversalAsked'; readonly by: string }
  | ({ readonly type: 'printerChecked'; readonly readiness: PrinterReadiness } & Outcome)
  | ({ readonly type: 'printed'; readonly verdict: PrintVerdict } & OnPaper & Outcome)
  | ({ readonly type: 'printCancelled'; readonly confirmed: boolean } & Outcome)
  | ({ readonly type: 'signOnAnswered'; readonly answer: SignOnOutcome } & Outcome)
  | ({ readonly type: 'signOffAnswered'; readonly answer: SignOffOutcome } & Outcome)
  | ({ readonly type: 'authorised'; readonly answer: AuthorisationOutcome } & Outcome)
  | ({ readonly type: 'balanceAnswered'; readonly answer: BalanceOutcome } & Outcome)
  | ({ readonly type: 'reversalAnswered'; readonly answer: ReversalOutcome } & Outcome)
  | ({ readonly type: 'settlementAnswered'; readonly answer: SettlementOutcome } & Outcome)
  /** Of an upload and of the batch end. */
  | ({ readonly type: 'uploadAnswered'; readonly answer: UploadOutcome } & Outcome)
  /** `unread`: the disk could not be read, so that more may be there. */
  | ({ readonly type: 'found'; readonly rows: readonly Found[]; readonly unread?: true } & Outcome)
  | ({ readonly type: 'passwordChecked'; readonly answer: PasswordOutcome } & Outcome)
  /** Of a change of password, of an account that is added or removed. */
  | ({ readonly type: 'accountAnswered'; readonly answer: AccountOutcome } & Outcome)
  | ({ readonly type: 'operatorsListed'; readonly operators: readonly string[] } & Outcome)
  | ({ readonly type: 'parametersListed'; readonly parameters: readonly TerminalParameter[] } & Outcome)
  | ({ readonly type: 'parameterWritten'; readonly answer: ParameterOutcome } & Outcome)
  | ({ readonly type: 'versionTold'; readonly version: Version } & Outcome)
  | ({ readonly type: 'selfTested'; readonly checks: readonly DeviceCheck[] } & Outcome)
  /** Whether the choice is on the disk. */
  | ({ readonly type: 'trainingSwitched'; readonly stored: boolean } & Outcome)
  /** A fact could not be made durable; the step that wrote it did not happen. */
  | { readonly type: 'ledgerFault'; readonly result: 'refused' | 'failed'; readonly fact: FactType };

export type Event = Happening & { readonly at: MonotonicMs; readonly wall: EpochMs; readonly id: string };

export type EventName = Event['type'];
export type EventOf<T extends EventName> = Extract<Event, { readonly type: T }>;

/** Every event's name once; `satisfies` keeps it complete. */
export const eventNames = Object.keys({
  started: 0,
  key: 0,
  timeUp: 0,
  card: 0,
  cardFault: 0,
  pin: 0,
  readiness: 0,
  link: 0,
  signOnAsked: 0,
  settlementDue: 0,
  settlementAsked: 0,
  reversalAsked: 0,
  printerChecked: 0,
  printed: 0,
  printCancelled: 0,
  signOnAnswered: 0,
  signOffAnswered: 0,
  authorised: 0,
  balanceAnswered: 0,
  reversalAnswered: 0,
  settlementAnswered: 0,
  uploadAnswered: 0,
  found: 0,
  passwordChecked: 0,
  accountAnswered: 0,
  operatorsListed: 0,
  parametersListed: 0,
  parameterWritten: 0,
  versionTold: 0,
  selfTested: 0,
  trainingSwitched: 0,
  ledgerFault: 0,
} satisfies { [E in EventName]: 0 }) as readonly EventName[];
