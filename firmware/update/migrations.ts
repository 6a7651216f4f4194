import type { TerminalFiles } from '../terminal-files.ts';

/**
 * From one format of a terminal's data to the next, and back. Both are run on data that were copied before, and begin
 * anew from that copy when the power went: they need not be whole in themselves. `down` must keep what was traded in
 * the newer format.
 */
export interface Migration {
  readonly up: (files: TerminalFiles) => void | Promise<void>;
  readonly down: (files: TerminalFiles) => void | Promise<void>;
}

/** The n-th leads from format n to n + 1. A row stays for as long as a terminal may have data that are older. */
export const migrations: readonly Migration[] = [];

/** What this build reads and writes. */
export const dataFormat = migrations.length + 1;
