/** `npm run model`: the exhaustive check of the machine in a small world, with its negative controls. */
import { realMachine } from '../test/model/machine.ts';
import { rowsThatAct } from '../test/model/rows.ts';
import { controls, scopes } from '../test/model/scopes.ts';
import { search } from '../test/model/search.ts';
import { storyOf } from '../test/model/story.ts';
import { count, longRun } from './long-run.ts';

await longRun({
  name: 'model',
  help: `Walks through everything that can happen in a small world: the real state machine beside an acquirer, a printer,
a clerk, a disk that fails and a power supply that goes between any two steps. In every state the rules of money must
hold, and from every state a way must lead to rest (docs/proof.md). Then the same with machines that are broken on
purpose, in which it must find a fault. A broken rule is told as the shortest story that leads to it.

  npm run model                    all scopes and controls, in some minutes
  npm run model -- --small         only what scripts/test walks
  npm run model -- --stories       tells the story of each control too
  npm run model -- --json          one JSON object
  npm run model -- --help

Exit code 0 when all holds and every control fails; 1 otherwise.
`,
  flags: ['small', 'stories'],
  run: (options, progress) => {
    const chosen = scopes.filter(({ isSmall }) => isSmall === true || !options.flag('small'));
    const rows = new Set<string>();
    const lines: string[] = [];
    const walked = chosen.map(({ name, budget }, index) => {
      const {
        rows: its,
        broken,
        ...counts
      } = search({
        budget,
        machine: realMachine,
        progress: (states, waiting) =>
          progress(
            `${index + 1} of ${chosen.length}: ${name}: ${count(states)} states, ${count(waiting)} to go on from`,
          ),
      });
      for (const row of its) rows.add(row);
      const { states, transitions, deepest, seconds } = counts;
      lines.push(
        `${broken === undefined ? 'holds ' : 'BROKEN'} ${name}`,
        `       ${count(states)} states, ${count(transitions)} transitions, up to ${deepest} moves deep; ${seconds.toFixed(1)} s`,
        ...(broken === undefined ? [] : storyOf(broken)),
      );
      return {
        name,
        holds: broken === undefined,
        ...counts,
        ...(broken && { rule: broken.rule, story: storyOf(broken) }),
      };
    });
    const found = controls.map(({ name, machine, budget, rule }) => {
      progress(`control: ${name}`);
      const { broken } = search({ budget, machine });
      const isFound = broken !== undefined && rule.test(broken.rule);
      lines.push(`${isFound ? 'found ' : 'UNSEEN'} control: ${name}: ${broken?.rule ?? 'nothing is broken'}`);
      if (broken !== undefined && options.flag('stories')) lines.push(...storyOf(broken));
      return { name, found: isFound, rule: broken?.rule };
    });
    const acting = [...rowsThatAct];
    const walkedRows = acting.filter((row) => rows.has(row)).length;
    const sum = (of: 'states' | 'transitions' | 'seconds'): number => walked.reduce((all, each) => all + each[of], 0);
    const perSecond = Math.round(sum('states') / sum('seconds'));
    return Promise.resolve({
      holds:
        walked.every(({ holds }) => holds) &&
        found.every((each) => each.found) &&
        (options.flag('small') || walkedRows === acting.length),
      json: {
        scopes: walked,
        controls: found,
        rows: { acting: acting.length, walked: walkedRows },
        statesPerSecond: perSecond,
      },
      lines,
      summary: `${count(sum('states'))} states, ${count(sum('transitions'))} transitions, ${count(perSecond)} states a second; ${walkedRows} of ${acting.length} rows of the table walked; ${found.filter((each) => each.found).length} of ${controls.length} controls found broken`,
    });
  },
});
