/**
 * The log: JSON lines, one a happening. What may stand in it is listed here field by field; an event or a fact is
 * never logged whole, so that nothing that is added to one later can leak (M9).
 */
import pino, { type Logger } from 'pino';
import { openSale } from '../state-machine/book.ts';
import type { Event } from '../state-machine/events.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { Report } from './runtime.ts';

export type { Logger };

/** Writes at once, without a buffer: the last lines before a crash are the ones that are read. */
export const makeLog = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 1, sync: true }),
  );

/** What the log may know of a fact: numbers, names and states, and of a card its masked number. */
const ofFact = (fact: Fact): object => {
  switch (fact.type) {
    case 'provisioned':
      return { terminalId: fact.terminalId, merchantId: fact.merchantId, batch: fact.batch };
    case 'slipFace':
      return { merchant: fact.face.merchant, branch: fact.face.branch };
    case 'traceTaken':
      return { stan: fact.stan, purpose: fact.purpose };
    case 'signedOn':
      return { batch: fact.batch, hostDate: fact.hostDate, hostTime: fact.hostTime };
    case 'signedOff':
      return { told: fact.told };
    case 'intended':
      return {
        saleId: fact.saleId,
        kind: fact.kind,
        stan: fact.stan,
        amount: fact.amount,
        card: fact.card.masked,
        original: fact.original?.stan,
        differenceOf: fact.differenceOf?.stan,
        supervisor: fact.supervisor,
      };
    case 'approved':
      return { saleId: fact.saleId, responseCode: fact.approval.responseCode, rrn: fact.approval.retrievalReference };
    case 'declined':
    case 'reversed':
      return { saleId: fact.saleId, responseCode: fact.responseCode };
    case 'reversalRequired':
    case 'inDoubt':
      return { saleId: fact.saleId, reason: fact.reason };
    case 'notSent':
    case 'slipOwed':
      return { saleId: fact.saleId };
    case 'captured':
      return { saleId: fact.saleId, number: fact.number, code: fact.code };
    case 'keptBySupervisor':
      return { saleId: fact.saleId, supervisor: fact.supervisor };
    case 'handedOver':
      return { saleId: fact.saleId, supervisor: fact.supervisor, incident: fact.incident, booked: fact.booked };
    case 'printed':
      return { saleId: fact.saleId, copy: fact.copy, number: fact.number, code: fact.code };
    case 'settlementStarted':
      return { stan: fact.stan, totals: fact.totals };
    case 'settlementAnswered':
      return { domestic: fact.domestic, foreign: fact.foreign };
    case 'uploaded':
      return { count: fact.count };
    case 'batchOpened':
      return { batch: fact.batch };
    case 'carried':
      return { saleId: fact.sale.id, stan: fact.sale.stan };
    case 'operatorSignedOn':
    case 'operatorSignedOff':
      return { operator: fact.operator };
    case 'accountEvent':
      return { what: fact.what, operator: fact.operator, by: fact.by };
    case 'asked':
      return { what: fact.what, by: fact.by };
    case 'locked':
      return { operator: fact.operator };
    case 'unlocked':
      return { supervisor: fact.supervisor };
    case 'parameterChanged':
      return { key: fact.key, from: fact.from, to: fact.to, by: fact.by };
    case 'trainingChosen':
      return { on: fact.on, by: fact.by };
    case 'maintained':
      return { work: fact.work, by: fact.by };
    case 'printerChosen':
      return { printer: fact.printer, supervisor: fact.supervisor };
    case 'held':
    case 'incidentRecorded':
      return { saleId: fact.saleId, batch: fact.batch, voucher: fact.voucher, operator: fact.operator };
    case 'released':
    case 'reprinted':
      return { batch: fact.batch, voucher: fact.voucher, supervisor: fact.supervisor };
    case 'settlementPrinted':
      return { code: fact.code };
  }
};

