/** The operators' accounts under the explorer: tries are counted before they are compared, and a change is whole. */
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import { Operators } from '../../firmware/operators/operators.ts';
import { HandClock } from '../support/hand-clock.ts';
import { Content, emptyImage } from './disk-image.ts';
import { Refusal, type Scenario } from './explorer.ts';
import type { Sabotage } from './sabotage.ts';

const deviceKey = '/device.key';
const path = '/operators.json';
const tries = 6;

const start = async (disk: FileSystem) => {
  // Repeatable, so that two images with the same accounts are the same.
  const vault = Vault.open(deviceKey, disk, (size) => Buffer.alloc(size, 7));
  const hashing = {
    hash: async (password: string) => password,
    check: async (password: string, stored: string) => password === stored,
  };
  const { operators } = await Operators.open(
    { path, vault, tries, lockMinutes: 30 },
    { operator: '01' },
    new HandClock(),
    hashing,
    disk,
  );
  return operators;
};

const failed = (error: unknown): boolean => error instanceof VaultError && error.fault === 'failed';

/** The change counts for more than all tries. */
const changed = 10;

const stepsOf = (operators: Operators): number => {
  const supervisor = operators.list().find(({ id }) => id === '00');
  if (supervisor === undefined) throw new Error('the supervisor has no account');
  return supervisor.mustChange ? tries - supervisor.triesLeft : changed;
};

/**
 * Three wrong tries of the supervisor, then his first change of the password, which costs a try and, being right, clears
 * the count. A try that was answered is counted; a change that was told is there; each is whole or not there.
 */
export const operatorsScenario = (sabotage: Sabotage = (disk) => disk): Scenario => ({
  name: 'operators',
  looksOnly: true,
  start: new Map([...emptyImage, [deviceKey, Content.of(Buffer.from(`${'5a'.repeat(32)}\n`))]]),
  essence: (file, content) => (file.endsWith('.new') ? '' : content.key),
  run: async (real, tell) => {
    try {
      const operators = await start(sabotage(real));
      for (let n = 0; n < 3; n++) {
        tell({ least: n, most: n + 1 });
        const { result } = await operators.check('00', '1');
        if (result === 'notStored') return;
        tell({ least: n + 1, most: n + 1 });
      }
      tell({ least: 0, most: changed });
      const { result } = await operators.change('00', '123456', '777002');
      if (result === 'changed') tell({ least: changed, most: changed });
    } catch (error) {
      if (!failed(error)) throw error;
    }
  },
  recover: async (disk) => {
    try {
      return stepsOf(await start(disk));
    } catch (error) {
      throw failed(error) ? new Refusal((error as Error).message) : error;
    }
  },
  use: async (disk, found) => {
    const operators = await start(disk);
    await operators.check('00', '1');
    if (found < tries && stepsOf(operators) !== found + 1) throw new Error('a try after the power cut is not counted');
  },
});
