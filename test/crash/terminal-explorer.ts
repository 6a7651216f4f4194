/**
 * The crash explorer under the real runtime: the terminal sells, reverses and settles; at each file operation and at each
 * happening outside (a message, a slip half out, a word on the display) the power goes, with every image that may be
 * left; the terminal is switched on again, the power goes in its recovery too, and at last it comes to rest. Then the
 * rules of money must hold between its ledger, the acquirer's book and the paper.
 */
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import type { Book } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { provisioned } from '../state-machine/world.ts';
import type { DiskImage } from './disk-image.ts';
import { type Essence, imagesOf } from './essence.ts';
import { type Explored, type Mishaps, maxViolations } from './explorer.ts';
import { ledgerEssence, worstTail } from './ledger-scenario.ts';
import type { Level } from './legal-contents.ts';
import { afterPowerCut, atFirst, type Luck, type Outside } from './outside.ts';
import { type Mishap, RecordedDisk } from './recorded-disk.ts';
import type { Sabotage } from './sabotage.ts';
import { type Deed, OutOfService, runTerminal, terminalLedger } from './terminal.ts';

export interface TerminalScript {
  readonly name: string;
  readonly todo: readonly Deed[];
  readonly luck?: Luck;
}

interface Cut {
  readonly image: DiskImage;
  readonly outside: Outside;
  /** The facts that the terminal has told to be on the disk, all of them since its provisioning. */
  readonly told: readonly Fact[];
  readonly trail: readonly string[];
}

const inLedger = ledgerEssence(terminalLedger.ledgerKey);
const essence: Essence = {
  // What a power cut leaves of the anchor is explored with the ledger; here it is as it was written.
  essence: (path, content) => (path.endsWith('.anchor') ? '' : inLedger(path, content)),
  worst: worstTail(terminalLedger.ledgerKey),
};

const factsOn = (disk: FileSystem): readonly Fact[] =>
  [...new LedgerStore<Fact>(terminalLedger, disk).verify()].flatMap(({ facts }) => facts);

/** A fact, or those that open a batch together: what may be on the disk without having been told. */
const isOneWrite = (facts: readonly Fact[]): boolean =>
  facts.length <= 1 || (facts[0]?.type === 'batchOpened' && facts.slice(1).every(({ type }) => type === 'carried'));

/** M8 of a ledger after a power cut: what was told is there, in order, and at most one write more. */
const untrue = (told: readonly Fact[], found: readonly Fact[]): string | undefined => {
  const lost = told.findIndex((fact, index) => JSON.stringify(fact) !== JSON.stringify(found[index]));
  if (lost >= 0) return `M8: ${told[lost]?.type}, fact ${lost + 1}, was told to be on the disk and is not`;
  const more = found.slice(told.length);
  return isOneWrite(more) ? undefined : `M8: ${more.map(({ type }) => type).join(', ')} were told by nobody`;
};

/** What is wrong between the ledger, the acquirer and the paper of a terminal at rest, by M1–M7. */
const broken = (facts: readonly Fact[], outside: Outside, book: Book): readonly string[] => {
  const { booked, paper, told, breaches } = outside;
  const statuses = new Map<number, string>();
  const stanOf = new Map<string, number>();
  for (const fact of facts) {
    if (fact.type === 'intended') stanOf.set(fact.saleId, fact.stan);
    const stan = 'saleId' in fact ? stanOf.get(fact.saleId) : undefined;
    if (stan !== undefined && fact.type !== 'printed') statuses.set(stan, fact.type);
  }
  const found: string[] = [...breaches];
  const must = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  must(!book.sales.some(({ status }) => /intended|approved|reversalRequired/.test(status)), 'M2: a sale is left open');
  for (const { stan, state, batch, settled } of booked) {
    must(statuses.has(stan), `M1: the acquirer has booked ${stan}, and the ledger has no intent`);
    const status = statuses.get(stan);
    must(status === 'captured' || status === 'reversed', `M2: ${stan} ended as ${status}`);
    must((state === 'approved') === (status === 'captured'), `M2: ${status} ${stan} is ${state} at the acquirer`);
    const slips = paper.filter((slip) => slip.stan === stan);
    if (status === 'captured') {
      must(
        slips.some(({ kind, whole }) => kind === 'merchant' && whole),
        `M2: captured ${stan} has no merchant slip`,
      );
      must(!slips.some(({ kind }) => kind === 'reversal'), `M4: captured ${stan} is called void`);
      must(settled === outside.closed.includes(batch), `M7: ${stan} of batch ${batch}: settled is ${settled}`);
    } else {
      must(
        slips.length === 0 || slips.at(-1)?.kind === 'reversal',
        `M4: ${status} ${stan} is on paper, not called void`,
      );
      must(!slips.some(({ kind }) => kind === 'cardholder'), `M3: a cardholder has a copy of ${status} ${stan}`);
      must(!told.includes(stan), `M3: 交易成功 was told of ${status} ${stan}`);
    }
  }
  return found;
};

