/**
 * A second format of a terminal's data, for tests: the ledger is in another folder, and a file says how often the data
 * were changed. Neither way can be gone twice, or from half of the data.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration } from '../../firmware/update/migrations.ts';

const move = (directory: string, from: string, to: string): void => {
  mkdirSync(join(directory, to), { mode: 0o700 });
  for (const name of readdirSync(join(directory, from))) {
    renameSync(join(directory, from, name), join(directory, to, name));
  }
  rmdirSync(join(directory, from));
};

export const pair: readonly Migration[] = [
  {
    up: ({ directory }) => {
      appendFileSync(join(directory, 'changes'), 'x');
      move(directory, 'ledger', 'book');
    },
    down: ({ directory }) => {
      if (readFileSync(join(directory, 'changes'), 'utf8') !== 'x') throw new Error('changed more than once');
      rmSync(join(directory, 'changes'));
      move(directory, 'book', 'ledger');
    },
  },
];
