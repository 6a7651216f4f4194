/** What the crash explorer explores, by name: `scripts/test` and `npm run crash` run the same, at different levels. */
import { fact, facts } from '../drivers/ledger/ledger-rig.ts';
import { exploreDamage } from './damage.ts';
import type { Content } from './disk-image.ts';
import { type Explored, Explorer, type Scenario } from './explorer.ts';
import { jsonFileScenario } from './json-file.ts';
import { type LedgerScenarioOptions, type LedgerStep, ledgerScenario } from './ledger-scenario.ts';
import { type Level, thorough, usual } from './legal-contents.ts';
import { operatorsScenario } from './operators-scenario.ts';
import type { Mishap } from './recorded-disk.ts';
import { renameBeforeSync, type Sabotage, truncatesDamage, withoutDirectorySync, withoutSync } from './sabotage.ts';
import { TerminalExplorer, type TerminalScript } from './terminal-explorer.ts';
import { twoRecords } from './two-records.ts';
import { keyScenario, provisioningScenario } from './vault-scenario.ts';

export interface Extent {
  readonly level: Level;
  /** How many power cuts one after another the terminal lives through. */
  readonly depth: number;
  readonly mishaps: readonly Mishap[];
}

export const usualExtent: Extent = { level: usual, depth: 2, mishaps: ['ENOSPC', 'EIO'] };
export const thoroughExtent: Extent = {
  level: thorough,
  depth: 4,
  mishaps: ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'short'],
};

export interface Exploration {
  /** What holds, as a sentence. */
  readonly name: string;
  readonly run: (extent: Extent) => Promise<Explored>;
}

const appends = (from: number, to: number): LedgerStep[] =>
  facts(from, to).map((each) => ({ do: 'append', fact: each }));
const provision: LedgerStep = { do: 'provision' };
const rest: LedgerStep = { do: 'rest' };
const rotation: LedgerStep = { do: 'rotate', facts: [{ type: 'batch' }, fact(90), fact(91)] };

/** By name: what was done long ago, and the steps. */
type LedgerScript = readonly [before: readonly LedgerStep[], steps: readonly LedgerStep[]];
const ledgerScripts: Readonly<Record<'provisioning' | 'appends' | 'growth' | 'rotation' | 'rests', LedgerScript>> = {
  provisioning: [[], [provision]],
  appends: [[provision, ...appends(1, 3)], appends(4, 6)],
  /** 48 of 64 slots are used after the first of them. */
  growth: [[provision, ...appends(1, 46)], appends(47, 48)],
  rotation: [
    [provision, ...appends(1, 3)],
    [...appends(4, 4), rotation, ...appends(5, 5)],
  ],
  rests: [
    [provision, rest, ...appends(1, 1)],
    [rest, ...appends(2, 2), rest, rotation, rest],
  ],
};

const ledger = (name: keyof typeof ledgerScripts, options?: LedgerScenarioOptions): Promise<Scenario> =>
  ledgerScenario(name, ...ledgerScripts[name], options);

const withMishaps = async (scenario: Scenario, { level, mishaps }: Extent): Promise<Explored> => {
  const explorer = new Explorer(level);
  await explorer.exploreWithMishaps(scenario, mishaps);
  return explorer.explored;
};

const plainly = async (scenario: Scenario, level: Level): Promise<Explored> => {
  const explorer = new Explorer(level);
  await explorer.explore(scenario);
  return explorer.explored;
};

/** Every byte of every file counts, but for the copies of torn slots: the images that are held for alike are not. */
const literally = ({ name, start, run, recover, use }: Scenario): Scenario => ({
  name,
  start,
  run,
  recover,
  ...(use !== undefined && { use }),
  essence: (path: string, content: Content) => (/\.torn-\d+$/.test(path) ? undefined : content.key),
});

const damage = async (sabotage?: Sabotage): Promise<Explored> => {
  const { damages, violations } = await exploreDamage([provision, ...appends(1, 5)], sabotage);
  return { cuts: 0, images: damages, recoveries: damages, deepest: 0, violations };
};

/** Which bytes of a slot arrive is explored with the ledger; here it is what the terminal makes of a slot that is there. */
const terminal = async (
  script: TerminalScript,
  { depth, mishaps }: Pick<Extent, 'depth' | 'mishaps'>,
  sabotage?: Sabotage,
): Promise<Explored> => {
  const explorer = new TerminalExplorer(usual, depth, sabotage);
  await explorer.exploreWithMishaps(script, mishaps);
  return explorer.explored;
};

const sale: TerminalScript = { name: 'a sale and its settlement', todo: ['sell', 'settle'] };

