import { test } from 'tap';
import { kinds } from '../../state-machine/kinds.ts';
import { menus } from '../../state-machine/menu.ts';
import { World } from './world.ts';

test('each menu has three lines, and no key twice', async (t) => {
  for (const [name, lines] of Object.entries(menus)) {
    t.equal(lines.length, 3, name);
    const keys = lines.flat().map(({ key }) => key);
    t.equal(new Set(keys).size, keys.length, name);
  }
});

test('each kind can be begun, and each menu reached', async (t) => {
  const actions = Object.values(menus).flatMap((lines) => lines.flat().map(({ action }) => action));
  const begun = actions.flatMap((action) => (action.do === 'begin' ? [action.kind] : []));
  t.strictSame([...begun].sort(), Object.keys(kinds).sort());
  const opened = actions.flatMap((action) => (action.do === 'open' ? [action.menu] : []));
  // Behind a password: system and maintenance.
  const all = [...new Set(opened), 'main', 'system', 'maintenance'];
  t.strictSame(all.sort(), Object.keys(menus).sort());
});

test('the print menu prints the batch’s list and totals, and a test page, and owes none of them (002-11)', async (t) => {
  for (const [key, report] of [
    ['3', 'detail'],
    ['4', 'totals'],
    ['6', 'test'],
  ] as const) {
    const world = new World().start().signOn();
    const facts = world.facts.length;
    world.keys('menu', '6', key);
    t.match(world.last('print').slip, { slip: 'report', report });
    t.match(world.printed().state.phase, { name: 'notice', notice: { says: 'copyPrinted' } });
    world.keys('enter', 'menu', '6', key).notPrinted().cleared();
    t.match(world.state.phase, { name: 'notice', notice: { says: 'copyNotPrinted', cause: 'paperEnd' } });
    t.equal(world.facts.length, facts, 'nothing of it is recorded');
  }
});

test('M4: a reversal slip that is due is printed before a list', async (t) => {
  const world = new World().upToRequest().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared(false);
  world.reversalAnswered().notPrinted().cleared().keys('enter', 'menu', '6', '3');
  t.match(world.last('print').slip, { slip: 'reversal' });
  t.match(world.printed().state.phase, { name: 'printingReport', report: 'detail' });
  world.printed();
  t.equal(world.phase, 'notice');
});
