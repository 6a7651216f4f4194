import { LedgerAnchor } from '../../drivers/ledger/anchor.ts';
import { blockSlots } from '../../drivers/ledger/batch-reading.ts';
import { FileLedger } from '../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { readSlot } from '../../drivers/ledger/slot.ts';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import type { LedgerAppend } from '../../hal/ledger.ts';
import { first, settings as plainSettings, type TestFact } from '../drivers/ledger/ledger-rig.ts';
import {
  type Content,
  type DiskImage,
  emptyImage,
  type Page,
  pageBytes,
  pageOf,
  sectorBytes,
  zeroPage,
} from './disk-image.ts';
import { Refusal, type Scenario } from './explorer.ts';
import { RecordedDisk } from './recorded-disk.ts';
import type { Sabotage } from './sabotage.ts';

const settings = { ...plainSettings, anchor: '/ledger.anchor' };
const mirrored = { ...settings, mirror: '/mirror' };
type Settings = typeof settings | typeof mirrored;

/** `append`, `rotate` and `rest` as the ledger has them; `provision` makes it. */
export type LedgerStep =
  | { readonly do: 'provision' }
  | { readonly do: 'rest' }
  | { readonly do: 'append'; readonly fact: TestFact }
  | { readonly do: 'rotate'; readonly facts: readonly [TestFact, ...TestFact[]] };

/** What the ledger is after so many steps. */
interface Expected {
  /** The facts of each batch, the current one last. */
  readonly batches: readonly (readonly TestFact[])[];
  readonly tailCode: string;
}

const nothing: Expected = { batches: [], tailCode: '' };

const batchesIn = (directory: string, disk: FileSystem): readonly (readonly TestFact[])[] =>
  [...new LedgerStore<TestFact>({ ...settings, directory }, disk).verify()].map(({ path, facts, verdict }) => {
    if (!verdict.intact) throw new Error(`it opened, and ${path} is ${verdict.flaw}: ${verdict.what}`);
    return facts;
  });

/** Opens the ledger and tells what it is; undefined when there is none. */
const look = async (disk: FileSystem, settings: Settings): Promise<Expected> => {
  const ledger = new FileLedger<TestFact>(settings, disk);
  const opening = await ledger.open();
  if (!opening.opened) {
    if (opening.fault.code === 'missing') return nothing;
    throw new Refusal(`service is refused: ${opening.fault.what}`);
  }
  const tailCode = ledger.tailCode();
  await ledger.close();
  const batches = batchesIn(settings.directory, disk);
  if (JSON.stringify(batches.at(-1)) !== JSON.stringify(opening.facts)) {
    throw new Error('what was opened is not what is in the file');
  }
  const doesWithout = opening.notes.some(({ what }) => what.includes('goes on without it'));
  if (
    'mirror' in settings &&
    !doesWithout &&
    JSON.stringify(batchesIn(settings.mirror, disk)) !== JSON.stringify(batches)
  ) {
    throw new Error('it opened, and its mirror is not what it is');
  }
  return { batches, tailCode };
};

const stepper = (disk: FileSystem, settings: Settings) => {
  let ledger: FileLedger<TestFact> | undefined;
  const take = async (step: LedgerStep): Promise<LedgerAppend> => {
    if (step.do === 'provision') return new LedgerStore<TestFact>(settings, disk).provision(first);
    if (ledger === undefined) {
      ledger = new FileLedger<TestFact>(settings, disk);
      const opening = await ledger.open();
      if (!opening.opened) return { result: 'failed', fault: opening.fault };
    }
    if (step.do === 'append') return ledger.append(step.fact);
    if (step.do === 'rotate') return ledger.rotate(step.facts);
    const fault = await ledger.rest();
    return fault === undefined ? { result: 'stored' } : { result: 'failed', fault };
  };
  return { take, close: async () => ledger?.close() };
};

const stored = async (outcome: Promise<LedgerAppend>): Promise<void> => {
  const result = await outcome;
  if (result.result !== 'stored') throw new Error(`a write was ${result.result}: ${result.fault.what}`);
};

/** The disk after some steps, everything synced. */
export const ledgerImage = async (steps: readonly LedgerStep[], place: Settings = settings): Promise<DiskImage> => {
  const disk = new RecordedDisk();
  const { take, close } = stepper(disk, place);
  for (const step of steps) await stored(take(step));
  await close();
  return disk.image;
};

/** What each of the two sectors of an anchor says; of one that its MAC doesn't prove nothing is believed. */
const anchorStates = (key: Uint8Array, content: Content): string =>
  [0, 1]
    .map((other) => {
      const alone = content.withSectors(new Map([[other, Buffer.alloc(sectorBytes)]]));
      const disk = new RecordedDisk(new Map([...emptyImage, ['/anchor', alone]]));
      const place = LedgerAnchor.peek('/anchor', key, disk);
      return place === undefined ? 'nothing' : Buffer.from(place.mac).toString('hex');
    })
    .join();

const states = new WeakMap<Page, string>();

/** `torn`, or what tells its content from others. */
const stateOf = (page: Page, key: Uint8Array): string => {
  const known = states.get(page) ?? (readSlot(page.bytes, key).state === 'torn' ? 'torn' : `${page.id}`);
  states.set(page, known);
  return known;
};

/**
 * What recovery reads of a ledger's files. Of a slot that doesn't fit its CRC nothing is believed, so that one is as
 * good as another; a file that was being made is removed unread; copies of torn slots are looked at by people only.
 */
