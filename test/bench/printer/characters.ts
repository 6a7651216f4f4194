import iconv from 'iconv-lite';

/** What comes out where the font has no picture for the bytes. */
const noPicture = '?';

const replaced = '#$@[\\]^`{|}~';

/** `ESC R n`: what stands in the twelve places of ASCII that a country has of its own, in the order of `#$@[\]^`{|}~`. */
const countries: readonly string[] = [
  '#$@[\\]^`{|}~', // 0 USA
  '#$à°ç§^`éùè¨', // 1 France
  '#$§ÄÖÜ^`äöüß', // 2 Germany
  '£$@[\\]^`{|}~', // 3 United Kingdom
  '#$@ÆØÅ^`æøå~', // 4 Denmark I
  '#¤ÉÄÖÅÜéäöåü', // 5 Sweden
  '#$@°\\é^ùàòèì', // 6 Italy
  '₧$@¡Ñ¿^`¨ñ}~', // 7 Spain I
  '#$@[¥]^`{|}~', // 8 Japan
  '#¤ÉÆØÅÜéæøåü', // 9 Norway
  '#$ÉÆØÅÜéæøåü', // 10 Denmark II
  '#$á¡Ñ¿é`íñóú', // 11 Spain II
  '#$á¡Ñ¿éüíñóú', // 12 Latin America
  '#$@[₩]^`{|}~', // 13 Korea
  '#$ŽŠĐĆČžšđćč', // 14 Slovenia, Croatia
  '#¥@[\\]^`{|}~', // 15 China
];

/** `ESC t n`: the code pages of bytes 80..FF. */
const codePages: ReadonlyMap<number, string> = new Map([
  [0, 'cp437'],
  [2, 'cp850'],
  [3, 'cp860'],
  [4, 'cp863'],
  [5, 'cp865'],
  [16, 'cp1252'],
  [17, 'cp866'],
  [18, 'cp852'],
  [19, 'cp858'],
]);

export const knowsCountry = (n: number): boolean => n < countries.length;
export const knowsCodePage = (n: number): boolean => codePages.has(n);

const decode = (bytes: number[], encoding: string): string => {
  const text = iconv.decode(Buffer.from(bytes), encoding);
  return text.length === 0 || text.includes('\ufffd') ? noPicture : text;
};

/** A single-byte character, 20..FF. */
export const singleByte = (byte: number, country: number, codePage: number): string => {
  if (byte >= 0x80) return decode([byte], codePages.get(codePage) ?? 'cp437');
  const ascii = String.fromCharCode(byte);
  const place = replaced.indexOf(ascii);
  return place < 0 ? ascii : (countries[country]?.charAt(place) ?? ascii);
};

/** Whether a byte begins a GBK character in Hanzi mode. */
export const isLead = (byte: number): boolean => byte >= 0x81 && byte <= 0xfe;

/** Whether it can be the second byte of one. A GB18030 character of four bytes has 30..39 here, and comes out garbled. */
export const isTrail = (byte: number): boolean => byte >= 0x40 && byte <= 0xfe && byte !== 0x7f;

const hanziSoFar = new Map<number, string>();

/** A GBK character. */
export const hanzi = (lead: number, trail: number): string => {
  const code = lead * 256 + trail;
  const known = hanziSoFar.get(code) ?? decode([lead, trail], 'gbk');
  hanziSoFar.set(code, known);
  return known;
};
