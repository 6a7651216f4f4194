import { test } from 'tap';
import type { FileSystem } from '../../../drivers/storage/file-system.ts';
import { Vault } from '../../../drivers/vault/vault.ts';
import { Operators, type PasswordHashing, type Seed } from '../../../firmware/operators/operators.ts';
import { checkPassword, hashPassword } from '../../../firmware/password.ts';
import { FaultyFileSystem, PowerCut } from '../../drivers/storage/faulty-file-system.ts';
import { SimDisk } from '../../drivers/storage/sim-disk.ts';
import { HandClock } from '../../support/hand-clock.ts';

const path = '/operators.json';
const minute = 60_000;
/** Quick, and it tells what was compared. */
const plain = (compared: string[] = []): PasswordHashing => ({
  hash: async (password) => `hash of ${password}`,
  check: async (password, stored) => {
    compared.push(password);
    return stored === `hash of ${password}`;
  },
});

const board = async () => {
  const disk = new SimDisk();
  await Vault.provision('/device.key', disk);
  const clock = new HandClock();
  const compared: string[] = [];
  const start = (files: FileSystem = disk, { seed = { operator: '01' } as Seed, at = clock } = {}) =>
    Operators.open(
      { path, vault: Vault.open('/device.key', files), tries: 6, lockMinutes: 30 },
      seed,
      at,
      plain(compared),
      files,
    );
  return { disk, clock, compared, start };
};

const signedUp = async () => {
  const it = await board();
  const { operators } = await it.start();
  await operators.change('00', '123456', '777001');
  await operators.change('01', '0000', '4711');
  return { ...it, operators };
};

test('at first there are the supervisor, the administrator and five clerks, whose passwords open only their changing (004-05)', async (t) => {
  const { start } = await board();
  const { operators, seeded, note } = await start();
  t.ok(seeded);
  t.equal(note, undefined);
  t.strictSame(
    operators.list().map(({ id }) => id),
    ['00', '01', '02', '03', '04', '05', '99'],
  );
  t.ok(operators.list().every(({ mustChange }) => mustChange));
  t.strictSame(await operators.check('00', '123456'), { result: 'mustChange', role: 'supervisor' });
  t.strictSame(await operators.check('99', '12345678'), { result: 'mustChange', role: 'administrator' });
  t.strictSame(await operators.check('05', '0000'), { result: 'mustChange', role: 'clerk' });
  t.strictSame(await operators.check('06', '0000'), { result: 'unknown' });
  t.strictSame(await operators.change('00', '123456', '246810'), { result: 'changed' });
  t.strictSame(await operators.check('00', '246810'), { result: 'accepted', role: 'supervisor' });
  t.match(await operators.check('00', '123456'), { result: 'wrong', triesLeft: 5 });
  const { operators: again, seeded: anew } = await start();
  t.notOk(anew);
  t.strictSame(await again.check('00', '246810'), { result: 'accepted', role: 'supervisor' });
});

test('an installation goes on with its operator and with its supervisor, whose password counts as changed', async (t) => {
  const { start, disk } = await board();
  const seed = { operator: '37', supervisorHash: 'hash of 20260101' };
  const { operators } = await start(disk, { seed });
  t.strictSame(await operators.check('00', '20260101'), { result: 'accepted', role: 'supervisor' });
  t.strictSame(await operators.check('37', '0000'), { result: 'mustChange', role: 'clerk' });
  const later = await start(disk, { seed: { operator: '38', supervisorHash: 'hash of 1' } });
  t.notOk(
    later.operators.list().some(({ id }) => id === '38'),
    'the configuration is asked once',
  );
  t.strictSame(await later.operators.check('00', '20260101'), { result: 'accepted', role: 'supervisor' });
});

test('a new password is refused by name: its length, an initial one, one of the last four', async (t) => {
  const { operators } = await signedUp();
  const change = async (old: string, password: string) => operators.change('00', old, password);
  t.strictSame(await change('777001', '7'), { result: 'refused', why: 'tooShort' });
  t.strictSame(await change('777001', '12345678'), { result: 'refused', why: 'isInitial' });
  t.strictSame(await change('777001', '777001'), { result: 'refused', why: 'usedBefore' });
  for (const n of [2, 3, 4]) t.strictSame(await change(`77700${n - 1}`, `77700${n}`), { result: 'changed' });
  t.strictSame(await change('777004', '777001'), { result: 'refused', why: 'usedBefore' });
  t.strictSame(await change('777004', '777005'), { result: 'changed' });
  t.strictSame(await change('777005', '777001'), { result: 'changed' }, 'the fifth back is free again');
  t.match(await change('wrong', '888001'), { result: 'wrong', triesLeft: 5 });
});

