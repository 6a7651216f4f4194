import { factLine } from '../../firmware/log.ts';
import type { Report } from '../../firmware/runtime.ts';
import { agree } from './agreement.ts';
import { SimulatedBoard } from './board.ts';
import { Canaries } from './canaries.ts';
import { Chance } from './chance.ts';
import type { Chore } from './chores.ts';
import { Clerk } from './clerk.ts';
import { pressAt, someCustomer } from './customer.ts';
import { type FaultName, type Site, someFault, strike } from './faults.ts';
import { counts, moved } from './ledger-view.ts';
import type { Passing } from './network.ts';
import { type Failure, type Outcome, type SimulationOptions, temperaments } from './outcome.ts';
import { PaperRoll } from './paper-roll.ts';
import { Scheduler } from './scheduler.ts';
import { Story } from './story.ts';
import { Violation } from './violation.ts';
import { Watch } from './watch.ts';

const minuteMs = 60_000;
/** How long one customer has, on average, in a shop that is neither full nor empty. */
const msPerCustomer = 2 * minuteMs;
/** Once nothing is wrong any more, the terminal must come to rest within this. */
const toRestMs = 45 * minuteMs;

/** What customers come back for with a slip of a sale, and guests of an hotel with that of a hold. */
const withSlip = ['void', 'void', 'refund', 'refund', 'difference'] as const;
const ofGuests = [
  'preAuthorisationIncrement',
  'preAuthorisationIncrement',
  'preAuthorisationVoid',
  'completion',
  'completion',
  'completionNotice',
  'completionVoid',
] as const;

