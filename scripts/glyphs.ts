/**
 * Makes the glyph file that slip images are drawn with (drivers/slip-image/glyphs.ts tells its layout), from UnifontEX,
 * a font of pixels under the SIL Open Font License. It runs at the end of a build and does nothing when the file is
 * there already.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import iconv from 'iconv-lite';
import type { Font, Path } from 'opentype.js';
import {
  asciiBytes,
  glyphFile,
  glyphFileBytes,
  glyphRows,
  hanziBytes,
  hanziOffset,
} from '../drivers/slip-image/glyphs.ts';

const require = createRequire(import.meta.url);

/** Units of the font in one of its pixels, and where its highest row begins. */
const pixel = 64;
const ascent = 14 * pixel;

/** Upright edges of a glyph's outline, all of which run along the grid of pixels. */
const edgesOf = (path: Path): { x: number; from: number; to: number }[] => {
  const edges: { x: number; from: number; to: number }[] = [];
  let at = { x: 0, y: 0 };
  let begun = at;
  const go = (x: number, y: number): void => {
    if (x !== at.x && y !== at.y) throw new Error('This is no font of pixels');
    if (y !== at.y) edges.push({ x, from: at.y, to: y });
    at = { x, y };
  };
  for (const command of path.commands) {
    if (command.type === 'Z') go(begun.x, begun.y);
    else if (command.type === 'M') at = begun = { x: command.x, y: command.y };
    else {
      if (command.type === 'Q') go(command.x1, command.y1);
      go(command.x, command.y);
    }
  }
  return edges;
};

/** A glyph's rows of dots, most significant bit left; one that is narrower stands in the middle. */
const rasterise = (font: Font, char: string, width: 8 | 16): Uint8Array => {
  const glyph = font.charToGlyph(char);
  const edges = edgesOf(glyph.path);
  const own = Math.round((glyph.advanceWidth ?? 0) / pixel);
  const code = char.codePointAt(0) ?? 0;
  // Lines and frames reach from edge to edge.
  const stretch = own < width && code >= 0x2500 && code < 0x2580 ? width / own : 1;
  const before = stretch > 1 ? 0 : Math.max(0, Math.floor((width - own) / 2));
  const bits = new Uint8Array((width / 8) * glyphRows);
  for (let row = 0; row < glyphRows; row++) {
    const y = ascent - row * pixel - pixel / 2;
    for (let column = 0; column < width; column++) {
      const x = Math.floor((column - before) / stretch) * pixel + pixel / 2;
      let winding = 0;
      for (const { x: at, from, to } of edges) {
        if (at < x && Math.min(from, to) < y && y < Math.max(from, to)) winding += Math.sign(to - from);
      }
      const byte = row * (width / 8) + (column >> 3);
      if (winding !== 0) bits[byte] = (bits[byte] ?? 0) | (0x80 >> (column & 7));
    }
  }
  return bits;
};

const makeGlyphs = (font: Font): Uint8Array => {
  const file = new Uint8Array(glyphFileBytes);
  for (let code = 0x21; code < 0x7f; code++) file.set(rasterise(font, String.fromCharCode(code), 8), code * asciiBytes);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const char = iconv.decode(Buffer.from([lead, trail]), 'cp936');
      if (char.length !== 1 || iconv.encode(char, 'cp936').length !== 2) continue;
      if (font.charToGlyphIndex(char) === 0) throw new Error(`The font lacks ${char}`);
      const glyph = rasterise(font, char, 16);
      if (glyph.length !== hanziBytes) throw new Error(`${char} is not of ${hanziBytes} bytes`);
      file.set(glyph, hanziOffset(lead, trail));
    }
  }
  return file;
};

const target = glyphFile();
if (!existsSync(target) || statSync(target).size !== glyphFileBytes) {
  const folder = dirname(require.resolve('@fontsource/unifontex/package.json'));
  const woff = readFileSync(join(folder, 'files', 'unifontex-latin-400-normal.woff'));
  const { parse } = require('opentype.js') as { parse: (this: void, file: ArrayBuffer) => Font };
  const font = parse(woff.buffer.slice(woff.byteOffset, woff.byteOffset + woff.length));
  writeFileSync(`${target}.new`, makeGlyphs(font));
  copyFileSync(join(folder, 'LICENSE'), `${target}.license`);
  renameSync(`${target}.new`, target);
}
