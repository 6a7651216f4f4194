import { test } from 'tap';
import { cutToColumns } from '../../drivers/display/text-columns.ts';
import { readContent } from '../../firmware/configuration-file.ts';
import { Parameters } from '../../firmware/parameters.ts';
import type { TerminalParameter } from '../../hal/parameters.ts';
import { FaultyFileSystem } from '../drivers/storage/faulty-file-system.ts';
import { SimDisk } from '../drivers/storage/sim-disk.ts';
import { smallest } from './smallest.ts';

const path = '/terminal.json';
const board = () => {
  const disk = new SimDisk();
  disk.open(path, 'create').pwrite(Buffer.from(JSON.stringify(smallest())), 0);
  const fileSystem = new FaultyFileSystem(disk);
  const parameters = new Parameters(path, { fileSystem, prepare: () => undefined });
  const of = (key: string): TerminalParameter | undefined => parameters.list('zh-CN').find((each) => each.key === key);
  return { disk, fileSystem, parameters, of };
};

test('each has a name that fits a line of the display, in both languages, and digits that may be typed', async (t) => {
  const { parameters } = board();
  for (const language of ['zh-CN', 'en'] as const) {
    const list = parameters.list(language);
    for (const { label } of list)
      t.equal(cutToColumns(label, 16, 'gbk').toString('latin1').includes('?'), false, label);
    for (const { label } of list) t.strictSame(cutToColumns(label, 16, 'gbk'), cutToColumns(label, 99, 'gbk'), label);
    t.equal(new Set(list.map(({ label }) => label)).size, list.length, 'no two are called the same');
  }
  for (const { key, digits } of parameters.list('en')) {
    t.match(digits, /^\d*$/, key);
    t.match(await parameters.write(key, digits), { result: 'unchanged' }, key);
  }
});

test('a number is typed in its unit, within the bounds of the schema', async (t) => {
  const { parameters, of, disk } = board();
  t.match(of('timers.cardMs'), { kind: 'number', low: 1, high: 600, unit: 's', digits: '60', label: '刷卡时限' });
  t.match(await parameters.write('timers.cardMs', '45'), {
    result: 'changed',
    change: { key: 'timers.cardMs', from: 60_000, to: 45_000 },
    configuration: { timers: { cardMs: 45_000 } },
  });
  t.equal(of('timers.cardMs')?.digits, '45');
  t.match(readContent(path, disk), { timers: { cardMs: 45_000 } });
  t.match(of('timers.noticeMs'), { low: 1 }, 'a bound between two seconds is the next whole one');
  t.strictSame(await parameters.write('timers.cardMs', '0'), { result: 'refused', why: 'tooLow' });
  t.strictSame(await parameters.write('timers.cardMs', ''), { result: 'refused', why: 'tooLow' });
  t.strictSame(await parameters.write('timers.cardMs', '601'), { result: 'refused', why: 'tooHigh' });
  t.match(of('policy.maxAmount'), { unit: 'fen', digits: '5000000' });
  t.match(await parameters.write('policy.maxAmount', '100000'), { change: { to: 100_000 } });
});

test('yes and no are 1 and 0, a choice its place in the list, a time hhmm', async (t) => {
  const { parameters, of } = board();
  t.match(of('transactions.refund'), { kind: 'boolean', digits: '1', label: '退货' });
  t.match(await parameters.write('transactions.refund', '0'), { change: { from: true, to: false } });
  t.strictSame(await parameters.write('transactions.refund', '2'), { result: 'refused', why: 'notAChoice' });
  t.match(of('language'), { kind: 'choice', options: ['zh-CN', 'en'], digits: '1' });
  t.match(await parameters.write('language', '2'), { change: { to: 'en' } });
  t.strictSame(await parameters.write('language', '3'), { result: 'refused', why: 'notAChoice' });
  t.match(of('settlement.at'), { kind: 'time', digits: '' });
  t.match(await parameters.write('settlement.at', '2330'), { change: { from: null, to: '23:30' } });
  t.equal(of('settlement.at')?.digits, '2330');
  t.strictSame(await parameters.write('settlement.at', '2360'), { result: 'refused', why: 'noTime' });
  t.match(await parameters.write('settlement.at', ''), { change: { from: '23:30', to: null } });
});

test('what is not in the list can not be changed, and what can not be stored is not changed', async (t) => {
  const { parameters, fileSystem, of } = board();
  t.strictSame(await parameters.write('acquirer.host', '1'), { result: 'refused', why: 'noSuchParameter' });
  fileSystem.fail('fdatasync', 'EIO');
  t.match(await parameters.write('timers.cardMs', '45'), { result: 'notStored', what: /EIO/ });
  t.equal(of('timers.cardMs')?.digits, '60');
});

test('a file that somebody broke meanwhile is told of, and not written over', async (t) => {
  const { parameters, disk } = board();
  disk.unlink(path);
  disk.open(path, 'create').pwrite(Buffer.from('{}'), 0);
  t.match(await parameters.write('timers.cardMs', '45'), {
    result: 'refused',
    why: 'notRight',
    errors: [/terminal: missing/],
  });
  t.equal(disk.content(path).toString(), '{}');
});