/** What must hold. */
export const explorations: readonly Exploration[] = [
  {
    name: 'M8: a ledger is made whole or not at all, and it may be done again',
    run: async (extent) => withMishaps(await ledger('provisioning'), extent),
  },
  {
    name: 'M8: what was appended is there, in order, and at most the one under way besides',
    run: async (extent) => withMishaps(await ledger('appends'), extent),
  },
  {
    name: 'M8: so it is while the file grows',
    run: async (extent) => withMishaps(await ledger('growth'), extent),
  },
  {
    name: 'M8: a batch begins with all of its first facts or none',
    run: async (extent) => withMishaps(await ledger('rotation'), extent),
  },
  {
    name: 'M8: so it is while the anchor is noted, which is never ahead of the ledger',
    run: async (extent) => withMishaps(await ledger('rests'), extent),
  },
  {
    name: 'M8: a mirror and its ledger become the same again',
    run: async (extent) => withMishaps(await ledger('rests', { isMirrored: true }), extent),
  },
  {
    name: 'M8: so it is with no two images held for alike',
    run: async () => plainly(literally(await ledger('rotation')), usual),
  },
  {
    name: 'M8: damage that no power cut explains is refused, and nothing is changed',
    run: () => damage(),
  },
  {
    name: 'a device key and a sealed master key are whole or absent, the old one or the new',
    run: (extent) => withMishaps(keyScenario(), extent),
  },
  {
    name: 'a try at a password that was answered is counted, and a change of one is whole',
    run: (extent) => withMishaps(operatorsScenario(), extent),
  },
  {
    name: 'M10: a terminal is provisioned, or becomes so when it is done again',
    run: (extent) => withMishaps(provisioningScenario(), extent),
  },
  {
    name: 'M1–M8: a sale up to captured, both copies, and a settlement with its rotation',
    run: (extent) => terminal(sale, extent),
  },
  {
    name: 'M2, M4, M5: paper that ends in the merchant copy, and a reversal whose answer is lost',
    run: (extent) =>
      terminal(
        { name: 'no paper', todo: ['sell', 'settle'], luck: { paperEnd: 'merchant', reversalLost: true } },
        extent,
      ),
  },
  {
    name: 'M2, M5: a sale whose answer is lost',
    run: (extent) => terminal({ name: 'no answer', todo: ['sell', 'sell'], luck: { answer: 'lost' } }, extent),
  },
  {
    name: 'M7: a settlement that is uploaded, and a slip that is owed carried into the next batch',
    run: (extent) =>
      terminal(
        { name: 'carried over', todo: ['sell', 'settle'], luck: { paperEnd: 'cardholder', unbalanced: true } },
        extent,
      ),
  },
];

export interface Control {
  /** What is broken on purpose. */
  readonly name: string;
  readonly run: () => Promise<Explored>;
  /** What the explorer must complain of. */
  readonly complaint: RegExp;
}

const once = { depth: 1, mishaps: [] };

/** What must not hold: an explorer that finds nothing here would find nothing anywhere. */
export const controls: readonly Control[] = [
  {
    name: 'appends without the sync',
    run: async () => plainly(await ledger('appends', { sabotage: withoutSync }), usual),
    complaint: /were acknowledged, \d are there/,
  },
  {
    name: 'a rotation without the directory sync',
    run: async () => plainly(await ledger('rotation', { sabotage: withoutDirectorySync }), usual),
    complaint: /were acknowledged, \d are there/,
  },
  {
    name: 'a new batch file that is renamed before it is synced',
    run: async () => plainly(await ledger('rotation', { sabotage: renameBeforeSync }), usual),
    complaint: /service is refused|none that there ever were/,
  },
  {
    name: 'a ledger that truncates at the first damage',
    run: () => damage(truncatesDamage),
    complaint: /facts were acknowledged/,
  },
  {
    name: "lowdb's own JSONFile, as it is shipped",
    run: () => plainly(jsonFileScenario(facts(1, 3)), usual),
    complaint: /JSON|were acknowledged/,
  },
  {
    name: 'two records: the reversal is cleared before the journal is written',
    run: () => plainly(twoRecords('clear, then write'), usual),
    complaint: /1 steps were acknowledged, 0 are there/,
  },
  {
    name: 'two records: the reversal is cleared after the journal was written',
    run: () => plainly(twoRecords('write, then clear'), usual),
    complaint: /in the journal and would be reversed/,
  },
  {
    name: 'a key file that is renamed before it is synced',
    run: () => plainly(keyScenario(renameBeforeSync), usual),
    complaint: /this file has \d+ bytes/,
  },
  {
    name: 'a key file without the directory sync',
    run: () => plainly(keyScenario(withoutDirectorySync), usual),
    complaint: /were acknowledged, \d are there/,
  },
  {
    name: "operators' accounts that are renamed before they are synced",
    run: () => plainly(operatorsScenario(renameBeforeSync), usual),
    complaint: /were acknowledged, \d are there|damaged or altered/,
  },
  {
    name: "operators' accounts without the directory sync",
    run: () => plainly(operatorsScenario(withoutDirectorySync), usual),
    complaint: /were acknowledged, \d are there/,
  },
  {
    name: 'a terminal whose ledger is not synced',
    run: () => terminal(sale, once, withoutSync),
    complaint: /M8: \w+, fact \d+, was told to be on the disk and is not/,
  },
  {
    name: 'a terminal whose new batch file is renamed before it is synced',
    run: () => terminal(sale, once, renameBeforeSync),
    complaint: /M8: service is refused/,
  },
];
