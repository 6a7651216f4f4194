/**
 * The whole life of a payment: every phase × every event. A row says to which phases it can lead and what is done;
 * `step` holds each handler to its row, and the picture in docs/architecture.md is drawn from here.
 *
 *   idle → amount → confirm → checkingPrinter → card → pin → authorising → printingMerchant → tearOff → … → notice → idle
 *                                                                 │                │
 *                                                                 └── reversing ◄──┘   when the answer or the slip fails
 */
import { type EventName, eventNames } from './events.ts';
import { goOn } from './going-on.ts';
import * as administering from './handlers/administering.ts';
import * as authorising from './handlers/authorising.ts';
import * as choosing from './handlers/choosing.ts';
import * as entering from './handlers/entering.ts';
import * as everywhere from './handlers/everywhere.ts';
import * as finding from './handlers/finding.ts';
import * as inspecting from './handlers/inspecting.ts';
import * as operating from './handlers/operating.ts';
import * as printing from './handlers/printing.ts';
import * as remedies from './handlers/remedies.ts';
import * as reversing from './handlers/reversing.ts';
import * as settling from './handlers/settling.ts';
import * as starting from './handlers/starting.ts';
import type { PhaseName } from './state.ts';
import type { Handler, Rejection } from './turn.ts';

/** `same`: the phase that it was. */
type Target = PhaseName | 'same';

export interface Row<P extends PhaseName = PhaseName, E extends EventName = EventName> {
  readonly to: readonly Target[];
  readonly run: Handler<P, E>;
}

type Rows = { readonly [P in PhaseName]: { readonly [E in EventName]?: Row<P, E> } };

/** Where `goOn` can lead. */
export const onward = [
  'idle',
  'operatorNumber',
  'signingOn',
  'signingOff',
  'signedOff',
  'clearingBuffer',
  'reversing',
  'printingReversal',
  'settling',
  'uploading',
  'endingBatch',
] as const;
/** Where a reversal that begins or goes on can lead. */
const reversal = ['clearingBuffer', 'signingOn', 'reversing'] as const;
/** Where a wait for the acquirer can lead: a slip that may be out is called void first. */
const waiting = ['reversalWait', 'printingReversal'] as const;
/** Where it goes on without the supervisor. */
const resumed = ['paperWait', 'printingMerchant', ...waiting, ...reversal, ...onward] as const;
const settlement = ['signingOn', 'settling', 'uploading', 'endingBatch'] as const;
const copies = [
  'printingReversal',
  'printingSettlement',
  'printingReport',
  'printingCopy',
  'notice',
  'password',
] as const;
/** Where an interrupting print, or the clearing after it, goes back to. */
const back = [...onward, ...waiting, ...copies, 'paperWait', 'printingMerchant', 'card'] as const;
/** A step of entering, whichever the kind's row says is next. */
const step = [
  'card',
  'password',
  'number',
  'original',
  'lateRefund',
  'feeNotice',
  'amount',
  'remark',
  'confirm',
  'checkingPrinter',
  'notice',
] as const;
/** Behind the original. */
const originalDone = ['feeNotice', 'amount', 'checkingPrinter'] as const;
/** Behind the card: the PIN, or the intent where none is asked for. */
const cardDone = ['pin', 'authorising', 'inquiring'] as const;