/** One shop's days from a seed: the real firmware in it, and all that can happen. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #scheduler = new Scheduler();
  readonly #chance: Chance;
  readonly #story: Story;
  readonly #board: SimulatedBoard;
  readonly #paper: PaperRoll;
  readonly #watch: Watch;
  readonly #clerk: Clerk;
  #failure: Failure | undefined;
  #begun = 0;
  #planned: string[] = [];
  readonly #faults: { [N in FaultName]?: number } = {};
  #transactions = 0;
  #settlements = 0;
  #noFaultsNow = false;
  readonly #phases = new Set<string>();
  /** Looked for in every eighth shop: it takes its time. */
  readonly #canaries: Canaries | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { seed, story: write, digest = false } = options;
    this.#chance = new Chance(`slipsafe ${seed}`);
    this.#story = new Story(this.#scheduler, { write, digest });
    this.#board = new SimulatedBoard(this.#scheduler, this.#chance, options);
    this.#canaries = seed % 8 === 0 || digest ? new Canaries() : undefined;
    const story = this.#story;
    const board = this.#board;
    this.#paper = new PaperRoll(board.printer, (line) => {
      if (line.text.trim() !== '') story.tell('paper', () => line.text);
      this.#canaries?.say(line.text);
      this.#hold(() => this.#watch.line(line));
    });
    this.#watch = new Watch(board, this.#paper);
    this.#clerk = new Clerk(board, this.#chance.of('clerk'), story, {
      begun: (business) => this.#onBegun(business),
      restarts: () => this.#switchOffAndOn(),
    });
    board.display.on('screen', (lines) => {
      this.#canaries?.say(lines.join('\n'));
      this.#hold(() => this.#watch.screen(lines));
    });
    board.network.onPassing = (passing) => this.#onPassing(passing);
    board.acquirer.on('message', (message) => {
      const { direction, kind, batch, stan, amount, code } = message;
      const what = [kind, `${batch}/${stan}`, amount, code].filter((part) => part !== undefined).join(' ');
      story.tell('line', () => `the acquirer has ${direction} ${what}`);
      this.#hold(() => this.#watch.message(message));
    });
    board.observe({
      starting: () => this.#hold(() => this.#watch.beforeStart()),
      report: (report) => this.#onReport(report),
      displayGone: () => this.#watch.displayGone(),
      power: (on) => story.tell('power', () => (on ? 'the terminal starts' : 'the terminal is off')),
    });
    options.onBoard?.(board);
  }

  async run(): Promise<Outcome> {
    const { days } = this.#options;
    await this.#board.provision();
    this.#lookNowAndThen();
    for (let day = 1; day <= days && this.#goesOn; day++) await this.#day(day);
    if (this.#goesOn) await this.#look();
    this.#addDisk('/state/ledger');
    return this.#outcome();
  }

  /** What is on the disk at the end belongs to what happened. */
  #addDisk(folder: string): void {
    const files = this.#board.disk.content;
    if (!this.#story.isTold) return;
    for (const name of [...files.readdir(folder)].sort()) {
      this.#story.tell('log', () => `on the disk: ${name}`);
      const file = files.open(`${folder}/${name}`, 'read');
      const content = Buffer.alloc(file.stat().sizeBytes);
      file.pread(content, 0);
      this.#story.add(content);
    }
  }

  #onPassing(passing: Passing): void {
    const { direction, bytes } = passing;
    this.#story.add(bytes);
    this.#story.tell('line', () => `the terminal has ${direction} ${bytes.length} bytes`);
    if (direction === 'sent') this.#hold(() => this.#watch.leaves(bytes));
  }

  #lookNowAndThen(): void {
    this.#hold(() => this.#watch.stillWaiting());
    this.#scheduler.within(minuteMs, () => this.#lookNowAndThen());
  }

  get #goesOn(): boolean {
    return this.#failure === undefined && this.#scheduler.step < (this.#options.until ?? Infinity);
  }

  async #day(day: number): Promise<void> {
    const { customers } = this.#options;
    const chance = this.#chance.of(`day ${day}`);
    const opensAt = this.#scheduler.now;
    const lastsMs = customers * msPerCustomer;
    this.#noFaultsNow = false;
    this.#clerk.opens();
    this.#board.start();
    let inMs = chance.between(5000, 60_000);
    for (let n = 0; n < customers; n++) {
      const customer = someCustomer(chance.of(n));
      this.#scheduler.within(inMs, () => this.#clerk.comes(customer));
      inMs += chance.wait(msPerCustomer) / Math.max(0.3, pressAt(inMs / lastsMs));
    }
    // A shop settles once a day, and some in between; sometimes somebody signs on anew or prints a slip again.
    const settlements = chance.integer(0, 2);
    for (let n = 0; n < settlements; n++) {
      this.#scheduler.within(chance.between(0.2, 0.95) * inMs, () => this.#clerk.shall('settle'));
    }
    for (const chore of ['print', 'signOn', 'signOff', 'lock'] as const) {
      if (chance.happens(0.3)) this.#scheduler.within(chance.between(0, inMs), () => this.#clerk.shall(chore));
    }
    const few = Math.max(1, Math.round(customers / 3));
    for (let n = 0; n < few; n++) {
      this.#scheduler.within(chance.between(0.2, 1) * inMs, () => this.#clerk.shall(chance.one(withSlip)));
      this.#scheduler.within(chance.between(0, 0.6) * inMs, () =>
        this.#clerk.shall('preAuthorisation', someCustomer(chance.of(`guest ${n}`))),
      );
      this.#scheduler.within(chance.between(0.3, 1) * inMs, () => this.#clerk.shall(chance.one(ofGuests)));
    }
    if (chance.happens(0.5)) {
      const curious = someCustomer(chance.of('balance'));
      this.#scheduler.within(chance.between(0, inMs), () => this.#clerk.shall('balance', curious));
    }
    const closesAt = opensAt + inMs + minuteMs;
    await this.#until(() => this.#scheduler.now >= closesAt);
    await this.#close(chance.happens(0.8));
    if (!this.#goesOn) return;
    this.#agree();
    this.#board.cutPower({ printer: true, pinPad: true, dateIsLost: false });
    const nightUntil = opensAt + 86_400_000;
    this.#scheduler.within(Math.max(minuteMs, nightUntil - this.#scheduler.now), () => undefined);
    await this.#until(() => this.#scheduler.now >= nightUntil);
  }

  /** Everything works again, the clerk does what the display says, and the terminal comes to rest (M10). */
  async #close(settles: boolean): Promise<void> {
    this.#noFaultsNow = true;
    this.#board.heal();
    this.#clerk.closes();
    if (settles) this.#clerk.shall('settle');
    if (!this.#board.isOn) this.#scheduler.after(10_000, () => this.#board.start());
    const latest = this.#scheduler.now + toRestMs;
    await this.#until(() => this.#clerk.atRest || this.#scheduler.now >= latest);
    if (this.#goesOn && !this.#clerk.atRest) {
      this.#hold(() => {
        const shown = this.#board.display.lines().join('|');
        throw new Violation(
          'M10',
          `nothing is wrong any more, and after 45 minutes the terminal is not at rest: ${shown}`,
        );
      });
    }
  }

  /** A last start, by which what is on the disk must tell the same story. */
  async #look(): Promise<void> {
    this.#board.start();
    this.#clerk.opens();
    this.#clerk.closes();
    const latest = this.#scheduler.now + toRestMs;
    await this.#until(() => this.#clerk.atRest || this.#scheduler.now >= latest);
    if (this.#goesOn) this.#agree();
  }

  /** At rest everything that is told of the money must tell the same. */
  #agree(): void {
    this.#hold(() => {
      agree(this.#watch.ledger, this.#board.acquirer, this.#paper);
      for (const block of this.#watch.pinBlocks) this.#canaries?.add(block);
      this.#canaries?.look(this.#board.disk.content, ['/state', '/state/ledger']);
    });
  }

  async #until(holds: () => boolean): Promise<void> {
    const { until = Infinity } = this.#options;
    await this.#scheduler.run(() => this.#failure !== undefined || holds(), until);
  }

  /** Looks at something; what it finds ends the run. */
  #hold(look: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      look();
    } catch (error) {
      const { rule, message } =
        error instanceof Violation ? error : { rule: 'simulation', message: String((error as Error).stack) };
      this.#failure = { rule, what: message, step: this.#scheduler.step, when: this.#story.when };
      this.#story.tell('rule', () => `${rule}: ${message}`);
    }
  }

  #onReport(report: Report): void {
    const story = this.#story;
    this.#canaries?.report(report);
    if (report.type === 'fact') {
      story.tell('fact', () => JSON.stringify(factLine(report.fact)));
      if (report.fact.type === 'intended') this.#transactions += 1;
      if (report.fact.type === 'batchOpened') this.#settlements += 1;
    } else if (report.type === 'stepped') {
      this.#phases.add(report.state.phase.name);
      story.tell('log', () => `${report.from} → ${report.state.phase.name} by ${report.event.type}`);
    } else if (report.type === 'fault') {
      story.tell('log', () => `fault of ${report.fault.device}: ${report.fault.code}, ${report.fault.what}`);
    } else {
      story.tell('log', () => report.type);
    }
    this.#hold(() => this.#watch.report(report));
  }

  #onBegun(business: 'sale' | Chore): void {
    this.#begun += 1;
    const { faults, only } = this.#options;
    const { share, most } = temperaments[faults];
    if (this.#noFaultsNow || share === 0) return;
    const number = this.#begun;
    const plan = this.#chance.of(`faults ${number}`);
    const count = plan.happens(share) ? plan.integer(1, most) : 0;
    for (let n = 1; n <= count; n++) {
      const id = `${number}.${n}`;
      const chance = plan.of(n);
      if (only !== undefined && !only.has(id)) continue;
      this.#planned.push(id);
      const name = someFault(business, chance);
      // A settlement is over in seconds, a sale takes most of a minute.
      const inMs = chance.happens(0.3) ? 0 : chance.between(0, business === 'settle' ? 12_000 : 45_000);
      this.#scheduler.after(inMs, () => {
        if (this.#noFaultsNow) return;
        this.#story.tell('fault', () => `${id} is set: ${name}`);
        strike(name, this.#site(business, chance), chance);
      });
    }
  }

  #site(business: 'sale' | Chore, chance: Chance): Site {
    return {
      board: this.#board,
      business,
      happened: (name, what) => this.#happened(name, what),
      cutPower: () => this.#cutPower(chance),
      kill: () => {
        // What a failed sync has left in the cache can't be told from what is on the disk: see docs/ledger.md.
        if (!this.#board.isOn || this.#board.disk.syncFailed) return;
        this.#board.kill();
        this.#startIn(chance.between(300, 5000));
      },
      acquirerTurned: (from) => this.#watch.acquirerTurned(from),
    };
  }

  #happened(name: FaultName, what: string): void {
    this.#faults[name] = (this.#faults[name] ?? 0) + 1;
    this.#story.tell('fault', () => `${name} ${what}`);
  }

  #cutPower(chance: Chance): void {
    if (!this.#board.isOn || this.#noFaultsNow) return;
    const printer = chance.happens(0.5);
    this.#board.cutPower({ printer, pinPad: chance.happens(0.5), dateIsLost: chance.happens(0.1) });
    const backMs = chance.between(200, chance.happens(0.1) ? 600_000 : 20_000);
    if (printer) this.#scheduler.after(backMs, () => this.#board.printer.powerOn());
    this.#startIn(backMs + chance.between(500, 8000));
  }

  #startIn(ms: number): void {
    this.#scheduler.after(ms, () => this.#board.start());
  }

  /** Somebody does what the display says: 请重启终端. */
  #switchOffAndOn(): void {
    if (!this.#board.isOn) return;
    this.#board.cutPower({ printer: true, pinPad: true, dateIsLost: false });
    this.#scheduler.after(3000, () => this.#board.printer.powerOn());
    this.#startIn(8000);
  }

  #outcome(): Outcome {
    const { sales } = this.#watch.ledger;
    const taken = sales.filter(counts);
    const ends: { [end: string]: number } = {};
    for (const { kind, standing } of sales) ends[`${standing} ${kind}`] = (ends[`${standing} ${kind}`] ?? 0) + 1;
    const digest = this.#story.digest();
    return {
      seed: this.#options.seed,
      ...(this.#failure && { failure: this.#failure }),
      steps: this.#scheduler.step,
      ms: this.#scheduler.now,
      transactions: this.#transactions,
      captured: taken.length,
      taken: taken.reduce((sum, sale) => sum + moved(sale), 0),
      reversed: sales.filter(({ standing }) => standing === 'reversed' || standing === 'handedOver').length,
      ends,
      settlements: this.#settlements,
      starts: this.#board.starts,
      faults: this.#faults,
      phases: [...this.#phases],
      planned: this.#planned,
      ...(digest !== undefined && { digest }),
    };
  }
}
