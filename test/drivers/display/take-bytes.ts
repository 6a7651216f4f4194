import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Waits for that many bytes of what the terminal sends, and leaves what is behind them to the next one. */
export const takeBytes = async (received: Readable, count: number): Promise<Buffer> => {
  let bytes = Buffer.alloc(0);
  while (bytes.length < count) {
    const more: Buffer | null = received.read();
    if (more === null) await once(received, 'readable');
    else bytes = Buffer.concat([bytes, more]);
  }
  if (bytes.length > count) received.unshift(bytes.subarray(count));
  return bytes.subarray(0, count);
};
