/**
 * The crash explorer: a script runs over a recorded disk; at each of its operations the power goes, with every image
 * that may be left; on each image the store is recovered; at each operation of the recovery the power goes again, and
 * so on until no image is new. What must hold is asked after each recovery.
 *
 * After ALICE (Pillai et al., OSDI '14: persistence properties apart from one file system), SQLite's crash tests
 * (each unsynced sector written, not written or trashed) and its `writecrash.test` (crash at the n-th write until there
 * is none left).
 */
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import type { DiskImage } from './disk-image.ts';
import { type Essence, imagesOf, keyOf } from './essence.ts';
import { type Level, usual } from './legal-contents.ts';
import { type Mishap, RecordedDisk, type RecordedDiskOptions } from './recorded-disk.ts';

/** How many steps of the script count as done: `least` were acknowledged; one that is under way may be there. */
export interface Done {
  readonly least: number;
  readonly most: number;
}

export interface Scenario extends Essence {
  readonly name: string;
  readonly start: DiskImage;
  /** Does the steps, and tells before and after each what counts. It ends early when the store fails. */
  readonly run: (disk: FileSystem, tell: (done: Done) => void) => Promise<void>;
  /** Opens what is left, as a start of the terminal does; tells how many steps it finds. Throws when it is none. */
  readonly recover: (disk: FileSystem) => Promise<number>;
  /** Asked once of each recovered image: works with it, such as by writing on. Throws when it can't. */
  readonly use?: (disk: RecordedDisk, found: number) => Promise<void>;
  /** Recovery only looks: what it found was acknowledged to nobody, and may be another after the next power cut. */
  readonly looksOnly?: boolean;
}

/** What goes wrong with the operations of a run, beside the power. */
export type Mishaps = (operation: string, number: number) => Mishap | undefined;

/** Recovery says that the disk doesn't let it, in words; it changes nothing that counts. Any other error is wrong. */
export class Refusal extends Error {}

export interface Explored {
  /** Places where the power went, in the script and in recoveries. */
  readonly cuts: number;
  /** Images that these may leave, all told. */
  readonly images: number;
  /** How often the store was opened on one: once for each that differs, and with mishaps. */
  readonly recoveries: number;
  /** The longest row of power cuts, one in the recovery from the one before. */
  readonly deepest: number;
  /** What didn't hold, with the way there; empty when all did. */
  readonly violations: readonly string[];
}

/** Where a process starts: on what a power cut or a kill has left. */
interface Start {
  readonly begin: (options: RecordedDiskOptions) => RecordedDisk;
  readonly done: Done;
  /** Where the power went, the first first. */
  readonly trail: readonly string[];
}

/** So many are enough to look at. */
export const maxViolations = 5;

export class Explorer {
  #level: Level;
  readonly #seen = new Set<string>();
  readonly #used = new Set<string>();
  readonly #violations: string[] = [];
  readonly #shapes = new Map<string, number>();
  #queue: Start[] = [];
  #mishaps: readonly Mishap[] = [];
  #operations = 0;
  #cuts = 0;
  #images = 0;
  #recoveries = 0;
  #deepest = 0;

  constructor(level: Level) {
    this.#level = level;
  }

  get explored(): Explored {
    return {
      cuts: this.#cuts,
      images: this.#images,
      recoveries: this.#recoveries,
      deepest: this.#deepest,
      violations: this.#violations,
    };
  }

  /**
   * Explores a scenario; with mishaps, what becomes of it when the disk fails and then the power goes. Another call with
   * the same steps goes on with what is known of the images of the ones before.
   */
  async explore(scenario: Scenario, mishaps?: Mishaps): Promise<void> {
    let done: Done = { least: 0, most: 0 };
    let after = '';
    const kills: Start[] = [];
    const disk = new RecordedDisk(scenario.start, {
      mishap: (operation, number) => {
        const mishap = mishaps?.(operation, number);
        if (mishap !== undefined) after ||= `, after ${mishap} at ${operation}`;
        return mishap;
      },
      done: (operation) => {
        const trail = [`${scenario.name}: ${operation}${after}`];
        this.#cut(scenario, disk, done, trail);
        const left = disk.afterKill();
        kills.push({ begin: (options) => left.afterKill(options), done, trail: [`${trail[0]} (only a kill)`] });
      },
    });
    await scenario.run(disk, (now) => {
      done = now;
      this.#cut(scenario, disk, done, [`${scenario.name}: ${now.least} acknowledged, ${now.most} begun${after}`]);
    });
    this.#operations = Math.max(this.#operations, disk.operations.length);
    // A failed sync and a kill: the cache shows what the disk may not hold, and nobody can tell (docs/ledger.md).
    if (after === '') for (const kill of kills) await this.#tryRecovery(scenario, kill);
    // Breadth first: the shortest way to a violation is found first.
    for (let next = 0; next < this.#queue.length && this.#violations.length < maxViolations; next++) {
      await this.#recover(scenario, this.#queue[next] as Start);
    }
    this.#queue = [];
  }

