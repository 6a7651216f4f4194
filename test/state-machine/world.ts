/** A machine at work in a test: events go in by short calls, facts and effects are kept as they come. */
import type { AuthorisationOutcome, ReversalOutcome, SignOnOutcome } from '../../hal/acquirer.ts';
import type { Key } from '../../hal/keypad.ts';
import type { AccountOutcome, PasswordOutcome } from '../../hal/operators.ts';
import type { PrinterCause, PrintVerdict } from '../../hal/printer.ts';
import { batchNumber, type EpochMs, type MinorUnits, type MonotonicMs, stan } from '../../hal/units.ts';
import type { Effect, EffectOf, EffectType } from '../../state-machine/effects.ts';
import type { Event, Happening } from '../../state-machine/events.ts';
import type { Fact, FactType } from '../../state-machine/facts.ts';
import type { Rules } from '../../state-machine/rules.ts';
import type { Found } from '../../state-machine/sale.ts';
import type { State } from '../../state-machine/state.ts';
import { recover, step } from '../../state-machine/step.ts';

export const rules: Rules = {
  operator: '01',
  maxAmount: 5_000_000 as MinorUnits,
  switchedOff: [],
  voidMs: 0,
  refundDays: 0,
  lateRefunds: false,
  remarks: [],
  cardCaps: [],
  chipFallback: true,
  maxRefund: 100_000 as MinorUnits,
  maxDay: 30_000_000 as MinorUnits,
  completionPercent: 115,
  refundBeyondNet: true,
  signOffAfterSettlement: false,
  twinMs: 0,
  maxBatch: 500,
  pinBypass: true,
  keepBySupervisor: true,
  secondPrinter: false,
  supervisor: '00',
  acceptUnverified: false,
  timers: {
    amountMs: 60_000,
    confirmMs: 60_000,
    cardMs: 60_000,
    paperGraceMs: 120_000,
    tearOffMs: 30_000,
    noticeMs: 10_000,
    refusalMs: 30_000,
    passwordMs: 60_000,
    retryMs: [5_000, 10_000],
  },
};

export const provisioned: Fact = {
  type: 'provisioned',
  at: 0 as EpochMs,
  terminalId: '00000001',
  merchantId: '898110154110001',
  batch: batchNumber(1),
  nextStan: stan(1),
};

export const card = {
  masked: '622200******1234',
  sealedPan: 'sealed',
  cardHash: 'hash',
  entry: 'swipe',
} as const;

export const approval: AuthorisationOutcome = {
  outcome: 'approved',
  responseCode: '00',
  retrievalReference: '170512345678',
  authorisationCode: 'A1B2C3',
  hostTime: '130509',
  hostDate: '1122',
  cardOrganisation: 'CUP',
};

export const signedOn: SignOnOutcome = {
  outcome: 'signedOn',
  batch: batchNumber(1),
  hostTime: '130000',
  hostDate: '1122',
  pinKey: '00'.repeat(16),
};

export const fault = { device: 'acquirer', code: 'silent', where: 'host', what: 'w', remedy: 'r' } as const;

export class World {
  state: State;
  readonly facts: Fact[] = [];
  readonly effects: Effect[] = [];
  readonly rejections: string[] = [];
  now = 1000;
  /** What becomes of the next facts on the disk. After `failed` nobody knows: it may be there (`kept`) or not. */
  disk: () => 'stored' | 'refused' | 'failed' | 'failedAndKept' = () => 'stored';
  readonly #rules: Rules;
  static #ids = 0;

  constructor(facts: readonly Fact[] = [provisioned], withRules: Rules = rules) {
    this.#rules = withRules;
    const recovered = recover(facts, this.now as EpochMs);
    this.state = recovered.state;
    this.facts.push(...facts, ...recovered.facts);
  }

