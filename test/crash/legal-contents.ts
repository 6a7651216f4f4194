import { Dice } from '../state-machine/dice.ts';
import { type Content, pageBytes, sectorBytes } from './disk-image.ts';

/** How much is enumerated before a family stands for the rest. */
export interface Level {
  /** Up to so many choices, all are made: 2 ** 8 is a slot of 4096 bytes, each sector kept or lost. */
  readonly choices: number;
  /** Up to so many sectors, each is old, new or trash in every combination; above, see `trashed`. */
  readonly trashedSectors: number;
  /**
   * Of many sectors these are treated each alone: the first and the last, and the two at each multiple of this, which
   * is a multiple of a slot's. They stand where they stand in the file, so that cuts after cuts meet the same ones.
   */
  readonly grid: number;
  /** Choices from a seed beside those of the family. */
  readonly random: number;
}

/** What `scripts/test` runs. */
export const usual: Level = { choices: 2 ** 8, trashedSectors: 0, grid: 128, random: 2 };
/** What `npm run crash -- --thorough` runs. */
export const thorough: Level = { choices: 2 ** 12, trashedSectors: 8, grid: 32, random: 16 };

/** A file of which something isn't synced. */
export interface Unsynced {
  readonly durable: Content;
  readonly live: Content;
  /** The contents that a sector may have by the writes since the last sync: first the durable one, last the live one. */
  readonly versions: ReadonlyMap<number, readonly Buffer[]>;
  /** The sectors that were written, also with what stood there: a power cut in a sector leaves anything in it. */
  readonly written: readonly number[];
}

type Sectors = ReadonlyMap<number, Buffer>;

/** What stands in a sector in which the write was cut off: bytes of nothing. */
const trash = Buffer.from(Array.from({ length: sectorBytes }, (_, n) => (n * 167 + 41) & 0xff));

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** So many sectors are treated each alone without a grid. */
const few = 16;

/** The places in a list of sectors that stand for all of it. */
const places = (sectors: readonly number[], { grid }: Level): readonly number[] =>
  range(sectors.length).filter((index) => {
    if (sectors.length <= few || index === 0 || index === sectors.length - 1) return true;
    const onGrid = (sectors[index] ?? 0) % grid;
    return onGrid === 0 || onGrid === grid - 1;
  });

/**
 * Each sector in one of its versions: all combinations where there are few enough, else the family: none and all; each
 * alone kept, each alone lost; all up to each, all from each; every other; and some from a seed.
 */
export function* versions({ versions: all }: Unsynced, level: Level): Generator<Sectors> {
  const sectors = [...all].filter(([, of]) => of.length > 1);
  const combinations = sectors.reduce((product, [, of]) => product * of.length, 1);
  const pick = (which: (index: number, of: readonly Buffer[]) => Buffer | undefined): Sectors =>
    new Map(sectors.map(([sector, of], index) => [sector, which(index, of) ?? trash]));
  if (combinations <= level.choices) {
    for (let choice = 0; choice < combinations; choice++) {
      let rest = choice;
      yield pick((_, of) => {
        const chosen = of[rest % of.length];
        rest = Math.floor(rest / of.length);
        return chosen;
      });
    }
    return;
  }
  const dice = new Dice(sectors.length);
  const keep = (kept: (index: number) => boolean): Sectors => pick((index, of) => (kept(index) ? of.at(-1) : of[0]));
  yield keep(() => true);
  yield keep(() => false);
  for (const parity of [0, 1]) yield keep((index) => index % 2 === parity);
  const alone = places(
    sectors.map(([sector]) => sector),
    level,
  );
  for (const n of alone) {
    yield keep((index) => index === n);
    yield keep((index) => index !== n);
    yield keep((index) => index < n);
    yield keep((index) => index >= n);
  }
  for (let n = 0; n < level.random; n++) yield pick((_, of) => of[dice.below(of.length)]);
}

/**
 * With sectors that are trash: one, with the others kept, or lost, or, as a disk writes in order, kept before and lost
 * behind it; all, every other, all up to and from each; some from a seed. Of few sectors, every combination.
 */
export function* trashed({ live, durable, written }: Unsynced, level: Level): Generator<Sectors> {
  const build = (which: (index: number) => 'old' | 'new' | 'trash'): Sectors =>
    new Map(
      written.map((sector, index) => {
        const what = which(index);
        return [sector, what === 'trash' ? trash : (what === 'new' ? live : durable).sector(sector)];
      }),
    );
  const ways = ['old', 'new', 'trash'] as const;
  if (written.length <= level.trashedSectors) {
    for (let choice = 0; choice < 3 ** written.length; choice++) {
      yield build((index) => ways[Math.floor(choice / 3 ** index) % 3] ?? 'old');
    }
    return;
  }
  yield build(() => 'trash');
  for (const parity of [0, 1]) {
    for (const other of ['old', 'new'] as const) yield build((index) => (index % 2 === parity ? 'trash' : other));
  }
  for (const n of places(written, level)) {
    yield build((index) => (index === n ? 'trash' : 'new'));
    yield build((index) => (index === n ? 'trash' : 'old'));
    yield build((index) => (index === n ? 'trash' : index < n ? 'new' : 'old'));
    yield build((index) => (index < n ? 'trash' : 'new'));
    yield build((index) => (index < n ? 'trash' : 'old'));
  }
  const dice = new Dice(written.length);
  for (let n = 0; n < level.random; n++) yield build(() => dice.one(ways));
}

/**
 * How long the file may be: as before, as now, or anything between, on the grid and a little past it, as a system
 * enlarges a file bit by bit as it writes it out; of a few bytes, each length.
 */
const sizes = ({ durable, live }: Unsynced, { grid }: Level): readonly number[] => {
  const [from, to] = [durable.size, live.size];
  if (to - from <= sectorBytes) return range(to - from + 1).map((n) => from + n);
  const step = to - from <= few * sectorBytes ? sectorBytes : Math.max(pageBytes, grid * sectorBytes);
  const between = range(Math.ceil(to / step))
    .flatMap((n) => [0, 1, sectorBytes, pageBytes - 1, pageBytes].map((more) => n * step + more))
    .filter((size) => size > from && size < to);
  return [...new Set([from, ...between, to - 1, to])];
};

/** Every content that the file may have after a power cut, or the family that stands for them. Each comes once. */
export function* legalContents(unsynced: Unsynced, level: Level): Generator<Content> {
  const { durable, live } = unsynced;
  const seen = new Set<string>();
  const fresh = function* (sectors: Sectors, size: number): Generator<Content> {
    const content = durable.resized(live.size).withSectors(sectors).resized(size);
    if (seen.has(content.key)) return;
    seen.add(content.key);
    yield content;
  };
  const [longest, ...shorter] = sizes(unsynced, level).toReversed();
  const arrived = [...versions(unsynced, level)];
  const damaged = [...trashed(unsynced, level)];
  for (const sectors of [...arrived, ...damaged]) yield* fresh(sectors, longest ?? live.size);
  // A shorter file: with all that arrived where there is little, else with the two ends of it and the worst.
  const manageable = arrived.length * shorter.length <= level.choices;
  const chosen = manageable
    ? arrived
    : [arrived[0], arrived[1], arrived.at(-1), damaged[0]].filter((each) => each !== undefined);
  for (const size of shorter) for (const sectors of chosen) yield* fresh(sectors, size);
}
