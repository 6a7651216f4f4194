/** Damage that no power cut explains: a worn medium, or a hand. The ledger says so, and leaves everything as it is. */
import { FileLedger } from '../../drivers/ledger/file-ledger.ts';
import { batchPath, settings, type TestFact } from '../drivers/ledger/ledger-rig.ts';
import { type Content, type DiskImage, sectorBytes } from './disk-image.ts';
import { type LedgerStep, ledgerImage } from './ledger-scenario.ts';
import { RecordedDisk } from './recorded-disk.ts';
import type { Sabotage } from './sabotage.ts';

const kinds: Readonly<Record<string, (sector: Buffer) => Buffer>> = {
  'a bit of': (sector) => {
    const other = Buffer.from(sector);
    other[200] = (other[200] ?? 0) ^ 1;
    return other;
  },
  'all of': (sector) => Buffer.alloc(sector.length, 0xff),
  'what stood in': (sector) => Buffer.alloc(sector.length),
};

export interface Damaged {
  /** How many kinds and places of damage. */
  readonly damages: number;
  /** Of these, those that the ledger refuses service for. */
  readonly refused: number;
  readonly violations: readonly string[];
}

/**
 * Damages each sector of a batch file in turn, of slots with records and without. The ledger either has every fact, or
 * refuses service and changes nothing. There is one exception: damage in the very last record looks like a write that
 * was cut off; it is told as that (`tornTailCleared`) and shows against the short code on the last slip.
 */
export const exploreDamage = async (
  steps: readonly LedgerStep[],
  sabotage: Sabotage = (disk) => disk,
): Promise<Damaged> => {
  const whole = await ledgerImage(steps);
  const content = whole.get(batchPath(1)) as Content;
  const read = async (image: DiskImage) => {
    const disk = new RecordedDisk(image);
    const ledger = new FileLedger<TestFact>(settings, sabotage(disk));
    const opening = await ledger.open();
    await ledger.close();
    return { opening, operations: disk.operations };
  };
  const before = (await read(whole)).opening;
  if (!before.opened) throw new Error(before.fault.what);
  const violations: string[] = [];
  let damages = 0;
  let refused = 0;
  for (let number = 0; number < content.size / sectorBytes; number++) {
    const slot = Math.floor((number * sectorBytes) / 4096);
    for (const [kind, damage] of Object.entries(kinds)) {
      const sector = damage(content.sector(number));
      if (sector.equals(content.sector(number))) continue;
      damages += 1;
      const image = new Map([...whole, [batchPath(1), content.withSectors(new Map([[number, sector]]))]]);
      const { opening, operations } = await read(image);
      if (!opening.opened) {
        refused += 1;
        if (operations.length > 0)
          violations.push(`${kind} sector ${number}: it was refused, and ${operations[0]} done`);
        continue;
      }
      const isLast = slot === before.facts.length - 1;
      const due = isLast && opening.tail === 'cleared' ? before.facts.slice(0, -1) : before.facts;
      if (JSON.stringify(opening.facts) !== JSON.stringify(due)) {
        violations.push(
          `${kind} sector ${number}: ${before.facts.length} facts were acknowledged, ${opening.facts.length} are there`,
        );
      }
    }
  }
  return { damages, refused, violations };
};
