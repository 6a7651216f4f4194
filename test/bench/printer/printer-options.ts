import { type PrinterProfile, type ProfileName, profiles } from './profiles.ts';
import { type BenchClock, realClock } from './timeline.ts';

export interface VirtualPrinterOptions {
  /** A make by name, or one of your own. Default `epson`. */
  readonly profile?: ProfileName | PrinterProfile;
  /** Default 115200. Bytes arrive at a tenth of it a second. */
  readonly baudRate?: number;
  /** Default 60. */
  readonly mmPerSecond?: number;
  /** Bytes. Default 4096. */
  readonly receiveBuffer?: number;
  /** Default `xonxoff`; with `none` what finds the receive buffer full is lost. A mute printer can't send XOFF. */
  readonly flowControl?: 'xonxoff' | 'none';
  /**
   * Whether the terminal's port stops at XOFF by itself, as an operating system's does when it is set to. Else all that
   * is sent arrives, and it is for the driver to obey. Default true.
   */
  readonly portObeys?: boolean;
  /** Free bytes of the receive buffer at and below which XOFF goes out. Default an eighth of it. */
  readonly xoffFree?: number;
  /** Free bytes at and above which XON follows. Default a quarter. */
  readonly xonFree?: number;
  /** Blank lines of 30 dots that end a copy on a printer without cutter: 15 mm, from head to tear bar. Default 4. */
  readonly copyFeedLines?: number;
  /** How long an overheated head needs. Default 5000. */
  readonly coolDownMs?: number;
  /** How many lines of paper are remembered. Default 20000. */
  readonly keepLines?: number;
  /** 20 lets line and motor run twenty times as fast. Default 1. */
  readonly speed?: number;
  readonly clock?: BenchClock;
}

export type ResolvedOptions = Required<VirtualPrinterOptions> & { readonly profile: PrinterProfile };

/** The options with their defaults. Throws a RangeError for a figure that can't be. */
export const resolveOptions = (options: VirtualPrinterOptions): ResolvedOptions => {
  const { profile = 'epson', receiveBuffer = 4096 } = options;
  const resolved = {
    baudRate: 115_200,
    mmPerSecond: 60,
    flowControl: 'xonxoff' as const,
    portObeys: true,
    xoffFree: Math.floor(receiveBuffer / 8),
    xonFree: Math.ceil(receiveBuffer / 4),
    copyFeedLines: 4,
    coolDownMs: 5000,
    keepLines: 20_000,
    speed: 1,
    clock: realClock,
    ...options,
    receiveBuffer,
    profile: typeof profile === 'string' ? profiles[profile] : profile,
  };
  const { baudRate, mmPerSecond, speed } = resolved;
  for (const [name, value] of Object.entries({ baudRate, mmPerSecond, speed })) {
    if (!(value > 0)) throw new RangeError(`${name} must be greater than 0, not ${value}`);
  }
  return resolved;
};
