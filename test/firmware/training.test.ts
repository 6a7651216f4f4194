import { test } from 'tap';
import { checkConfiguration } from '../../firmware/configuration.ts';
import { identityOf } from '../../firmware/slips/slip-face.ts';
import { chooseTraining, forTraining, isTraining } from '../../firmware/training.ts';
import { columns, widthOf } from '../../state-machine/view.ts';
import { SimDisk } from '../drivers/storage/sim-disk.ts';
import { smallest } from './smallest.ts';

const configured = () => {
  const checked = checkConfiguration({ ...smallest(), settlement: { at: '22:30' } }, '/');
  if (!checked.valid) throw new Error(checked.errors.join());
  return { ...checked.configuration, storage: { ...checked.configuration.storage, directory: '/state' } };
};

test('that it trains outlives a power cut, and so does the end of it (003-25)', async (t) => {
  const configuration = configured();
  const lost = { writes: 'lost', names: 'lost' } as const;
  let disk = new SimDisk();
  t.equal(isTraining(configuration, disk), false, 'a folder that is not there');
  disk.mkdir('/state');
  await disk.syncDirectory('/');
  t.equal(isTraining(configuration, disk), false);
  await chooseTraining(configuration, true, disk);
  disk = disk.afterPowerCut(lost);
  t.equal(isTraining(configuration, disk), true);
  await chooseTraining(configuration, true, disk);
  await chooseTraining(configuration, false, disk);
  disk = disk.afterPowerCut(lost);
  t.equal(isTraining(configuration, disk), false);
  await chooseTraining(configuration, false, disk);
});

test('in training screens and slips say so, nothing is kept of slips or settled by the clock (003-25)', async (t) => {
  for (const [language, words] of [
    ['zh-CN', '培训模式'],
    ['en', 'TRAINING'],
  ] as const) {
    const training = forTraining({ ...configured(), language });
    t.match(training, { slip: { training: true, images: false }, settlement: { at: undefined } });
    const { branch } = identityOf(training);
    t.equal(branch, words);
    t.ok(widthOf(branch) <= columns - 8, 'whole beside the number of the terminal, while a card is asked for');
  }
});
