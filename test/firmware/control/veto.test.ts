import { test } from 'tap';
import { migrationVetoOf, vetoOf } from '../../../firmware/control/veto.ts';
import { World } from '../../state-machine/world.ts';

test('a terminal that is signed off can be given another build; data of another format only once they are settled', (t) => {
  const world = new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');
  t.equal(vetoOf(world.state), undefined);
  world.keys('menu', '7', '2');
  t.equal(vetoOf(world.state), 'somebody is at the keys');
  world.happen({ type: 'signOffAnswered', effect: world.last('signOff').id, answer: { outcome: 'signedOff' } });
  world.keys('enter');
  t.equal(world.phase, 'signedOff');
  t.equal(vetoOf(world.state), undefined);
  t.match(migrationVetoOf(world.state), /not settled/);
  t.end();
});
