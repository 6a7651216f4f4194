import type { Clock } from '../../hal/clock.ts';
import { type Line, SerialLine, type SerialSettings } from '../serial/serial-line.ts';
import { TcpLine, type TcpSettings } from './tcp-line.ts';

/** Where a printer is: at a serial port, or in the network. */
export type PrinterPort = (SerialSettings & { readonly transport?: 'serial' }) | TcpSettings;

/** The line to a printer. */
export const printerLine = (port: PrinterPort, clock: Clock): Line =>
  port.transport === 'tcp' ? new TcpLine('printer', port, clock) : new SerialLine('printer', port, clock);

/** A network is never what a slip waits for: about what a printer's own network board passes on. */
const networkBitsPerSecond = 1_000_000;

/** Bits a second that the line takes, a byte being ten. */
export const lineSpeed = (port: PrinterPort): number =>
  port.transport === 'tcp' ? networkBitsPerSecond : port.baudRate;