test('the sixth wrong try locks, for thirty minutes of the terminal being on', async (t) => {
  const { operators, clock, compared } = await signedUp();
  for (const triesLeft of [5, 4, 3]) t.strictSame(await operators.check('01', '1'), { result: 'wrong', triesLeft });
  t.strictSame(
    await operators.check('01', '4711'),
    { result: 'accepted', role: 'clerk' },
    'a right one clears the count',
  );
  for (const triesLeft of [5, 4, 3, 2, 1]) {
    t.strictSame(await operators.check('01', '1'), { result: 'wrong', triesLeft });
  }
  t.strictSame(await operators.check('01', '1'), { result: 'lockedOut', minutes: 30 });
  compared.length = 0;
  clock.advance(10.5 * minute);
  t.strictSame(await operators.check('01', '4711'), { result: 'lockedOut', minutes: 20 });
  t.strictSame(await operators.change('01', '4711', '8899'), { result: 'lockedOut', minutes: 20 });
  t.strictSame(compared, [], 'and nothing is compared meanwhile');
  t.match(operators.list()[1], { id: '01', triesLeft: 0, lockedMinutes: 20 });
  t.strictSame(
    await operators.check('00', '777001'),
    { result: 'accepted', role: 'supervisor' },
    'others are not locked',
  );
  clock.advance(19.5 * minute);
  t.strictSame(await operators.check('01', '1'), { result: 'wrong', triesLeft: 5 });
  t.strictSame(await operators.check('01', '4711'), { result: 'accepted', role: 'clerk' });
});

test('a lock-out survives power-off, and neither a restart nor the clock set ahead makes it shorter', async (t) => {
  const { operators, clock, disk, start } = await signedUp();
  for (let n = 0; n < 6; n++) await operators.check('01', '1');
  clock.advance(29 * minute);
  const tomorrow = new HandClock(Date.UTC(2026, 10, 23));
  const { operators: after } = await start(disk, { at: tomorrow });
  t.strictSame(await after.check('01', '4711'), { result: 'lockedOut', minutes: 30 });
  tomorrow.advance(30 * minute);
  t.strictSame(await after.check('01', '4711'), { result: 'accepted', role: 'clerk' });
});

test('nobody gets a try by pulling the plug: wherever the power goes, what was compared is counted', async (t) => {
  const { disk, start } = await signedUp();
  const whole = new FaultyFileSystem(disk.afterPowerCut({ writes: 'kept', names: 'kept' }));
  await (await start(whole)).operators.check('01', '1');
  let comparedUncounted = 0;
  let compared = 0;
  for (let cutAt = 0; cutAt < whole.operations.length + 1; cutAt++) {
    for (const names of ['kept', 'lost', 'half'] as const) {
      const before = disk.afterPowerCut({ writes: 'lost', names: 'kept' });
      const files = new FaultyFileSystem(before);
      const tried: string[] = [];
      const { operators } = await Operators.open(
        { path, vault: Vault.open('/device.key', files), tries: 6, lockMinutes: 30 },
        { operator: '01' },
        new HandClock(),
        plain(tried),
        files,
      );
      files.cutPowerAt(cutAt);
      await operators.check('01', '1').catch((error: unknown) => t.type(error, PowerCut));
      const { operators: after } = await start(before.afterPowerCut({ writes: 'lost', names }));
      const next = await after.check('01', '2');
      const counted = next.result === 'wrong' ? 5 - next.triesLeft : -1;
      if (tried.length > 0) compared += 1;
      if (tried.length > counted) comparedUncounted += 1;
    }
  }
  t.ok(compared > 0);
  t.equal(comparedUncounted, 0);
});

test('two tries at once are two tries', async (t) => {
  const { operators } = await signedUp();
  const both = await Promise.all([operators.check('01', '1'), operators.check('01', '2')]);
  t.strictSame(both, [
    { result: 'wrong', triesLeft: 5 },
    { result: 'wrong', triesLeft: 4 },
  ]);
});

test('where a try can not be counted nothing is compared, and what could not be stored is not so', async (t) => {
  const { disk, compared, start } = await signedUp();
  const files = new FaultyFileSystem(disk);
  const { operators } = await start(files);
  compared.length = 0;
  files.fail('pwrite', 'ENOSPC');
  t.match(await operators.check('01', '4711'), { result: 'notStored', what: /ENOSPC/, remedy: /Free space/ });
  t.match(await operators.add('07', '9876', '00'), { result: 'notStored' });
  t.match(await operators.remove('02', '00', '01'), { result: 'notStored' });
  t.strictSame(compared, []);
  files.heal();
  t.ok(operators.list().some(({ id }) => id === '02'));
  t.notOk(operators.list().some(({ id }) => id === '07'));
  t.strictSame(await operators.check('01', '4711'), { result: 'accepted', role: 'clerk' });
});

