/** How soon the board's own bundle is ready to trade, and what it takes at rest. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { VirtualBoard } from '../../test/bench/board.ts';
import { median, type Row, row } from './row.ts';

const group = 'boot';
const rounds = 25;
const restMs = 20_000;
/** Of /proc: 1/100 s on every Linux that Node runs on. */
const tickMs = 10;

const nodeAlone = async (): Promise<number> => {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - began;
};

/** Resident memory of `node -e 0`, MB, as it says of itself. */
const nodeAloneMemory = async (): Promise<number> => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write(String(process.memoryUsage.rss()))']);
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  await once(child, 'close');
  return Number(said) / 1e6;
};

const ticksOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

const number = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]);

/** Times that any of its threads was woken. */
const wakeUpsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => number(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'), 'voluntary_ctxt_switches'))
    .reduce((sum, each) => sum + each, 0);

const atRest = async (board: VirtualBoard) => {
  await board.powerOnToIdle();
  await pause(2000);
  const { pid } = board.firmware;
  const [ticks, wakeUps] = [ticksOf(pid), wakeUpsOf(pid)];
  await pause(restMs);
  const resident = number(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1000;
  const busy = ((ticksOf(pid) - ticks) * tickMs * 100) / restMs;
  const woken = ((wakeUpsOf(pid) - wakeUps) * 1000) / restMs;
  await board.firmware.kill();
  return { resident, busy, woken };
};

export const bootRows = async (say: (text: string) => void): Promise<Row[]> => {
  const board = await VirtualBoard.build({ sections: { log: {} } });
  try {
    say(`boot: ${rounds} starts`);
    const samples = { alone: [] as number[], ready: [] as number[], ratio: [] as number[], memory: [] as number[] };
    for (let n = 0; n < rounds; n += 1) {
      samples.memory.push(await nodeAloneMemory());
      const alone = await nodeAlone();
      const began = performance.now();
      await board.powerOn();
      const ready = performance.now() - began;
      await board.firmware.kill();
      samples.alone.push(alone);
      samples.ready.push(ready);
      // A machine goes at another pace from one second to the next.
      samples.ratio.push(ready / alone);
    }
    say(`boot: ${restMs / 1000} s at rest`);
    const rest = await atRest(board);
    const alone = { name: 'node -e 0' };
    return [
      row(group, {
        name: 'start of the process to READY, p50',
        value: median(samples.ready),
        unit: 'ms',
        reference: { ...alone, value: median(samples.alone), ratio: median(samples.ratio) },
        target: { of: 'ratio', most: 2 },
      }),
      row(group, {
        name: 'resident memory at rest',
        value: rest.resident,
        unit: 'MB',
        reference: { ...alone, value: median(samples.memory) },
        target: { of: 'value', most: 70 },
      }),
      row(group, {
        name: 'one core, at rest',
        value: rest.busy,
        unit: '%',
        target: { of: 'value', most: 1 },
      }),
      row(group, { name: 'wake-ups at rest, all threads', value: rest.woken, unit: '/s' }),
    ];
  } finally {
    await board.dismantle();
  }
};
