import { test } from 'tap';
import { Vault } from '../../../drivers/vault/vault.ts';
import { VaultError } from '../../../drivers/vault/vault-error.ts';
import { Accounts, type AccountsFault } from '../../../firmware/operators/accounts.ts';
import { type OpenedOperators, Operators } from '../../../firmware/operators/operators.ts';
import { SimDisk } from '../../drivers/storage/sim-disk.ts';
import { HandClock } from '../../support/hand-clock.ts';

const hashing = {
  hash: async (password: string) => `hash of ${password}`,
  check: async (password: string, stored: string) => stored === `hash of ${password}`,
};

const board = async (broken = { is: false }) => {
  const disk = new SimDisk();
  await Vault.provision('/device.key', disk);
  const faults: AccountsFault[] = [];
  let opened = 0;
  const open = (): Promise<OpenedOperators> => {
    opened += 1;
    if (broken.is) return Promise.reject(new VaultError('failed', '/operators.json', 'The disk is away.', 'Mount it.'));
    const settings = { path: '/operators.json', vault: Vault.open('/device.key', disk), tries: 3, lockMinutes: 30 };
    return Operators.open(settings, { operator: '01' }, new HandClock(), hashing, disk);
  };
  const accounts = new Accounts(open, (fault) => faults.push(fault));
  return { accounts, faults, opens: () => opened };
};

test('the file is opened when somebody first asks, once', async (t) => {
  const { accounts, faults, opens } = await board();
  t.equal(opens(), 0, 'no start waits for it');
  t.strictSame(await accounts.ids(), ['00', '01', '02', '03', '04', '05', '99']);
  await accounts.check('01', '0000');
  t.equal(opens(), 1);
  t.match(faults, [{ where: 'operators.json', what: /made anew, each with its first password/ }], 'and is told, once');
});

test('what the accounts answer is what the machine can be told', async (t) => {
  const { accounts } = await board();
  t.strictSame(await accounts.check('01', '0000'), { result: 'mustChange', role: 'clerk' });
  t.strictSame(await accounts.change('01', '0000', '0000'), { result: 'refused', why: 'isInitial' });
  t.strictSame(await accounts.change('01', '0000', '4711'), { result: 'done' });
  t.strictSame(await accounts.check('01', '4711'), { result: 'accepted', role: 'clerk' });
  t.strictSame(await accounts.check('01', '4712'), { result: 'wrong', triesLeft: 2 });
  t.strictSame(await accounts.add('07', '1234', '00'), { result: 'done' });
  t.strictSame(await accounts.add('07', '1234', '00'), { result: 'refused', why: 'exists' });
  t.strictSame(await accounts.remove('07', '00', '01'), { result: 'done' });
  t.strictSame(await accounts.remove('07', '00', '01'), { result: 'unknown' });
});

test('M10: a disk that fails lets nobody in, says so, and is asked again at the next try', async (t) => {
  const broken = { is: true };
  const { accounts, faults, opens } = await board(broken);
  t.strictSame(await accounts.check('01', '0000'), { result: 'notStored' });
  t.strictSame(await accounts.ids(), []);
  t.match(faults[0], { what: 'The disk is away.', remedy: 'Mount it.' });
  broken.is = false;
  t.match(await accounts.check('01', '0000'), { result: 'mustChange' });
  t.equal(opens(), 3);
});
