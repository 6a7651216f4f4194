/**
 * What the terminal itself takes between two bytes, in the simulated shop: there a durable commit, a line and a peer cost
 * no time of the machine's, so that what is left is the loop's, the machine's, the codecs' and the drivers'.
 */
import type { SimulatedBoard } from '../../test/simulation/board.ts';
import { Simulation } from '../../test/simulation/simulation.ts';
import { median, percentile, type Row, row } from './row.ts';

const group = 'machine';
const shops = 30;
const customers = 40;

/** Behind length, TPDU and header. */
const mtiAt = 13;

/** Measures from the last of one kind of bytes to the first of another. */
const stopwatch = () => {
  const samples: number[] = [];
  let since: number | undefined;
  return {
    samples,
    start: () => {
      since = performance.now();
    },
    stop: () => {
      if (since !== undefined) samples.push(performance.now() - since);
      since = undefined;
    },
  };
};

export const latencyRows = async (say: (text: string) => void): Promise<Row[]> => {
  say(`machine: from key to request and from answer to paper, in ${shops} simulated shops`);
  const request = stopwatch();
  const slip = stopwatch();
  const onBoard = ({ cables, network }: SimulatedBoard): void => {
    const passing = network.onPassing;
    // The cardholder's last key reaches the terminal as the PIN pad's answer.
    cables.pinPad.onBytes = (direction) => direction === 'toTerminal' && request.start();
    cables.printer.onBytes = (direction) => direction === 'toDevice' && slip.stop();
    network.onPassing = (passed) => {
      const mti = passed.bytes.length > mtiAt + 2 ? passed.bytes.toString('hex', mtiAt, mtiAt + 2) : '';
      if (mti === '0200') request.stop();
      if (mti === '0210') slip.start();
      passing(passed);
    };
  };
  for (let seed = 0; seed < shops; seed++) {
    const outcome = await new Simulation({ seed, days: 1, customers, faults: 'none', onBoard }).run();
    if (outcome.failure !== undefined) throw new Error(`seed ${seed}: ${outcome.failure.what}`);
    if (seed < 5) for (const { samples } of [request, slip]) samples.length = 0;
  }
  const rows = (name: string, samples: readonly number[]): Row[] => [
    row(group, {
      name: `${name}, p99`,
      value: percentile(samples, 0.99),
      unit: 'ms',
      target: { of: 'value', most: 5 },
    }),
    row(group, { name: `${name}, p50`, value: median(samples), unit: 'ms' }),
  ];
  return [
    ...rows('last key to first request byte, beyond the commit', request.samples),
    ...rows("answer's last byte to first printer byte, beyond the commit", slip.samples),
  ];
};