const rows: Rows = {
  starting: { started: { to: onward, run: starting.started } },

  // ---- sign-on 签到 ----
  signingOn: { signOnAnswered: { to: ['signOnWait', ...onward], run: authorising.signOnAnswered } },
  signOnWait: {
    timeUp: { to: ['signingOn'], run: authorising.signOnAgain },
    key: { to: ['signingOn', 'password'], run: authorising.signOnKey },
    readiness: { to: ['same', 'printingReversal'], run: printing.readinessAtRest },
    reversalAsked: { to: ['signingOn'], run: authorising.signOnForReversal },
  },

  // ---- sign-off 签退 ----
  signingOff: { signOffAnswered: { to: ['notice'], run: authorising.signOffAnswered } },
  signedOff: {
    key: { to: ['signingOn', ...copies], run: authorising.signedOffKey },
    readiness: { to: ['same', 'printingReversal'], run: printing.readinessAtRest },
    settlementDue: { to: onward, run: settling.settlementDue },
  },

  // ---- sale 消费: the amount, which the customer confirms ----
  idle: {
    key: { to: ['amount', 'menu', ...copies], run: choosing.atIdle },
    readiness: { to: ['same', 'printingReversal'], run: printing.readinessAtRest },
    signOnAsked: { to: onward, run: authorising.signOnAsked },
    settlementDue: { to: onward, run: settling.settlementDue },
    settlementAsked: { to: onward, run: settling.settlementAsked },
  },
  menu: {
    key: {
      to: [
        ...(['same', 'confirmSettlement', 'totals', 'doubt', 'listingOperators', 'operatorPassword'] as const),
        ...(['listingParameters', 'inspecting', 'switchingTraining', 'restarting'] as const),
        ...step,
        ...copies,
        ...onward,
      ],
      run: choosing.inMenu,
    },
    timeUp: { to: onward, run: goOn },
  },
  amount: {
    key: { to: ['same', 'remark', 'confirm', 'notice', ...onward], run: entering.amountKey },
    timeUp: { to: onward, run: goOn },
  },
  // ---- what is about another: its number, the original, or what its slip says ----
  number: {
    key: {
      to: ['same', 'finding', 'original', 'lateRefund', 'slipTerminal', 'notice', ...onward],
      run: finding.numberKey,
    },
    timeUp: { to: onward, run: goOn },
  },
  finding: {
    found: {
      to: ['found', 'original', 'lateRefund', 'reference', ...originalDone, 'notice'],
      run: finding.found,
    },
  },
  found: {
    key: { to: ['same', 'remedies', 'incidentReport', ...step, ...copies, ...onward], run: finding.foundKey },
    timeUp: { to: onward, run: goOn },
  },
  remedies: {
    key: { to: ['same', 'incidentReport', ...step, ...copies, ...onward], run: remedies.remedyKey },
    timeUp: { to: onward, run: goOn },
  },
  incidentReport: {
    key: { to: ['same', ...copies, ...onward], run: remedies.incidentKey },
    timeUp: { to: onward, run: goOn },
  },
  original: {
    key: { to: [...originalDone, ...onward], run: finding.originalKey },
    timeUp: { to: onward, run: goOn },
  },
  lateRefund: {
    key: { to: ['original', ...originalDone, ...onward], run: finding.lateRefundKey },
    timeUp: { to: onward, run: goOn },
  },
  slipTerminal: {
    key: { to: ['same', 'notice', ...onward], run: finding.slipTerminalKey },
    timeUp: { to: onward, run: goOn },
  },
  reference: {
    key: { to: ['same', 'date', ...onward], run: finding.referenceKey },
    timeUp: { to: onward, run: goOn },
  },
  date: {
    key: { to: ['same', 'finding', 'notice', ...onward], run: finding.dateKey },
    timeUp: { to: onward, run: goOn },
  },
  feeNotice: {
    key: { to: ['same', 'amount', 'checkingPrinter', ...onward], run: entering.feeNoticeKey },
    timeUp: { to: onward, run: goOn },
  },
  totals: {
    key: { to: onward, run: finding.totalsKey },
    timeUp: { to: onward, run: goOn },
  },

  // ---- and on with each, until the intent ----
  remark: {
    key: { to: ['same', 'confirm', ...onward], run: entering.remarkKey },
    timeUp: { to: onward, run: goOn },
  },
  confirm: {
    key: { to: ['amount', 'checkingPrinter', ...onward], run: entering.confirmKey },
    timeUp: { to: onward, run: goOn },
  },
  checkingPrinter: {
    printerChecked: { to: ['card', 'printerNotReady', 'printingReversal'], run: entering.printerChecked },
  },
  printerNotReady: {
    key: { to: ['checkingPrinter', 'password', ...onward], run: entering.notReadyKey },
    readiness: { to: ['same', 'checkingPrinter'], run: entering.notReadyReadiness },
    timeUp: { to: onward, run: goOn },
  },
  card: {
    card: { to: ['twin', 'notice', ...cardDone], run: entering.cardRead },
    cardFault: { to: ['same', 'notice'], run: entering.cardFault },
    key: { to: ['notice'], run: entering.cardKey },
    timeUp: { to: ['notice'], run: entering.cardGivenUp },
  },
  twin: {
    key: { to: ['notice', 'printingCopy', 'printingReversal', ...cardDone], run: entering.twinKey },
    timeUp: { to: ['notice'], run: entering.twinGivenUp },
  },
  pin: {
    pin: { to: ['authorising', 'inquiring', 'notice'], run: entering.pinEntered },
    key: { to: ['same'], run: entering.pinKey },
  },

  // ---- in the acquirer's hands, then the printer's ----
  inquiring: { balanceAnswered: { to: ['notice'], run: authorising.balanceAnswered } },
  authorising: {
    authorised: { to: ['printingMerchant', 'notice', 'printingReversal', ...reversal], run: authorising.authorised },
  },
  printingMerchant: { printed: { to: ['tearOff', 'notice', ...reversal], run: printing.merchantPrinted } },
  paperWait: {
    readiness: { to: ['same', 'clearingBuffer', 'printingMerchant'], run: printing.paperReadiness },
    key: { to: ['clearingBuffer', 'printingMerchant', 'password', ...reversal], run: printing.paperKey },
    timeUp: { to: reversal, run: printing.paperTimeUp },
  },
  tearOff: {
    key: { to: ['printingCardholder', 'notice'], run: printing.tearOffKey },
    timeUp: { to: ['printingCardholder'], run: printing.tornOff },
  },
  printingCardholder: {
    printed: { to: ['notice', 'printingCopy', 'clearingBuffer'], run: printing.cardholderPrinted },
  },

  // ---- reversal 冲正 ----
  reversing: { reversalAnswered: { to: waiting, run: reversing.reversalAnswered } },
  reversalWait: {
    timeUp: { to: reversal, run: reversing.reversalRetry },
    key: { to: ['password', ...reversal], run: reversing.reversalKey },
    readiness: { to: ['same', ...waiting], run: reversing.reversalReadiness },
    reversalAsked: { to: reversal, run: reversing.reversalAsked },
  },
  printingReversal: { printed: { to: ['clearingBuffer', ...back], run: printing.reversalSlipPrinted } },
  clearingBuffer: { printCancelled: { to: back, run: printing.bufferCleared } },

  // ---- a supervisor decides ----
  password: {
    key: { to: ['same', 'checkingPassword', ...resumed], run: reversing.passwordKey },
    timeUp: { to: resumed, run: reversing.passwordTimeUp },
  },
  checkingPassword: {
    passwordChecked: {
      to: ['incident', 'newPassword', 'printingArchived', 'menu', 'switchingTraining', ...step, ...resumed],
      run: reversing.passwordChecked,
    },
  },
  incident: {
    key: { to: ['same', 'closingDoubt', ...waiting, ...onward], run: reversing.incidentKey },
    timeUp: { to: [...waiting, ...onward], run: reversing.incidentTimeUp },
  },
  closingDoubt: {
    key: { to: onward, run: reversing.closingDoubtKey },
    timeUp: { to: onward, run: goOn },
  },
  doubt: {
    key: { to: ['same', 'password', ...onward], run: reversing.doubtKey },
    timeUp: { to: onward, run: goOn },
  },

  // ---- operators 柜员 ----
  operatorNumber: {
    key: {
      to: ['same', 'operatorPassword', 'newPassword', 'managing', 'notice', ...onward],
      run: operating.numberKey,
    },
    timeUp: { to: onward, run: goOn },
    readiness: { to: ['same', 'printingReversal'], run: printing.readinessAtRest },
    signOnAsked: { to: onward, run: authorising.signOnAsked },
    settlementDue: { to: onward, run: settling.settlementDue },
    settlementAsked: { to: onward, run: settling.settlementAsked },
  },
  operatorPassword: {
    key: { to: ['same', 'checkingOperator', ...onward], run: operating.passwordKey },
    timeUp: { to: onward, run: goOn },
  },
  checkingOperator: { passwordChecked: { to: ['newPassword', 'menu', 'notice'], run: operating.checked } },
  newPassword: {
    key: { to: ['same', 'managing', 'notice', ...onward], run: operating.newPasswordKey },
    timeUp: { to: onward, run: goOn },
  },
  managing: { accountAnswered: { to: ['notice'], run: operating.accountAnswered } },
  listingOperators: { operatorsListed: { to: ['operators'], run: operating.listed } },
  operators: {
    key: { to: ['same', ...onward], run: operating.listKey },
    timeUp: { to: onward, run: goOn },
  },

  // ---- system management 系统管理: parameters, training, version, self-test ----
  listingParameters: {
    parametersListed: { to: ['parameters', 'notice'], run: administering.parametersListed },
  },
  parameters: {
    key: { to: ['same', 'parameterValue', 'menu'], run: administering.listKey },
    timeUp: { to: onward, run: goOn },
  },
  parameterValue: {
    key: { to: ['same', 'parameterConfirm', 'parameters'], run: administering.valueKey },
    timeUp: { to: onward, run: goOn },
  },
  parameterConfirm: {
    key: { to: ['parameterValue', 'writingParameter'], run: administering.confirmKey },
    timeUp: { to: onward, run: goOn },
  },
  writingParameter: { parameterWritten: { to: ['parameterTold'], run: administering.written } },
  parameterTold: {
    key: { to: ['listingParameters'], run: administering.toldKey },
    timeUp: { to: onward, run: goOn },
  },
  switchingTraining: {
    trainingSwitched: { to: ['restarting', 'notice'], run: administering.trainingSwitched },
  },
  restarting: { timeUp: { to: onward, run: goOn } },
  inspecting: {
    versionTold: { to: ['version'], run: inspecting.versionTold },
    selfTested: { to: ['selfTest'], run: inspecting.selfTested },
  },
  version: {
    key: { to: ['same', ...onward], run: inspecting.versionKey },
    timeUp: { to: onward, run: goOn },
  },
  selfTest: {
    key: { to: ['same', 'printingReport', 'printingReversal', ...onward], run: inspecting.selfTestKey },
    timeUp: { to: onward, run: goOn },
  },

  // ---- copies that are owed or asked for again 重打印 ----
  printingCopy: { printed: { to: ['same', 'notice', 'clearingBuffer'], run: printing.copyPrinted } },

  printingArchived: { printed: { to: ['notice', 'clearingBuffer'], run: printing.archivedPrinted } },

  printingReport: { printed: { to: ['notice', 'clearingBuffer'], run: printing.reportPrinted } },

  // ---- settlement 结算 ----
  confirmSettlement: {
    key: { to: ['settling', ...onward], run: settling.confirmSettlementKey },
    timeUp: { to: onward, run: goOn },
  },
  settling: {
    settlementAnswered: { to: ['settlementWait', 'uploading', 'endingBatch'], run: settling.totalsAnswered },
  },
  uploading: { uploadAnswered: { to: ['same', 'settlementWait', 'endingBatch'], run: settling.uploadAnswered } },
  endingBatch: {
    uploadAnswered: {
      to: ['printingSettlement', 'printingReversal', 'settlementWait', 'settling'],
      run: settling.batchEndAnswered,
    },
  },
  settlementWait: {
    timeUp: { to: settlement, run: settling.settlementRetry },
    key: { to: settlement, run: settling.settlementKey },
    settlementAsked: { to: settlement, run: settling.settlementAskedAgain },
  },
  printingSettlement: { printed: { to: ['notice', 'clearingBuffer'], run: printing.settlementPrinted } },

  // ---- the end of everything ----
  notice: {
    key: { to: [...copies, ...onward], run: printing.noticeKey },
    timeUp: { to: onward, run: goOn },
  },
  outOfService: {},
};