test('the supervisor adds, resets and removes clerks; the administrator resets the supervisor', async (t) => {
  const { operators } = await signedUp();
  t.strictSame(await operators.add('07', '9876', '00'), { result: 'done' });
  t.strictSame(
    await operators.check('07', '9876'),
    { result: 'mustChange', role: 'clerk' },
    'two know it: it is changed first',
  );
  t.strictSame(await operators.change('07', '9876', '4321'), { result: 'changed' });
  for (let n = 0; n < 6; n++) await operators.check('07', '1');
  t.strictSame(await operators.reset('07', '5555', '00'), { result: 'done' });
  t.strictSame(await operators.check('07', '5555'), { result: 'mustChange', role: 'clerk' }, 'and is locked no more');
  t.strictSame(await operators.reset('00', '888001', '99'), { result: 'done' });
  t.strictSame(await operators.check('00', '888001'), { result: 'mustChange', role: 'supervisor' });
  t.strictSame(await operators.remove('07', '00', '01'), { result: 'done' });
  t.strictSame(await operators.check('07', '5555'), { result: 'unknown' });
  t.strictSame(await operators.add('07', '5555', '00'), { result: 'done' }, 'one who comes back begins anew');
});

test('what is not to be is refused by name', async (t) => {
  const { operators } = await signedUp();
  const refused = (why: string) => ({ result: 'refused', why });
  t.strictSame(await operators.add('07', '9876', '01'), refused('notAllowed'));
  t.strictSame(await operators.add('7', '9876', '00'), refused('noSuchNumber'));
  t.strictSame(await operators.add('01', '9876', '00'), refused('exists'));
  t.strictSame(await operators.add('07', '987', '00'), refused('tooShort'));
  t.strictSame(await operators.add('07', '0000', '00'), refused('isInitial'));
  t.strictSame(await operators.reset('99', '87654321', '00'), refused('notAllowed'));
  t.strictSame(await operators.reset('01', '4711', '00'), refused('usedBefore'));
  t.strictSame(await operators.reset('44', '4711', '00'), { result: 'unknown' });
  t.strictSame(await operators.remove('00', '99', '01'), refused('notAllowed'));
  t.strictSame(await operators.remove('01', '00', '01'), refused('currentOperator'));
  t.strictSame(await operators.remove('44', '00', '01'), { result: 'unknown' });
  for (let n = 6; n <= 20; n++) await operators.add(String(n).padStart(2, '0'), '9876', '00');
  t.strictSame(await operators.add('21', '9876', '00'), refused('full'));
});

test('a damaged file goes back one generation and says so; two are refused; so are those of a newer version', async (t) => {
  const { disk, start } = await signedUp();
  const harm = (of: string) => disk.content(of).writeUInt8(0, 30);
  harm(path);
  const { operators, note, seeded } = await start();
  t.notOk(seeded);
  t.match(note, { where: path });
  t.strictSame(await operators.check('00', '777001'), { result: 'accepted', role: 'supervisor' });
  harm(path);
  harm(`${path}.old`);
  await t.rejects(start(), { message: /is damaged or altered, and the generation before it is damaged or altered/ });
  disk.unlink(path);
  disk.unlink(`${path}.old`);
  const newer = Vault.open('/device.key', disk).seal(Buffer.from('{"version":2}'), 'operators');
  disk.open(path, 'create').pwrite(Buffer.from(newer), 0);
  await t.rejects(start(), { message: /newer version/ });
});

test('with the passwords hashed by scrypt it is the same, and no password is in the file', async (t) => {
  const { disk, clock } = await board();
  const vault = Vault.open('/device.key', disk);
  const hashing = { hash: hashPassword, check: checkPassword };
  const { operators } = await Operators.open(
    { path, vault, tries: 6, lockMinutes: 30 },
    { operator: '01', supervisorHash: await hashPassword('20260101') },
    clock,
    hashing,
    disk,
  );
  t.strictSame(await operators.check('00', '20260101'), { result: 'accepted', role: 'supervisor' });
  t.strictSame(await operators.change('00', '20260101', '975310'), { result: 'changed' });
  t.strictSame(await operators.change('00', '975310', '20260101'), { result: 'refused', why: 'usedBefore' });
  const content = vault.unseal(disk.content(path).toString('latin1'), 'operators').toString();
  t.match(content, /scrypt\$/);
  t.notMatch(content, /975310|20260101/);
});
