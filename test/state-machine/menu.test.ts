import { test } from 'tap';
import { kinds } from '../../state-machine/kinds.ts';
import { menus } from '../../state-machine/menu.ts';

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
  t.strictSame([...new Set(opened), 'main'].sort(), Object.keys(menus).sort());
});