  /** A power cut and a start: only the facts are left. */
  restarted(): World {
    return new World(this.facts, this.#rules);
  }

  get phase(): string {
    return this.state.phase.name;
  }

  get factTypes(): readonly FactType[] {
    return this.facts.map((fact) => fact.type);
  }

  /** The newest effect of a type. */
  last<T extends EffectType>(type: T): EffectOf<T> {
    const found = this.effects.findLast((effect) => effect.type === type);
    if (found === undefined) throw new Error(`No ${type} was asked for`);
    return found as EffectOf<T>;
  }

  happen(happening: Happening): this {
    World.#ids += 1;
    const event: Event = {
      ...happening,
      at: this.now as MonotonicMs,
      wall: this.now as EpochMs,
      id: `id${World.#ids}`,
    };
    this.#take(event);
    return this;
  }

  #take(event: Event): void {
    const before = this.state;
    const result = step(this.#rules, before, event);
    if ('rejected' in result) {
      this.rejections.push(result.rejected);
      return;
    }
    const opensBatch = result.facts[0]?.type === 'batchOpened';
    const groups = opensBatch ? [result.facts] : result.facts.map((fact) => [fact]);
    for (const [index, group] of groups.entries()) {
      const became = this.disk();
      if (became === 'stored' || became === 'failedAndKept') this.facts.push(...group);
      if (became === 'stored') continue;
      const fault = index === 0 && became === 'refused' ? 'refused' : 'failed';
      this.#take({ ...event, type: 'ledgerFault', result: fault, fact: group[0]?.type ?? 'provisioned' });
      return;
    }
    this.state = result.state;
    this.effects.push(...result.effects);
  }

  start(): this {
    return this.happen({ type: 'started' });
  }

  keys(...keys: readonly Key[]): this {
    for (const key of keys) this.happen({ type: 'key', key });
    return this;
  }

  wait(ms: number): this {
    this.now += ms;
    return this.happen({ type: 'timeUp' });
  }

  signOn(answer: SignOnOutcome = signedOn): this {
    return this.happen({ type: 'signOnAnswered', effect: this.last('signOn').id, answer });
  }

  /** From idle to the PIN: 12.34. */
  upToPin(): this {
    this.keys('1', '2', '3', '4', 'enter', 'enter');
    this.happen({
      type: 'printerChecked',
      effect: this.last('checkPrinter').id,
      readiness: { ready: true, paperNearEnd: false },
    });
    return this.happen({ type: 'card', card });
  }

  pin(outcome: 'entered' | 'bypassed' | 'cancelled' | 'timedOut' | 'failed' = 'entered'): this {
    return this.happen({ type: 'pin', effect: this.last('askPin').id, outcome });
  }

  /** A fresh terminal up to the request. */
  upToRequest(): this {
    return this.start().signOn().upToPin().pin();
  }

  authorised(answer: AuthorisationOutcome = approval): this {
    return this.happen({ type: 'authorised', effect: this.last('authorise').id, answer });
  }

  verdict(verdict: PrintVerdict): this {
    return this.happen({ type: 'printed', effect: this.last('print').id, verdict });
  }

  printed(): this {
    return this.verdict({ verdict: 'PRINTED' });
  }

  notPrinted(cause: PrinterCause = 'paperEnd'): this {
    return this.verdict({ verdict: 'NOT_PRINTED', cause });
  }

  cleared(confirmed = true): this {
    return this.happen({ type: 'printCancelled', effect: this.last('cancelPrint').id, confirmed });
  }

  paper(ready: boolean): this {
    return this.happen({
      type: 'readiness',
      readiness: ready ? { ready, paperNearEnd: false } : { ready, cause: 'paperEnd' },
    });
  }

  reversalAnswered(answer: ReversalOutcome = { outcome: 'acknowledged', responseCode: '00' }): this {
    return this.happen({ type: 'reversalAnswered', effect: this.last('reverse').id, answer });
  }

  /** What a search gives. */
  found(...rows: readonly Found[]): this {
    return this.happen({ type: 'found', effect: this.last('find').id, rows });
  }

  printerReady(): this {
    const readiness = { ready: true, paperNearEnd: false } as const;
    return this.happen({ type: 'printerChecked', effect: this.last('checkPrinter').id, readiness });
  }

  swiped(): this {
    return this.happen({ type: 'card', card });
  }

  password(accepted: boolean): this {
    const answer = accepted
      ? ({ result: 'accepted', role: 'supervisor' } as const)
      : ({ result: 'wrong', triesLeft: 2 } as const);
    return this.passwordAnswered(answer);
  }

  passwordAnswered(answer: PasswordOutcome): this {
    return this.happen({ type: 'passwordChecked', effect: this.last('checkPassword').id, answer });
  }

  accountAnswered(answer: AccountOutcome): this {
    const asked = this.effects.findLast(({ type }) => /Operator$|^changePassword$/.test(type));
    if (asked === undefined || !('id' in asked)) throw new Error('No account was asked for');
    return this.happen({ type: 'accountAnswered', effect: asked.id, answer });
  }
}
