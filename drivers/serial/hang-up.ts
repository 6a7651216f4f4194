import { read } from 'node:fs';
import { promisify } from 'node:util';
import { SerialPort } from 'serialport';

/** What is used of the package's port on Linux. */
interface LinuxPort {
  readonly isOpen: boolean;
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', wake: (error: Error | null) => void): void };
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number; buffer: Buffer }>;
}

const readFile = promisify(read);
const again: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR']);

const readable = (port: LinuxPort): Promise<void> =>
  new Promise((resolve, reject) => port.poller.once('readable', (error) => (error ? reject(error) : resolve())));

const notOpen = (): Error => Object.assign(new Error('Port is not open'), { canceled: true });

/**
 * Reads as the package does, but takes a read of no bytes for what it is on a serial port: the line hung up. The
 * package reads again, at once and for ever: a core spins, and no event tells of the unplugging.
 */
const readUntilHangUp = async (port: LinuxPort, buffer: Buffer, offset: number, length: number) => {
  for (;;) {
    if (!port.isOpen || port.fd === null) throw notOpen();
    try {
      const { bytesRead } = await readFile(port.fd, buffer, offset, length, null);
      if (bytesRead === 0) throw new Error('the line hung up');
      return { bytesRead, buffer };
    } catch (error) {
      if (!again.has((error as NodeJS.ErrnoException).code)) throw port.isOpen ? error : notOpen();
      if (!port.isOpen) throw notOpen();
      await readable(port);
    }
  }
};

const open = async (options: never): Promise<LinuxPort> => {
  const port = (await SerialPort.binding.open(options)) as unknown as LinuxPort;
  port.read = (buffer, offset, length) => readUntilHangUp(port, buffer, offset, length);
  return port;
};

/** serialport's own binding to the system, noticing a hang-up whenever it comes. */
export const hangUpNoticing = { ...SerialPort.binding, open } as unknown as typeof SerialPort.binding;
