import { randomBytes, randomUUID } from 'node:crypto';
import { type Dial, dialTcp } from '../drivers/acquirer/link.ts';
import { type PrinterPort, printerLine } from '../drivers/printer/printer-line.ts';
import { type Line, SerialLine, type SerialSettings } from '../drivers/serial/serial-line.ts';
import type { FileSystem } from '../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../drivers/storage/node-file-system.ts';
import type { RandomBytes } from '../drivers/vault/sealing.ts';
import type { Clock } from '../hal/clock.ts';
import type { DeviceName } from '../hal/device.ts';
import { checkPassword, hashPassword } from './password.ts';
import { type ArchiveSettings, SlipArchive } from './slips/slip-archive.ts';
import { systemClock } from './system-clock.ts';

/** All that a terminal takes from outside of itself. The simulation gives its own, and composes the same terminal. */
export interface Surroundings {
  readonly clock: Clock;
  readonly fileSystem: FileSystem;
  readonly lineTo: (device: DeviceName, settings: SerialSettings) => Line;
  readonly printerLineTo: (port: PrinterPort) => Line;
  readonly dial: Dial;
  readonly randomBytes: RandomBytes;
  /** A fresh identifier, never the same twice. */
  readonly freshId: () => string;
  /** Keeps images of slips; where it isn't given, none are kept. */
  readonly archive?: (settings: ArchiveSettings) => SlipArchive;
  /** Whether a password is the one of which `hash-password` made the second. */
  readonly checkPassword: (password: string, stored: string) => Promise<boolean>;
  readonly hashPassword: (password: string) => Promise<string>;
}

/** The board's own. */
export const board: Surroundings = {
  clock: systemClock,
  fileSystem: nodeFileSystem,
  lineTo: (device, settings) => new SerialLine(device, settings, systemClock),
  printerLineTo: (port) => printerLine(port, systemClock),
  dial: dialTcp,
  randomBytes,
  freshId: randomUUID,
  archive: (settings) => new SlipArchive(settings),
  checkPassword,
  hashPassword,
};
