/**
 * What stands in iconv-lite's place on a board, where the first screen waits for it: of its half megabyte of tables the
 * two that a terminal speaks, GBK and the code page 936 of printers, made by iconv-lite itself when the bundle is built.
 */
import iconv from 'iconv-lite';

const encodings = ['gbk', 'cp936'] as const;

/** Lead bytes 0x81…0xFE by trail bytes 0x40…0xFF; where a pair is no character, U+FFFD. */
const pairsOf = (encoding: string): string => {
  let pairs = '';
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xff; trail += 1) {
      const character = iconv.decode(Buffer.from([lead, trail]), encoding);
      pairs += character.length === 1 ? character : '\ufffd';
    }
  }
  return pairs;
};

const tableOf = (encoding: string): string => Buffer.from(pairsOf(encoding), 'utf16le').toString('base64');

/** The module's source: `encode` and `decode` as iconv-lite's own, for these encodings; another one throws. */
export const gbkStandIn = (): string => `
const packed = { ${encodings.map((encoding) => `${encoding}: () => '${tableOf(encoding)}'`).join(', ')} };
const unpacked = {};
const pairsOf = (encoding) => {
  if (!Object.hasOwn(packed, encoding)) throw new Error('A board has no encoding ' + encoding);
  return (unpacked[encoding] ??= Buffer.from(packed[encoding](), 'base64').toString('utf16le'));
};
const place = (pairs, character) => {
  if (character < '\\x80') return [character.charCodeAt(0)];
  if (character === '€') return [0x80];
  const at = character.length === 1 && character !== '\\ufffd' ? pairs.indexOf(character) : -1;
  return at < 0 ? [0x3f] : [0x81 + Math.floor(at / 0xc0), 0x40 + (at % 0xc0)];
};
exports.encode = (text, encoding) => {
  const pairs = pairsOf(encoding);
  return Buffer.from(Array.from(text, (character) => place(pairs, character)).flat());
};
exports.decode = (bytes, encoding) => {
  const pairs = pairsOf(encoding);
  let text = '';
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at];
    const trail = bytes[at + 1] ?? 0;
    const pair = lead > 0x80 && lead < 0xff && trail >= 0x40 ? pairs[(lead - 0x81) * 0xc0 + trail - 0x40] : '\\ufffd';
    if (lead < 0x80) text += String.fromCharCode(lead);
    else if (lead === 0x80) text += '€';
    else text += pair;
    if (pair !== '\\ufffd') at += 1;
  }
  return text;
};
`;
