import { test } from 'tap';
import type { Status } from '../../../firmware/control/monitor.ts';
import { examine } from '../../../firmware/terminalctl/checks.ts';
import type { Key } from '../../../hal/keypad.ts';
import { World } from '../../state-machine/world.ts';

/** Of a terminal at rest, as far as the checks look at it. */
const atRest = {
  pid: process.pid,
  healthy: true,
  phase: 'idle',
  signedOn: true,
  training: false,
  printer: { ready: true, paperNearEnd: false },
  slipsDue: { copies: 0, reversals: 0 },
  devices: [],
} as unknown as Status;

test('the keys that doctor names end training (003-25)', async (t) => {
  const trading = examine({
    status: { ...atRest, training: true },
    configuration: { errors: ['not looked at'] },
    configurationPath: '/etc/slipsafe/terminal.json',
  }).find(({ check }) => check === 'trading');
  t.equal(trading?.good, false);
  const keys = /MENU ([\d ]+)\.$/.exec(trading?.remedy ?? '')?.[1]?.split(' ') as Key[];
  const world = new World()
    .start()
    .signOn()
    .keys('menu', ...keys);
  t.match(world.state.phase, { name: 'password', override: { purpose: 'training' } });
});
