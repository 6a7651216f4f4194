/**
 * Metrics in Prometheus' text format, for a collector that reads files: no port is opened for them. Nothing in them
 * tells of a card, a customer or an amount.
 * Format: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { findSale } from '../state-machine/book.ts';
import type { Status } from './control/monitor.ts';
import type { Report } from './runtime.ts';

type Labels = Readonly<Record<string, string>>;

const escaped = (value: string): string =>
  value.replaceAll(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));

const labelled = (name: string, labels: Labels): string => {
  const all = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return all.length === 0 ? name : `${name}{${all.join(',')}}`;
};

class Counter {
  readonly #values = new Map<string, { readonly labels: Labels; count: number }>();

  add(labels: Labels): void {
    const key = JSON.stringify(labels);
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, { labels, count: 1 });
    else known.count += 1;
  }

  lines(name: string): string[] {
    return [...this.#values.values()].map(({ labels, count }) => `${labelled(name, labels)} ${count}`);
  }
}

class Histogram {
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();

  /** @param bounds upper bounds in seconds, rising */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(seconds: number, labels: Labels = {}): void {
    const key = JSON.stringify(labels);
    const series = this.#series.get(key) ?? { labels, counts: this.#bounds.map(() => 0).concat(0), sum: 0 };
    this.#series.set(key, series);
    const bucket = this.#bounds.findIndex((bound) => seconds <= bound);
    const at = bucket < 0 ? this.#bounds.length : bucket;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += seconds;
  }

  lines(name: string): string[] {
    return [...this.#series.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0;
      const buckets = [...this.#bounds.map(String), '+Inf'].map((le, index) => {
        total += counts[index] ?? 0;
        return `${labelled(`${name}_bucket`, { ...labels, le })} ${total}`;
      });
      return [...buckets, `${labelled(`${name}_sum`, labels)} ${sum}`, `${labelled(`${name}_count`, labels)} ${total}`];
    });
  }
}

/** How a transaction ended, by the fact that ends it. */
const results: ReadonlySet<string> = new Set([
  'notSent',
  'declined',
  'captured',
  'keptBySupervisor',
  'slipOwed',
  'inDoubt',
  'reversed',
  'handedOver',
]);

/** What an answer answers. */
const messages: Readonly<Record<string, string>> = {
  signOnAnswered: 'signOn',
  signOffAnswered: 'signOff',
  authorised: 'authorisation',
  reversalAnswered: 'reversal',
  settlementAnswered: 'settlement',
  uploadAnswered: 'upload',
};

export class Metrics {
  readonly #transactions = new Counter();
  readonly #verdicts = new Counter();
  readonly #faults = new Counter();
  readonly #commits = new Histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]);
  readonly #answers = new Histogram([0.25, 0.5, 1, 2, 5, 10, 30, 60]);
  #askedAt: number | undefined;

  readonly hear = (report: Report): void => {
    switch (report.type) {
      case 'fact': {
        const { fact, state, tookMs } = report;
        this.#commits.observe(tookMs / 1000);
        if ('saleId' in fact && results.has(fact.type)) {
          this.#transactions.add({ kind: findSale(state.book, fact.saleId).kind, result: fact.type });
        }
        break;
      }
      case 'fault':
        this.#faults.add({ device: report.fault.device, code: report.fault.code });
        break;
      case 'stepped': {
        const { event, from, state } = report;
        const message = messages[event.type];
        if (message !== undefined && this.#askedAt !== undefined) {
          this.#answers.observe((event.at - this.#askedAt) / 1000, { message });
        }
        if (event.type === 'printed') {
          const cause = 'cause' in event.verdict ? { cause: event.verdict.cause } : {};
          this.#verdicts.add({ verdict: event.verdict.verdict, ...cause });
        }
        // The step that leads into a phase which awaits something asks for it.
        if (state.phase.name !== from || message !== undefined) this.#askedAt = event.at;
        break;
      }
      default:
    }
  };

  /**
   * @param startedAt in seconds since 1970
   * @param starts of the process, this one included
   */
  text(status: Status, startedAt: number, starts: number, clockTrusted: boolean): string {
    const yes = (value: boolean): number => (value ? 1 : 0);
    const reversal = status.open?.status === 'reversalRequired' ? status.open : undefined;
    const families: readonly (readonly [name: string, type: string, help: string, lines: readonly string[]])[] = [
      single('slipsafe_build_info', 'gauge', 'Which build runs.', 1, { build: status.build, node: status.node }),
      single('process_start_time_seconds', 'gauge', 'When the process began.', startedAt),
      single('slipsafe_starts_total', 'counter', 'Starts of the process, over restarts.', starts),
      single('slipsafe_healthy', 'gauge', 'Whether the runtime does its work.', yes(status.healthy)),
      single('slipsafe_in_service', 'gauge', 'Whether it trades.', yes(status.phase !== 'outOfService')),
      single('slipsafe_training', 'gauge', 'Whether it trains: nothing of it is real.', yes(status.training)),
      single('slipsafe_signed_on', 'gauge', 'Whether the acquirer knows it since the start.', yes(status.signedOn)),
      single('slipsafe_clock_trusted', 'gauge', 'Whether the clock was set by the network.', yes(clockTrusted)),
      single('slipsafe_reversal_open', 'gauge', 'Whether a reversal is open.', yes(reversal !== undefined)),
      single('slipsafe_reversal_open_seconds', 'gauge', 'How long it is.', reversal?.sinceSeconds ?? 0),
      single('slipsafe_slips_due', 'gauge', 'Slips that are owed.', status.slipsDue.copies + status.slipsDue.reversals),
      single('slipsafe_batch_transactions', 'gauge', 'Transactions of the open batch.', status.transactions),
      [
        'slipsafe_device_online',
        'gauge',
        'Whether a device is there.',
        status.devices.map(({ device, online }) => `${labelled('slipsafe_device_online', { device })} ${yes(online)}`),
      ],
      [
        'slipsafe_transactions_total',
        'counter',
        'Transactions by how they ended.',
        this.#transactions.lines('slipsafe_transactions_total'),
      ],
      [
        'slipsafe_print_verdicts_total',
        'counter',
        'What printing came to.',
        this.#verdicts.lines('slipsafe_print_verdicts_total'),
      ],
      [
        'slipsafe_device_faults_total',
        'counter',
        'Faults of devices.',
        this.#faults.lines('slipsafe_device_faults_total'),
      ],
      [
        'slipsafe_commit_seconds',
        'histogram',
        'Until a fact was on the disk.',
        this.#commits.lines('slipsafe_commit_seconds'),
      ],
      [
        'slipsafe_answer_seconds',
        'histogram',
        'Until the acquirer answered.',
        this.#answers.lines('slipsafe_answer_seconds'),
      ],
    ];
    return families
      .filter(([, , , lines]) => lines.length > 0)
      .map(([name, type, help, lines]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`)
      .join('');
  }
}

const single = (name: string, type: string, help: string, value: number, labels: Labels = {}) =>
  [name, type, help, [`${labelled(name, labels)} ${value}`]] as const;