export class TerminalExplorer {
  readonly #level: Level;
  readonly #depth: number;
  readonly #sabotage: Sabotage;
  readonly #seen = new Set<string>();
  readonly #violations: string[] = [];
  #queue: Cut[] = [];
  #operations = 0;
  #cuts = 0;
  #images = 0;
  #deepest = 0;

  /** @param depth how many power cuts one after another, each in the recovery from the one before */
  constructor(level: Level, depth: number, sabotage: Sabotage = (disk) => disk) {
    this.#level = level;
    this.#depth = depth;
    this.#sabotage = sabotage;
  }

  get explored(): Explored {
    return {
      cuts: this.#cuts,
      images: this.#images,
      recoveries: this.#seen.size,
      deepest: this.#deepest,
      violations: this.#violations,
    };
  }

  async explore(script: TerminalScript, mishaps?: Mishaps): Promise<void> {
    const disk = new RecordedDisk();
    await new LedgerStore<Fact>(terminalLedger, disk).provision(provisioned);
    const whole = await this.#live(
      { image: disk.image, outside: atFirst, told: [provisioned], trail: [script.name] },
      script,
      mishaps,
    );
    this.#operations = Math.max(this.#operations, whole.operations.length);
    for (let next = 0; next < this.#queue.length && this.#violations.length < maxViolations; next++) {
      await this.#live(this.#queue[next] as Cut);
    }
    this.#queue = [];
  }

  /** Explores a script, then again with the disk failing at each operation, once and from there on. */
  async exploreWithMishaps(script: TerminalScript, kinds: readonly Mishap[]): Promise<void> {
    await this.explore(script);
    for (let at = 0; at < this.#operations; at++) {
      for (const kind of kinds) {
        await this.explore(script, (_, number) => (number === at ? kind : undefined));
        await this.explore(script, (_, number) => (number >= at ? kind : undefined));
      }
    }
  }

  /** One life of the terminal, from what is left to rest. */
  async #live(from: Cut, { todo, luck }: Partial<TerminalScript> = {}, mishaps?: Mishaps): Promise<RecordedDisk> {
    const { image, trail } = from;
    let { outside } = from;
    const told = [...from.told];
    let after = '';
    const cut = (what: string): void => this.#cut(disk, { outside, told, trail: [...trail, `${what}${after}`] });
    const disk: RecordedDisk = new RecordedDisk(image, {
      done: cut,
      mishap: (operation, number) => {
        const mishap = mishaps?.(operation, number);
        if (mishap !== undefined) after ||= ` (after ${mishap} at ${operation})`;
        return mishap;
      },
    });
    try {
      const found = factsOn(new RecordedDisk(image));
      const wrong = untrue(told, found);
      if (wrong !== undefined) throw new Error(wrong);
      told.splice(0, told.length, ...found);
      const rest = await runTerminal(this.#sabotage(disk), {
        before: outside,
        ...(todo !== undefined && { todo }),
        ...(luck !== undefined && { luck }),
        stored: (fact) => void told.push(fact),
        happened: (what, now) => {
          outside = now;
          cut(what);
        },
      });
      const against = broken(factsOn(disk), rest.outside, rest.book);
      if (against.length > 0) throw new Error(against.join('; '));
    } catch (error) {
      // With a disk that fails it may stop; what it has done until then is judged after the power cut.
      if (error instanceof OutOfService && after !== '') return disk;
      this.#violations.push(
        `${(error as Error).message} [power cut at ${trail.slice(1).join(', then at ')}; ${trail[0]}]`,
      );
    }
    return disk;
  }

  #cut(disk: RecordedDisk, { outside, told, trail }: Omit<Cut, 'image'>): void {
    if (trail.length - 1 > this.#depth) return;
    this.#cuts += 1;
    this.#deepest = Math.max(this.#deepest, trail.length - 1);
    const level = trail.length === 2 ? this.#level : { ...this.#level, random: 0 };
    for (const { image, weight, key } of imagesOf(disk, essence, level)) {
      this.#images += weight;
      for (const world of afterPowerCut(outside)) {
        const known = `${told.length} ${key} ${JSON.stringify(world)}`;
        if (this.#seen.has(known)) continue;
        this.#seen.add(known);
        this.#queue.push({ image, outside: world, told: [...told], trail });
      }
    }
  }
}