/** A fact as the log and `slipsafe ledger` show it: its type, when it was written, and what may be known of it. */
export const factLine = (fact: Fact): object => ({
  fact: fact.type,
  at: new Date(fact.at).toISOString(),
  ...ofFact(fact),
});

/** Of an event the outcome's name; of a key only that one was pressed: it may be a digit of a password. */
const ofEvent = (event: Event): object => {
  if (event.type === 'passwordChecked' || event.type === 'accountAnswered' || event.type === 'parameterWritten')
    return { result: event.answer.result };
  if ('answer' in event) {
    const { answer } = event;
    return {
      outcome: answer.outcome,
      ...('responseCode' in answer && { responseCode: answer.responseCode }),
      ...('fault' in answer && { fault: answer.fault }),
      ...('key' in answer && { key: answer.key }),
      ...('field' in answer && { field: answer.field, what: answer.what }),
    };
  }
  switch (event.type) {
    case 'printed':
      return event.verdict;
    case 'pin':
      return { outcome: event.outcome };
    case 'readiness':
    case 'printerChecked':
      return event.readiness;
    case 'printCancelled':
      return { confirmed: event.confirmed };
    case 'cardFault':
      return { fault: event.fault };
    case 'link':
      return { device: event.device, online: event.online };
    case 'ledgerFault':
      return { result: event.result, fact: event.fact };
    case 'settlementAsked':
    case 'reversalAsked':
      return { by: event.by };
    case 'found':
      return { rows: event.rows.length };
    case 'versionTold':
      return { build: event.version.build, checksum: event.version.checksum };
    case 'selfTested':
      return { checks: event.checks };
    case 'trainingSwitched':
      return { stored: event.stored };
    case 'operatorsListed':
      return { operators: event.operators.length };
    default:
      return {};
  }
};

/** An event as a person reads it: its name and what may be known of it; of a key, which. */
export const eventWords = (event: Event): string => {
  if (event.type === 'key') return `key ${event.key}`;
  const known = JSON.stringify(event.type === 'card' ? { card: event.card.masked } : ofEvent(event));
  return known === '{}' ? event.type : `${event.type} ${known}`;
};

/** The error of a bug: its kind, message and place; our errors hold no card data, a foreign one's text might. */
const ofError = (error: unknown): object =>
  error instanceof Error
    ? { error: error.name, message: error.message, stack: error.stack }
    : { error: 'not an Error' };

const tailWords = {
  cleared: 'The last record was torn by a power cut; it was copied aside and cleared.',
  mended: 'The last record is whole; what was damaged around it was copied aside and set right.',
} as const;

/** Turns the runtime's reports into lines. */
export const reporter =
  (log: Logger): ((report: Report) => void) =>
  (report) => {
    switch (report.type) {
      case 'fact':
        log.info(factLine(report.fact), 'fact');
        break;
      case 'stepped': {
        const open = openSale(report.state.book)?.stan;
        const line = { event: report.event.type, from: report.from, to: report.state.phase.name };
        log.info({ ...line, ...ofEvent(report.event), ...(open !== undefined && { open }) }, 'step');
        break;
      }
      case 'rejected':
        log.debug(
          { event: report.event.type, phase: report.phase, why: report.why, ...ofEvent(report.event) },
          'rejected',
        );
        break;
      case 'fault':
        log.warn({ ...report.fault }, 'fault');
        break;
      case 'online':
        log.info({ device: report.device }, 'online');
        break;
      case 'acquirerEvent':
        log.warn({ ...report.event }, report.event.type);
        break;
      case 'opened':
        log.info({ facts: report.facts }, 'ledger open');
        break;
      case 'tailSetRight':
        log.warn({ tail: report.tail }, tailWords[report.tail]);
        break;
      case 'bug':
        if (report.where === undefined) {
          log.fatal(ofError(report.error), 'A bug stopped trading. Restart the terminal and report this line.');
        } else {
          const of = { ...ofError(report.error), where: report.where };
          log.error(of, 'A driver has a bug. Trade goes on as if it had not answered; report this line.');
        }
        break;
    }
  };