/** What an event means in a phase that has no row for it. */
const elsewhere: { readonly [E in EventName]: Rejection | Row<PhaseName, E> } = {
  started: 'alreadyStarted',
  key: 'keyWithoutMeaning',
  timeUp: 'noSuchDeadline',
  card: 'noCardAskedFor',
  cardFault: 'noCardAskedFor',
  pin: 'staleOutcome',
  readiness: { to: ['same'], run: everywhere.readinessNoted },
  link: { to: ['same'], run: everywhere.linkNoted },
  signOnAsked: { to: ['same'], run: everywhere.signOnNoted },
  settlementDue: { to: ['same'], run: everywhere.settlementNoted },
  settlementAsked: 'notAtRest',
  reversalAsked: 'noReversalWaits',
  printerChecked: 'staleOutcome',
  printed: 'staleOutcome',
  printCancelled: 'staleOutcome',
  signOnAnswered: 'staleOutcome',
  signOffAnswered: 'staleOutcome',
  authorised: 'staleOutcome',
  balanceAnswered: 'staleOutcome',
  reversalAnswered: 'staleOutcome',
  settlementAnswered: 'staleOutcome',
  uploadAnswered: 'staleOutcome',
  found: 'staleOutcome',
  passwordChecked: 'staleOutcome',
  accountAnswered: 'staleOutcome',
  operatorsListed: 'staleOutcome',
  parametersListed: 'staleOutcome',
  parameterWritten: 'staleOutcome',
  versionTold: 'staleOutcome',
  selfTested: 'staleOutcome',
  trainingSwitched: 'staleOutcome',
  ledgerFault: { to: ['notice', 'outOfService'], run: everywhere.ledgerFault },
};

export const phaseNames = Object.keys(rows) as readonly PhaseName[];

const inPhase = (phase: PhaseName, event: EventName): Rejection | Row => {
  if (phase === 'outOfService') return 'outOfService';
  return (rows[phase][event] as Row | undefined) ?? (elsewhere[event] as Rejection | Row);
};

/** Every phase × every event: a row, or the name of the rejection. */
export const table = Object.fromEntries(
  phaseNames.map((phase) => [phase, Object.fromEntries(eventNames.map((event) => [event, inPhase(phase, event)]))]),
) as { readonly [P in PhaseName]: { readonly [E in EventName]: Rejection | Row } };
