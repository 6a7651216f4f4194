import iconv from 'iconv-lite';
import { CharacterSet, PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import type { SlipDocument } from '../../hal/printer.ts';
import { automaticStatusOn, begin, cut } from './commands.ts';
import type { PrinterProfile } from './printer-profile.ts';
import { layOut, type SlipLine } from './slip-layout.ts';

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
  for (const line of layOut(slip, profile.columns)) {
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
  });
  return {
    pieces,
    byteLength: pieces.reduce((sum, { length }) => sum + length, 0),
    paperMm: lines * profile.lineMm,
  };
};
