import iconv from 'iconv-lite';
import { CharacterSet, PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import type { SlipDocument } from '../../hal/printer.ts';
import { automaticStatusOn, begin, cut, drawerPulse } from './commands.ts';
import type { PrinterProfile } from './printer-profile.ts';
import { layOut, qrModuleDots, type SlipGraphic, type SlipLine } from './slip-layout.ts';

export interface EncodedSlip {
  /** The bytes in order, each piece a whole line with its commands: a real-time query may go between two, never into one. */
  readonly pieces: readonly Buffer[];
  readonly byteLength: number;
  /** How far the paper moves, in mm. */
  readonly paperMm: number;
}

/** GS ! n `1D 21 n`, low nibble height, high nibble width; it holds for ASCII and Hanzi alike (ESC ! often for ASCII only). */
const sizeCode: Record<SlipLine['size'], number> = { normal: 0x00, doubleHeight: 0x01, double: 0x11 };

/** Characters of 48 dots under a line spacing of 30: the line grows to them. */
const tallLine = 1.6;

/** Dots a mm, of all printers that there are a profile of. */
const dotsPerMm = 8;
/** Modules a side of the smallest QR symbol: no answer about a slip's end is held for too early because of it. */
const leastModules = 21;

/** ESC a n `1B 61 n`: 1 in the middle, 0 left. */
const middle = Buffer.from([0x1b, 0x61, 1]);
const left = Buffer.from([0x1b, 0x61, 0]);

/** GS v 0 m xL xH yL yH `1D 76 30 00 …`: width in bytes, height in rows, least significant byte first. */
const rasterHead = (rowBytes: number, rows: number): Buffer =>
  Buffer.from([0x1d, 0x76, 0x30, 0x00, rowBytes & 0xff, rowBytes >> 8, rows & 0xff, rows >> 8]);

/**
 * A slip as bytes, from ESC @ to the feed past the tear bar and the cut; the fence comes after it. The library builds
 * the bytes and no more: it has no interface to write to, its layout counts UTF-16 units, and its cut() ends in an
 * ESC @ that switches Hanzi mode off. What it puts first, ESC R 15, is dropped too: `$` is printed as ¥ under it. Text
 * is given to it in GBK already: it encodes character by character, copying all that it has for each, which takes longer
 * than everything else between the acquirer's answer and the first byte to the printer.
 */
export const encodeSlip = (slip: SlipDocument, profile: PrinterProfile): EncodedSlip => {
  const builder = new ThermalPrinter({
    type: PrinterTypes.EPSON,
    interface: '',
    characterSet: CharacterSet.CHINA,
  });
  const pieces: Buffer[] = [];
  const piece = (build: () => void): void => {
    builder.setBuffer(Buffer.alloc(0));
    build();
    pieces.push(builder.getBuffer());
  };

  piece(() => {
    builder.add(begin);
    if (profile.automaticStatus) builder.add(automaticStatusOn);
  });
  let lines = profile.tearOffLines;
  let size: SlipLine['size'] = 'normal';
  let bold = false;
  let graphicDots = 0;
  const graphic = (line: SlipGraphic): void => {
    piece(() => {
      if (line.graphic === 'raster') {
        builder.add(Buffer.concat([rasterHead(line.rowBytes, line.rows), line.bits]));
        return;
      }
      builder.add(middle);
      builder.printQR(line.data, { model: 2, cellSize: qrModuleDots, correction: 'M' });
      builder.add(left);
    });
    graphicDots += line.graphic === 'raster' ? line.rows : leastModules * qrModuleDots;
  };
  for (const line of layOut(slip, profile.columns)) {
    if ('graphic' in line) {
      graphic(line);
      continue;
    }
    piece(() => {
      if (line.size !== size) builder.add(Buffer.from([0x1d, 0x21, sizeCode[line.size]]));
      if (line.bold !== bold) builder.bold(line.bold);
      builder.add(iconv.encode(line.text, 'cp936'));
      builder.newLine();
    });
    ({ size, bold } = line);
    lines += size === 'normal' ? 1 : tallLine;
  }
  piece(() => {
    if (size !== 'normal') builder.add(Buffer.from([0x1d, 0x21, sizeCode.normal]));
    if (bold) builder.bold(false);
    builder.add(Buffer.from([0x1b, 0x64, profile.tearOffLines]));
    if (profile.cutter) builder.add(cut);
    if (slip.opensDrawer === true && profile.drawer !== undefined) builder.add(drawerPulse(profile.drawer));
  });
  return {
    pieces,
    byteLength: pieces.reduce((sum, { length }) => sum + length, 0),
    paperMm: lines * profile.lineMm + graphicDots / dotsPerMm,
  };
};
