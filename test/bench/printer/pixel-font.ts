import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font } from 'opentype.js';

/** A character as dots: `rows` of `width` dots, true where there is ink. */
export interface Glyph {
  readonly width: number;
  readonly rows: readonly (readonly boolean[])[];
}

/** Unifontex is a pixel font: at 16 dots to the em each of its squares is a dot. */
export const glyphDots = 16;

/** The package is a CommonJS one whose names an import doesn't see. */
const require = createRequire(import.meta.url);

const load = (): Font => {
  const { parse } = require('opentype.js') as typeof import('opentype.js');
  const file = readFileSync(require.resolve('@fontsource/unifontex/files/unifontex-latin-400-normal.woff'));
  return parse(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer);
};

let font: Font | undefined;
const known = new Map<string, Glyph>();

/** The outline's upright edges, from which each dot's middle is judged by its winding. */
const rasterise = (character: string): Glyph => {
  font ??= load();
  const glyph = font.charToGlyph(character);
  const unit = font.unitsPerEm / glyphDots;
  const width = Math.max(1, Math.round((glyph.advanceWidth ?? font.unitsPerEm) / unit));
  const edges: { readonly x: number; readonly low: number; readonly high: number; readonly way: 1 | -1 }[] = [];
  let from = { x: 0, y: 0 };
  let start = from;
  const to = (x: number, y: number): void => {
    if (y !== from.y) edges.push({ x, low: Math.min(y, from.y), high: Math.max(y, from.y), way: y > from.y ? 1 : -1 });
    from = { x, y };
  };
  for (const command of glyph.path.commands) {
    if (command.type === 'Z') to(start.x, start.y);
    else if (command.type !== 'M') to(command.x, command.y);
    else {
      from = { x: command.x, y: command.y };
      start = from;
    }
  }
  const isInk = (x: number, y: number): boolean => {
    let winding = 0;
    for (const edge of edges) if (edge.x <= x && edge.low < y && y < edge.high) winding += edge.way;
    return winding !== 0;
  };
  const top = font.ascender;
  const rows = Array.from({ length: glyphDots }, (_, row) =>
    Array.from({ length: width }, (_, column) => isInk((column + 0.5) * unit, top - (row + 0.5) * unit)),
  );
  return { width, rows };
};

export const glyphOf = (character: string): Glyph => {
  const glyph = known.get(character) ?? rasterise(character);
  known.set(character, glyph);
  return glyph;
};
