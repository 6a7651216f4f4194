import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { ProcessIds } from '../../../drivers/printer/fence.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import type { Printer, PrinterCause, PrintVerdict } from '../../../hal/printer.ts';
import { copiesDue, reversalSlipsDue } from '../../../state-machine/book.ts';
import type { Effect, EffectOf } from '../../../state-machine/effects.ts';
import type { Happening } from '../../../state-machine/events.ts';
import { view } from '../../../state-machine/view.ts';
import { profiles } from '../../bench/printer/profiles.ts';
import { VirtualPrinter } from '../../bench/printer/virtual-printer.ts';
import { identity } from '../../state-machine/walk.ts';
import { approval, card, rules, signedOn, World } from '../../state-machine/world.ts';
import { Cable } from '../cable.ts';
import { Chance } from '../chance.ts';
import { LifeClock, printerClock } from '../clocks.ts';
import { Scheduler } from '../scheduler.ts';
import { type Belief, Believer } from './believers.ts';
import { Mishaps } from './mishaps.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { type Mark, markedSlip, markOf } from './slips.ts';

export interface Ran {
  readonly schedule: Schedule;
  readonly verdicts: readonly PrintVerdict[];
  /** Which rule was broken, and how; undefined when all held. */
  readonly failure: { readonly rule: string; readonly what: string } | undefined;
  /** The lines on paper. */
  readonly paper: readonly string[];
}

const sales = 2;
/** The longest that the terminal may take to come to rest once nothing is wrong any more (M10). */
const toRestMs = 600_000;
const glanceMs = 3000;

/**
 * One schedule: the real machine and the real driver at the virtual printer, in simulated time. Acquirer, card and PIN
 * answer at once. What the machine and the driver say is held to what is on paper:
 * - PRINTED never without the copy's last line on paper;
 * - M4: behind a slip of a sale that is reversed nothing comes but more of it, before its reversal slip;
 * - no slip that didn't come out without its cause in words on the display;
 * - M10: once all is put right, the terminal comes to rest with nothing owed.
 */
class ScheduleRun {
  readonly #schedule: Schedule;
  readonly #scheduler = new Scheduler();
  readonly #world: World;
  readonly #printer: VirtualPrinter;
  readonly #driver: Printer;
  readonly #mishaps: Mishaps;
  readonly #verdicts: PrintVerdict[] = [];
  readonly #marks: Mark[] = [];
  #performed = 0;
  #prints = 0;
  #salesBegun = 0;
  #cancelAlarm: (() => void) | undefined;
  /** Causes of slips that didn't come out and that nobody has read yet. */
  #unread = new Set<PrinterCause>();
  #restedAt: number | undefined;
  #failure: Ran['failure'];

