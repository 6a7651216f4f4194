/**
 * What a start is rehearsed with when a build is staged: V8 then keeps the compiled form of what a start runs through
 * (board/loader.cjs). No port, no acquirer and no file of the board's own terminal is in it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Configuration, readConfiguration } from './configuration.ts';
import { firstFact, provisionTerminal } from './provisioning.ts';
import { board } from './surroundings.ts';
import { filesOf } from './terminal-files.ts';

const configurationIn = (folder: string) => {
  const port = (device: string) => ({ path: join(folder, 'no-such-port', device), baudRate: 9600 });
  return {
    terminal: { id: '00000000', merchantId: '000000000000000' },
    merchant: { name: '预演', branch: '', hotline: '0' },
    storage: { directory: join(folder, 'state') },
    keypad: { driver: 'serial', port: port('keypad') },
    cardReader: { driver: 'serial', port: port('card-reader') },
    pinPad: { driver: 'visa', port: port('pin-pad') },
    printer: { driver: 'escpos', profile: 'epson', port: port('printer') },
    display: { driver: 'lcd4x16', port: port('display') },
    // The board itself, at a port where nobody answers.
    acquirer: { host: '127.0.0.1', port: 9 },
    log: { level: 'error' },
  };
};

export interface Rehearsal {
  readonly configuration: Configuration;
  /** Where it was read from. */
  readonly config: string;
}

/** A terminal in a folder of its own, which goes with the process. */
export const provisionRehearsal = async (): Promise<Rehearsal> => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-rehearsal-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'terminal.json');
  writeFileSync(config, JSON.stringify(configurationIn(folder)));
  const read = readConfiguration(config);
  if (!read.valid) throw new Error(`the rehearsal's own configuration is not right: ${read.errors.join('; ')}`);
  const { configuration } = read;
  await provisionTerminal(filesOf(configuration), randomBytes(16), firstFact(configuration, board.clock));
  return { configuration, config };
};
