/** What is known of a running terminal, for those who look after it: the control socket, the watchdog, the metrics. */
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceName } from '../../hal/device.ts';
import type { PrinterReadiness } from '../../hal/printer.ts';
import type { MonotonicMs } from '../../hal/units.ts';
import { copiesDue, openSale, reversalSlipsDue } from '../../state-machine/book.ts';
import type { Event } from '../../state-machine/events.ts';
import { counts } from '../../state-machine/standing.ts';
import type { PhaseName, State } from '../../state-machine/state.ts';
import { type Identity, type Language, view } from '../../state-machine/view.ts';
import type { Report } from '../runtime.ts';
import { vetoOf } from './veto.ts';

/** A device as it was heard of last. */
export interface DeviceStatus {
  readonly device: DeviceName;
  readonly online: boolean;
  /** How often it was lost or failed since the start. */
  readonly faults: number;
  /** The last one, until the device did well again. */
  readonly fault?: Omit<DeviceFault, 'device'>;
}

/** What the terminal tells of itself. Nothing in it is card data; what stands on the display is. */
export interface Status {
  readonly build: string;
  readonly node: string;
  readonly pid: number;
  readonly at: string;
  readonly upSeconds: number;
  readonly terminalId: string;
  /** 培训: nothing of it is real. */
  readonly training: boolean;
  readonly phase: PhaseName;
  /** Why nothing is taken any more. */
  readonly outOfService?: string;
  readonly screen: readonly string[];
  readonly signedOn: boolean;
  readonly batch: number;
  readonly transactions: number;
  /** Those that count at settlement, in 分. */
  readonly captured: { readonly count: number; readonly amount: number };
  /** The transaction that isn't closed. */
  readonly open?: {
    readonly voucher: number;
    readonly kind: string;
    readonly amount: number;
    readonly status: string;
    readonly sinceSeconds: number;
    /** Of a reversal, which try is under way or to come. */
    readonly attempt?: number;
  };
  readonly settling: boolean;
  readonly slipsDue: { readonly copies: number; readonly reversals: number };
  readonly printer: PrinterReadiness;
  readonly devices: readonly DeviceStatus[];
  readonly healthy: boolean;
  /** What is wrong with the runtime itself. */
  readonly ailment?: string;
  /** Why another build can't be applied now; absent when it can. */
  readonly veto?: string;
}

const devices: readonly DeviceName[] = ['keypad', 'cardReader', 'pinPad', 'printer', 'display', 'acquirer', 'ledger'];

/** Outcomes of a request that say nothing good of the line. */
const isFromAcquirer = (event: Event): event is Extract<Event, { readonly answer: { readonly outcome: string } }> =>
  'answer' in event && 'outcome' in event.answer;

const unreached: ReadonlySet<string> = new Set(['notSent', 'unanswered']);

/** A fact is durable within milliseconds; a disk that takes this long doesn't come back. */
const stuckMs = 30_000;
/** No device or acquirer may take longer for an outcome, by any configuration. */
const overdueMs = 15 * 60_000;

export interface Monitored {
  /** Undefined before it was recovered. */
  readonly state: State | undefined;
  /** Since when the event that is worked on is; undefined at rest. */
  readonly workingSince: MonotonicMs | undefined;
}

export interface MonitorOptions {
  readonly clock: Clock;
  readonly build: string;
  readonly identity: Identity;
  readonly language: Language;
  readonly training?: boolean;
}

export class Monitor {
  readonly #options: MonitorOptions;
  readonly #startedAt: MonotonicMs;
  readonly #faults = new Map<DeviceName, Pick<DeviceStatus, 'faults' | 'fault'>>();
  readonly #listeners = new Set<() => void>();
  #phaseSince: MonotonicMs;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
    this.#phaseSince = this.#startedAt;
  }

  readonly hear = (report: Report): void => {
    switch (report.type) {
      case 'online':
        this.#well(report.device);
        break;
      case 'fault': {
        const { device, ...fault } = report.fault;
        this.#faults.set(device, { faults: this.faultsOf(device) + 1, fault });
        break;
      }
      case 'stepped':
        if (report.state.phase.name !== report.from) this.#phaseSince = this.#options.clock.monotonic();
        // What ails a printer or the acquirer while its line is up ends with the next thing that goes well.
        if (report.state.printer.ready) this.#well('printer');
        if (isFromAcquirer(report.event) && !unreached.has(report.event.answer.outcome)) this.#well('acquirer');
        break;
      default:
        return;
    }
    for (const listener of this.#listeners) listener();
  };

  /** Calls back after each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** How often it was lost or failed since the start. */
  readonly faultsOf = (device: DeviceName): number => this.#faults.get(device)?.faults ?? 0;

  #well(device: DeviceName): void {
    this.#faults.set(device, { faults: this.faultsOf(device) });
  }

  /** What is wrong with the runtime itself; undefined when it does its work. The watchdog is fed by this alone. */
  ailment({ state, workingSince }: Monitored): string | undefined {
    const now = this.#options.clock.monotonic();
    if (state === undefined) return undefined;
    const { phase } = state;
    if (phase.name === 'outOfService' && phase.why === 'bug') return 'a bug stopped trading';
    if (workingSince !== undefined && now - workingSince > stuckMs) return 'a fact is not getting on to the disk';
    if ('awaits' in phase && now - this.#phaseSince > overdueMs) return `${phase.name} has no outcome`;
    return undefined;
  }

  status(monitored: Monitored & { readonly state: State }): Status {
    const { clock, build, identity, language, training = false } = this.#options;
    const { state } = monitored;
    const { book, phase } = state;
    const open = openSale(book);
    const captured = book.sales.filter(counts);
    const ailment = this.ailment(monitored);
    const veto = vetoOf(state);
    return {
      build,
      node: process.version,
      pid: process.pid,
      at: new Date(clock.wall()).toISOString(),
      upSeconds: Math.round((clock.monotonic() - this.#startedAt) / 1000),
      terminalId: identity.terminalId,
      training,
      phase: phase.name,
      ...(phase.name === 'outOfService' && { outOfService: phase.why }),
      screen: view(state, identity, language).lines,
      signedOn: state.signedOn,
      batch: book.batch,
      transactions: book.sales.length,
      captured: { count: captured.length, amount: captured.reduce((sum, { amount }) => sum + amount, 0) },
      ...(open !== undefined && {
        open: {
          voucher: open.stan,
          kind: open.kind,
          amount: open.amount,
          status: open.status,
          sinceSeconds: Math.max(0, Math.round((clock.wall() - open.at) / 1000)),
          ...('attempt' in phase && { attempt: phase.attempt }),
        },
      }),
      settling: book.settlement !== undefined,
      slipsDue: { copies: copiesDue(book).length, reversals: reversalSlipsDue(book).length },
      printer: state.printer,
      devices: devices.map((device) => ({
        device,
        online: !state.offline.includes(device),
        faults: 0,
        ...this.#faults.get(device),
      })),
      healthy: ailment === undefined,
      ...(ailment !== undefined && { ailment }),
      ...(veto !== undefined && { veto }),
    };
  }
}
