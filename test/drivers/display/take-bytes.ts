import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Waits for that many bytes of what the terminal sends. */
export const takeBytes = async (received: Readable, count: number): Promise<Buffer> => {
  for (;;) {
    const bytes: Buffer | null = received.read(count);
    if (bytes !== null) return bytes;
    await once(received, 'readable');
  }
};
