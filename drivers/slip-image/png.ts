import { constants, crc32, deflateSync } from 'node:zlib';
import type { DotImage } from '../../hal/printer.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Length, type, data, CRC-32 over type and data (PNG, chapter 5.3). */
const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), framed.length - 4);
  return framed;
};

/**
 * A picture as PNG of one bit a dot, which the library at hand (pngjs) reads and doesn't write. Each row is written as
 * the difference to the one above (filter 2, Up): most of a slip's rows are alike. Of zlib's strategies only the one of
 * runs (Z_RLE) is taken: it gives the same bytes on each processor and with each zlib, which its search for matches
 * doesn't.
 */
export const pngOf = ({ widthDots, heightDots, bits }: DotImage): Buffer => {
  const rowBytes = Math.ceil(widthDots / 8);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(widthDots, 0);
  head.writeUInt32BE(heightDots, 4);
  head[8] = 1; // bits a dot; colour type 0 grey, deflate, adaptive filters, not interlaced are zeros
  const rows = Buffer.alloc((rowBytes + 1) * heightDots);
  for (let y = 0; y < heightDots; y++) {
    const to = y * (rowBytes + 1);
    rows[to] = 2;
    for (let x = 0; x < rowBytes; x++) {
      const white = (at: number): number => (at < 0 ? 0 : ~(bits[at] ?? 0) & 0xff);
      const at = y * rowBytes + x;
      rows[to + 1 + x] = (white(at) - white(at - rowBytes)) & 0xff;
    }
  }
  const data = deflateSync(rows, { level: 9, strategy: constants.Z_RLE, memLevel: 9, windowBits: 15 });
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
};