  /**
   * Explores a scenario, then again with each kind of mishap at each operation, of the script and of recoveries: once,
   * and from there on, as a full disk stays full. A mishap makes no new kind of image: the usual level does for those.
   */
  async exploreWithMishaps(scenario: Scenario, kinds: readonly Mishap[]): Promise<void> {
    if (this.#level !== usual) {
      await this.explore(scenario);
      this.#level = usual;
      this.#seen.clear();
      this.#shapes.clear();
    }
    this.#mishaps = kinds;
    await this.explore(scenario);
    for (let at = 0; at < this.#operations; at++) {
      for (const kind of kinds) {
        await this.explore(scenario, (_, number) => (number === at ? kind : undefined));
        if (kind !== 'short') await this.explore(scenario, (_, number) => (number >= at ? kind : undefined));
      }
    }
  }

  #cut(scenario: Scenario, disk: RecordedDisk, done: Done, trail: readonly string[]): void {
    this.#cuts += 1;
    this.#deepest = Math.max(this.#deepest, trail.length);
    // Choices from a seed at the first cut only: those of recoveries would be new ones for ever.
    const level = trail.length === 1 ? this.#level : { ...this.#level, random: 0 };
    for (const { image, weight, key } of imagesOf(disk, scenario, level)) {
      this.#images += weight;
      const known = `${done.least}-${done.most} ${key}`;
      if (this.#seen.has(known)) continue;
      this.#seen.add(known);
      this.#queue.push({ begin: (options) => new RecordedDisk(image, options), done, trail });
    }
  }

  async #recover(scenario: Scenario, node: Start): Promise<void> {
    const disk = await this.#tryRecovery(scenario, node);
    // Recoveries that do the same operations meet the same mishaps; the first two of each kind stand for all.
    const shape = `${node.done.most - node.done.least} ${disk.operations.map((each) => each.replace(/\d+/g, '')).join()}`;
    const known = this.#shapes.get(shape) ?? 0;
    this.#shapes.set(shape, known + 1);
    if (known >= 2) return;
    for (let at = 0; at < disk.operations.length; at++) {
      for (const kind of this.#mishaps) {
        await this.#tryRecovery(scenario, node, (_, number) => (number === at ? kind : undefined));
      }
    }
  }

  async #tryRecovery(scenario: Scenario, { begin, done, trail }: Start, mishap?: Mishaps): Promise<RecordedDisk> {
    this.#recoveries += 1;
    let cutShort = '';
    const disk: RecordedDisk = begin({
      mishap: (operation, number) => {
        const found = mishap?.(operation, number);
        if (found !== undefined) cutShort = ` (${found} at ${operation})`;
        return found;
      },
      done: (operation) => this.#cut(scenario, disk, done, [...trail, `recovery: ${operation}${cutShort}`]),
    });
    try {
      const found = await scenario.recover(disk);
      if (found < done.least) throw new Error(`${done.least} steps were acknowledged, ${found} are there`);
      if (found > done.most) throw new Error(`${done.most} steps were begun, ${found} are there`);
      const from = scenario.looksOnly === true ? done : { least: found, most: found };
      this.#cut(scenario, disk, from, [...trail, `recovered${cutShort}`]);
      const key = keyOf(scenario, disk.image);
      if (scenario.use !== undefined && cutShort === '' && !this.#used.has(key)) {
        this.#used.add(key);
        await scenario.use(new RecordedDisk(disk.image), found);
      }
    } catch (error) {
      const message = (error as Error).message;
      if (error instanceof Refusal && cutShort !== '') return disk;
      this.#violations.push(`${message} [power cut at ${trail.join(', then at ')}${cutShort}]`);
    }
    return disk;
  }
}