  constructor(schedule: Schedule, belief: Belief | undefined) {
    this.#schedule = schedule;
    const { baudRate, mmPerSecond, receiveBuffer, flowControl, portObeys, graceMs } = schedule;
    const chance = new Chance(`printer ${schedule.seed}`);
    const clock = printerClock(this.#scheduler);
    this.#printer = new VirtualPrinter({
      profile: profiles[schedule.make],
      baudRate,
      mmPerSecond,
      receiveBuffer,
      flowControl,
      portObeys,
      clock,
    });
    this.#printer.on('line', ({ text }) => {
      const mark = markOf(text);
      if (mark !== undefined) this.#marks.push(mark);
    });
    const cable = new Cable(this.#scheduler, chance.of('cable'), { device: 'printer', baudRate, paced: false });
    this.#printer.attach(cable.plugIn());
    this.#mishaps = new Mishaps(this.#scheduler, this.#printer, cable, portObeys);
    const life = { ended: false };
    const lifeClock = new LifeClock(this.#scheduler, life, 0);
    const port = { path: '/dev/printer', baudRate };
    const profile = printerProfile(schedule.profile);
    const line = cable.portFor(life, port.path);
    this.#driver =
      belief === undefined
        ? new EscPosPrinter(
            { port, profile, acceptUnverified: true },
            lifeClock,
            line,
            new ProcessIds(chance.of('ids').bytes),
          )
        : new Believer(belief, line, profile, lifeClock);
    const acceptUnverified = schedule.profile === 'mute';
    const timers = { ...rules.timers, paperGraceMs: graceMs, tearOffMs: 1000, noticeMs: 1000 };
    this.#world = new World(undefined, { ...rules, acceptUnverified, keepBySupervisor: false, timers });
  }

  async run(): Promise<Ran> {
    const { schedule } = this;
    for (const planned of schedule.mishaps) this.#mishaps.plan(planned);
    for (const { fromMs, rule } of schedule.replies) {
      this.#scheduler.within(fromMs, () => this.#printer.spoilReplies(rule));
    }
    for (const { atMs, bytes } of schedule.babble) {
      this.#scheduler.within(atMs, () => this.#mishaps.babble(Buffer.from(bytes)));
    }
    await this.#driver.claim((event) => {
      if (event.type === 'readiness') this.#tell(event);
      else this.#tell({ type: 'link', device: 'printer', online: event.type === 'online' });
    });
    this.#tell({ type: 'started' });
    this.#glance();
    const latest = (): number => this.#mishaps.quietFrom + toRestMs;
    await this.#scheduler.run(() => {
      if (this.#failure !== undefined || this.#restedAt !== undefined) return true;
      if (this.#scheduler.now <= latest()) return false;
      this.#fail('M10', `not at rest: ${this.#screen.join('|')}`);
      return true;
    });
    if (this.#failure === undefined) this.#judgePaper();
    const paper = this.#printer.paper.lines.map(({ text }) => text.trim());
    return { schedule, verdicts: this.#verdicts, failure: this.#failure, paper };
  }

  get schedule(): Schedule {
    return this.#schedule;
  }

  get #screen(): readonly string[] {
    return view(this.#world.state, identity, 'zh-CN').lines;
  }

  #fail(rule: string, what: string): void {
    this.#failure ??= { rule, what: `${what} (at ${Math.round(this.#scheduler.now)} ms)` };
  }

  /** The machine is told, and what it asks for is done. */
  #tell(happening: Happening): void {
    if (this.#failure !== undefined) return;
    const world = this.#world;
    world.now = this.#scheduler.now;
    try {
      world.happen(happening);
    } catch (error) {
      this.#fail('M10', `the machine threw: ${(error as Error).message}`);
      return;
    }
    while (this.#performed < world.effects.length) {
      void this.#perform(world.effects[this.#performed++] as Effect);
    }
    this.#read();
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#cancelAlarm?.();
    const { phase } = this.#world.state;
    if (!('until' in phase)) return;
    this.#cancelAlarm = this.#scheduler.after(Math.max(0, phase.until - this.#scheduler.now), () =>
      this.#tell({ type: 'timeUp' }),
    );
  }

  /** What the display says now is read by the clerk. */
  #read(): void {
    const lines = this.#screen;
    for (const cause of this.#unread) if (lines.includes(wordsOf(cause))) this.#unread.delete(cause);
    // While a cause holds, another may take its place on the display; when all is well, none may have gone unread.
    const { printer, phase } = this.#world.state;
    if (printer.ready && phase.name === 'idle') {
      for (const cause of this.#unread) this.#fail('display', `nobody was told of ${cause}`);
    }
  }

  async #perform(effect: Effect): Promise<void> {
    switch (effect.type) {
      case 'signOn':
        return this.#tell({ type: 'signOnAnswered', effect: effect.id, answer: signedOn });
      case 'readCard':
        return this.#tell({ type: 'card', card });
      case 'askPin':
        return this.#tell({ type: 'pin', effect: effect.id, outcome: 'entered' });
      case 'authorise':
        return this.#tell({ type: 'authorised', effect: effect.id, answer: approval });
      case 'reverse':
        return this.#tell({
          type: 'reversalAnswered',
          effect: effect.id,
          answer: { outcome: 'acknowledged', responseCode: '00' },
        });
      case 'checkPrinter':
        return this.#tell({ type: 'printerChecked', effect: effect.id, readiness: await this.#driver.checkReady() });
      case 'print':
        return this.#print(effect);
      case 'cancelPrint': {
        const { confirmed } = await this.#driver.cancel();
        return this.#tell({ type: 'printCancelled', effect: effect.id, confirmed });
      }
      default: // nothing that the printer hears of
    }
  }

  async #print({ id, slip }: EffectOf<'print'>): Promise<void> {
    if (!('saleId' in slip)) throw new Error(`nobody asked for ${slip.slip}`);
    const sale = this.#world.state.book.sales.find((each) => each.id === slip.saleId);
    if (sale === undefined) throw new Error(`no sale ${slip.saleId}`);
    this.#prints += 1;
    const { document, end } = markedSlip(slip.slip, sale, this.#prints, this.#schedule.slipLines);
    const verdict = await this.#driver.print(document);
    this.#verdicts.push(verdict);
    if (verdict.verdict === 'PRINTED' && !this.#printer.paper.lines.some(({ text }) => text.trim() === end)) {
      this.#fail('PRINTED', `"${end}" is not on paper`);
    }
    if ('cause' in verdict) this.#unread.add(verdict.cause);
    this.#tell({ type: 'printed', effect: id, verdict });
  }

  /** The clerk looks up now and then, and does what the display asks for. */
  #glance(): void {
    this.#scheduler.after(glanceMs, () => {
      const { phase, book, printer } = this.#world.state;
      const nothingWrong = this.#scheduler.now >= this.#mishaps.quietFrom;
      const { givesUpAfterMs } = this.#schedule;
      if (phase.name === 'paperWait' && givesUpAfterMs !== undefined) {
        this.#scheduler.after(givesUpAfterMs, () => {
          if (this.#world.phase === 'paperWait') this.#tell({ type: 'key', key: 'cancel' });
        });
      } else if (phase.name === 'idle') {
        const isOwed = reversalSlipsDue(book).length > 0 || copiesDue(book).length > 0 || !printer.ready;
        if (this.#salesBegun < sales) this.#sell();
        else if (nothingWrong && !isOwed) this.#restedAt = this.#scheduler.now;
        else if (nothingWrong) this.#tell({ type: 'key', key: 'function' });
      }
      // A terminal whose profile lies may print what is due for ever, and one that hears nothing doesn't know if it is.
      if (!this.#hears && this.#scheduler.now > this.#mishaps.quietFrom) this.#restedAt = this.#scheduler.now;
      this.#glance();
    });
  }

  /** The terminal can hear what becomes of its slips. */
  get #hears(): boolean {
    const { make, profile } = this.#schedule;
    return make === profile && make !== 'mute';
  }

  #sell(): void {
    this.#salesBegun += 1;
    for (const key of ['1', '2', '3', '4', 'enter', 'enter'] as const) this.#tell({ type: 'key', key });
  }

  #judgePaper(): void {
    for (const sale of this.#world.state.book.sales) {
      const isReversed = sale.status === 'reversed' || sale.status === 'reversalRequired';
      const first = this.#marks.findIndex(({ stan, type }) => stan === sale.stan && type === 'sale');
      if (!isReversed || first < 0) continue;
      const behind = this.#marks.slice(first).filter(({ type, stan }) => !(type === 'sale' && stan === sale.stan));
      const isVoid = behind.some(({ type, stan, isEnd }) => type === 'void' && stan === sale.stan && isEnd);
      const next = behind[0];
      if ((isVoid || !this.#hears) && next?.type === 'void' && next.stan === sale.stan) continue;
      if (next === undefined && !this.#hears) continue;
      const what = next === undefined ? 'nothing' : `${next.type} ${next.stan}`;
      this.#fail('M4', `sale ${sale.stan} is ${sale.status} and on paper; behind it comes ${what}`);
    }
    if (this.#schedule.profile === 'mute' && this.#verdicts.some(({ verdict }) => verdict === 'PRINTED')) {
      this.#fail('PRINTED', 'a printer that says nothing was believed');
    }
  }
}

const causeWords = new Map<PrinterCause, string>();

/** The words for a cause, taken from a terminal at rest whose printer has it. */
const wordsOf = (cause: PrinterCause): string => {
  const known = causeWords.get(cause);
  if (known !== undefined) return known;
  const world = new World()
    .start()
    .signOn()
    .happen({ type: 'readiness', readiness: { ready: false, cause } });
  const words = view(world.state, identity, 'zh-CN').lines[2] ?? '';
  causeWords.set(cause, words);
  return words;
};

/** Runs the schedule of a seed; with a belief a driver that has it in the place of the real one. */
export const runSchedule = (seed: number, belief?: Belief): Promise<Ran> =>
  runPlanned(scheduleOf(seed, new Chance(`schedule ${seed}`)), belief);

export const runPlanned = (schedule: Schedule, belief?: Belief): Promise<Ran> =>
  new ScheduleRun(schedule, belief).run();
