/** Reads the font that slip images are drawn with, apart from the code that draws them: a character as rows of dots. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Font, Path } from 'opentype.js';

const require = createRequire(import.meta.url);
const { parse } = require('opentype.js') as { parse: (this: void, file: ArrayBuffer) => Font };
const folder = dirname(require.resolve('@fontsource/unifontex/package.json'));
const woff = readFileSync(join(folder, 'files', 'unifontex-latin-400-normal.woff'));
const font = parse(woff.buffer.slice(woff.byteOffset, woff.byteOffset + woff.length));

/** Level edges of an outline, to be crossed on the way up. */
const levels = (path: Path): readonly (readonly [y: number, from: number, to: number])[] => {
  const found: [number, number, number][] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const to = (nextX: number, nextY: number): void => {
    if (nextY === y && nextX !== x) found.push([y, x, nextX]);
    [x, y] = [nextX, nextY];
  };
  for (const command of path.commands) {
    switch (command.type) {
      case 'M':
        [x, y, startX, startY] = [command.x, command.y, command.x, command.y];
        break;
      case 'Z':
        to(startX, startY);
        break;
      case 'Q':
        to(command.x1, command.y1);
        to(command.x, command.y);
        break;
      default:
        to(command.x, command.y);
    }
  }
  return found;
};

const known = new Map<string, string>();

/** 16 rows of `#` and `.`, 8 wide or 16, a line each; half-wide ones of a Hanzi's width stand in its middle. */
export const glyphOf = (char: string): string => {
  const found = known.get(char);
  if (found !== undefined) return found;
  const { path, advanceWidth = 0 } = font.charToGlyph(char);
  const edges = levels(path);
  const width = char < '\u0080' ? 8 : 16;
  // Lines and frames of half a Hanzi's width are drawn out to the whole of it.
  const drawnOut = char >= '\u2500' && char < '\u2580' && advanceWidth / 64 < width ? 2 : 1;
  const margin = drawnOut === 2 ? 0 : (width - advanceWidth / 64) / 2;
  const rows: string[] = [];
  for (let row = 0; row < 16; row++) {
    let dots = '';
    for (let column = 0; column < width; column++) {
      const [x, y] = [(Math.floor((column - margin) / drawnOut) + 0.5) * 64, 896 - (row + 0.5) * 64];
      const winding = edges
        .filter(([at, from, to]) => at > y && Math.min(from, to) < x && x < Math.max(from, to))
        .reduce((sum, [, from, to]) => sum + Math.sign(to - from), 0);
      dots += winding === 0 ? '.' : '#';
    }
    rows.push(dots);
  }
  const glyph = rows.join('\n');
  known.set(char, glyph);
  return glyph;
};
