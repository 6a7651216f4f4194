/** The exhaustive check in its smaller scopes; `npm run model` walks all of them. */
import { test } from 'tap';
import { realMachine } from './machine.ts';
import { rowsThatAct } from './rows.ts';
import { controls, scopes } from './scopes.ts';
import { search } from './search.ts';
import { storyOf } from './story.ts';

const rows = new Set<string>();

for (const { name, budget } of scopes.filter(({ isSmall }) => isSmall === true)) {
  test(`M1–M7 and M10 hold in every state that can be reached: ${name}`, async (t) => {
    const { broken, rows: its, ...counts } = search({ budget, machine: realMachine });
    for (const row of its) rows.add(row);
    t.comment(JSON.stringify(counts));
    t.equal(broken === undefined ? '' : storyOf(broken).join('\n'), '');
    t.equal(counts.cutShort, false, 'all of them');
    t.ok(counts.states > 5000, `${counts.states} states`);
  });
}

test('every row of the table by which something happens was walked, but for what these scopes never come to', async (t) => {
  const phases = new Set([...rowsThatAct].filter((row) => !rows.has(row)).map((row) => row.split(' × ')[0]));
  // Walked by `npm run model`: what is typed from a slip, a twin, what a supervisor closes by hand.
  t.strictSame(phases, new Set(['lateRefund', 'reference', 'date', 'twin', 'closingDoubt', 'doubt']));
});

for (const { name, machine, budget, rule } of controls) {
  test(`a broken machine is found broken, by the shortest story: ${name}`, async (t) => {
    const { broken } = search({ budget, machine });
    t.match(broken?.rule, rule);
    const story = broken === undefined ? [] : storyOf(broken);
    t.match(story[0], /^ {2}1 {2}the terminal is switched on$/);
    t.ok(story.length > 10 && story.length < 120, `${story.length} lines`);
  });
}
