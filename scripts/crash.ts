/** `npm run crash`: the crash explorer over ledger, keys and terminal, with its negative controls. */
import { controls, explorations, thoroughExtent, usualExtent } from '../test/crash/catalog.ts';
import { forgetPages } from '../test/crash/disk-image.ts';
import { count, longRun } from './long-run.ts';

interface Outcome {
  readonly name: string;
  readonly holds: boolean;
  readonly cuts: number;
  readonly images: number;
  readonly recoveries: number;
  readonly deepest: number;
  readonly seconds: number;
  readonly violations: readonly string[];
}

await longRun({
  name: 'crash',
  help: `Cuts the power at every file operation of the ledger, the keys and the whole terminal, with every image that may be
left of the disk, recovers, cuts the power in the recovery too, and looks whether anything is lost (docs/proof.md).
Then the same over stores that are broken on purpose, in which it must find a fault.

  npm run crash                    as scripts/test does, in about half a minute
  npm run crash -- --thorough      more images, more kinds of disk faults, four power cuts in a row; some minutes
  npm run crash -- --json          one JSON object
  npm run crash -- --help

Exit code 0 when all holds and every control fails; 1 otherwise: it is said what, with the way there.
`,
  flags: ['thorough'],
  run: async (options, progress) => {
    const thorough = options.flag('thorough');
    const outcomes: Outcome[] = [];
    const lines: string[] = [];
    for (const [index, { name, run }] of explorations.entries()) {
      progress(`${index + 1} of ${explorations.length}: ${name}`);
      const began = performance.now();
      const explored = await run(thorough ? thoroughExtent : usualExtent);
      forgetPages();
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      const holds = explored.violations.length === 0;
      outcomes.push({ name, holds, ...explored, seconds });
      const { cuts, images, recoveries, deepest } = explored;
      lines.push(
        `${holds ? 'holds ' : 'BROKEN'} ${name}`,
        `       ${count(cuts)} cuts, up to ${deepest} in a row; ${count(images)} images, ${count(recoveries)} recoveries; ${seconds} s`,
        ...explored.violations.map((what) => `       ! ${what}`),
      );
    }
    const unseen: string[] = [];
    for (const { name, run, complaint } of controls) {
      progress(`control: ${name}`);
      const { violations } = await run();
      const found = complaint.test(violations.join('\n'));
      if (!found) unseen.push(name);
      lines.push(`${found ? 'found ' : 'UNSEEN'} control: ${name}`);
    }
    const sum = (of: 'cuts' | 'images' | 'recoveries'): number => outcomes.reduce((all, each) => all + each[of], 0);
    return {
      holds: unseen.length === 0 && outcomes.every(({ holds }) => holds),
      json: {
        thorough,
        explorations: outcomes,
        controls: controls.map(({ name }) => ({ name, found: !unseen.includes(name) })),
      },
      lines,
      summary: `${count(sum('cuts'))} power cuts, ${count(sum('images'))} images, ${count(sum('recoveries'))} recoveries; ${controls.length - unseen.length} of ${controls.length} controls found broken`,
    };
  },
});