export const ledgerEssence = (key: Uint8Array) => {
  const batchEssence = remembered(
    ({ size, pages }) =>
      `${size}:${pages.flatMap((page, slot) => (page === zeroPage ? [] : [`${slot}.${stateOf(page, key)}`])).join(' ')}`,
  );
  const anchorEssence = remembered((content) => anchorStates(key, content));
  return (path: string, content: Content): string | undefined => {
    if (/\.(torn|replaced)-\d+$/.test(path)) return undefined;
    if (path.endsWith('.new')) return '';
    return path.endsWith('.anchor') ? anchorEssence(content) : batchEssence(content);
  };
};

/** Worked out once of each content: a content never changes. */
const remembered = <Result>(work: (content: Content) => Result): ((content: Content) => Result) => {
  const known = new WeakMap<Content, Result>();
  return (content) => {
    const result = known.get(content) ?? work(content);
    known.set(content, result);
    return result;
  };
};

const tornPage = pageOf(Buffer.alloc(pageBytes, 0xa5));

/**
 * Of the slots behind the last record recovery asks which is the first torn one, which the last, and whether there is
 * another; it clears all from the first to the last. So the image in which all these are torn stands for those in which
 * some of them are empty: it is legal, as they were all being written, and what a cut may leave of clearing them is all
 * that it may leave of the others.
 */
export const worstTail = (key: Uint8Array) => {
  const worst = remembered((content): Content => {
    const used = content.pages.findLastIndex((page) => page !== zeroPage && stateOf(page, key) !== 'torn') + 1;
    const lastBlock = content.pages.length - 1 - ((content.pages.length - 1) % blockSlots);
    const torn = content.pages.flatMap((page, slot) => (slot >= used && page !== zeroPage ? [slot] : []));
    // What of a block that was being added is torn is explained apart from an append that was under way.
    const growing = used <= lastBlock ? torn.filter((slot) => slot >= lastBlock) : torn;
    const [first, last] = [growing[0], growing.at(-1)];
    if (first === undefined || last === undefined) return content;
    return content.withPages(
      first,
      Array.from({ length: last - first + 1 }, () => tornPage),
    );
  });
  return (path: string, content: Content): Content => (path.endsWith('.anchor') ? content : worst(content));
};

const sameAs = ({ batches, tailCode }: Expected, other: Expected): boolean =>
  tailCode === other.tailCode && JSON.stringify(batches) === JSON.stringify(other.batches);

export interface LedgerScenarioOptions {
  readonly sabotage?: Sabotage;
  readonly isMirrored?: boolean;
}

/** A rest changes nothing of what the ledger says. */
const writes = (step: LedgerStep): boolean => step.do !== 'rest';
const writesIn = (steps: readonly LedgerStep[]): number => steps.filter(writes).length;

const probe: TestFact = { type: 'probe' };

/**
 * Steps of the ledger. After recovery: the facts of every acknowledged step are there, in order, and nothing else but
 * those of one step that was under way; the tail has the code that it had; every batch is intact; and the ledger takes
 * another fact, which is there after one more power cut.
 *
 * @param before steps that were done and synced long ago
 */
export const ledgerScenario = async (
  name: string,
  before: readonly LedgerStep[],
  steps: readonly LedgerStep[],
  { sabotage = (disk) => disk, isMirrored = false }: LedgerScenarioOptions = {},
): Promise<Scenario> => {
  const place = isMirrored ? mirrored : settings;
  const start = before.length === 0 ? emptyImage : await ledgerImage(before, place);
  const expected: Expected[] = [];
  for (let count = 0; count <= writesIn(steps); count++) {
    const all = [...before, ...steps.filter(writes).slice(0, count)];
    expected.push(all.length === 0 ? nothing : await look(new RecordedDisk(await ledgerImage(all, place)), place));
  }
  const find = (found: Expected): number => {
    const count = expected.findIndex((each) => sameAs(each, found));
    if (count >= 0) return count;
    throw new Error(`the facts are none that there ever were: ${JSON.stringify(found)}`);
  };
  return {
    name,
    start,
    essence: ledgerEssence(settings.ledgerKey),
    ...(!isMirrored && { worst: worstTail(settings.ledgerKey) }),
    run: async (disk, tell) => {
      const { take, close } = stepper(sabotage(disk), place);
      let refusals = 0;
      for (let count = 0; count < steps.length && refusals < 3; ) {
        const least = writesIn(steps.slice(0, count));
        tell({ least, most: writesIn(steps.slice(0, count + 1)) });
        const { result } = await take(steps[count] as LedgerStep);
        if (result === 'failed') break;
        if (result === 'stored') count += 1;
        else refusals += 1; // nothing of it may be there now; it is tried again
        const done = writesIn(steps.slice(0, count));
        tell({ least: done, most: done });
      }
      await close().catch(() => undefined); // a growth that failed is told here once more
    },
    recover: async (disk) => find(await look(sabotage(disk), place)),
    use: async (disk, found) => {
      const { take, close } = stepper(sabotage(disk), place);
      if (expected[found] === nothing) await stored(take({ do: 'provision' }));
      const last = (await look(new RecordedDisk(disk.image), place)).batches.at(-1) ?? [];
      await stored(take({ do: 'append', fact: probe }));
      for (const [how, image] of [
        ['a kill', disk.image],
        ['a power cut', disk.durableImage],
      ] as const) {
        const { batches } = await look(new RecordedDisk(image), place);
        if (JSON.stringify(batches.at(-1)) !== JSON.stringify([...last, probe])) {
          throw new Error(`what was written after recovery is not there after ${how}`);
        }
      }
      await close();
    },
  };
};
