import * as v from 'valibot';
import { issueWords } from '../schema-words.ts';

/**
 * What sets one printer model apart from another, as data: a new model is a new file beside those in `profiles/`, or
 * one that the configuration names. docs/printers.md tells how to find the values and how to prove them.
 */
export interface PrinterProfile {
  /** The file's name without its ending. */
  readonly name: string;
  /** Dots of the head: 384 on 58 mm paper, 576 on 80 mm, at 8 dots a mm. */
  readonly widthDots: number;
  /** Columns of the paper in ASCII characters; a Hanzi takes two. 32 on 58 mm paper, 48 on 80 mm. */
  readonly columns: number;
  /** Bits a second as the maker sets it, for a configuration that says nothing else. */
  readonly baudRate: number;
  /** Height of a normal line of text, in mm. */
  readonly lineMm: number;
  /**
   * How fast the paper moves, in mm/s. `slowest` says how long to wait for the end of a slip, `fastest` before what
   * time no answer about its end can be true.
   */
  readonly mmPerSecond: { readonly slowest: number; readonly fastest: number };
  /** Lines from the print head to the tear bar or the knife. */
  readonly tearOffLines: number;
  readonly cutter: boolean;
  /** Where a cash drawer is connected, by the pin of its line, and its pulse; absent where the printer has no socket for one. */
  readonly drawer?: DrawerPulse;
  /** GS a: the printer tells changes of its status by itself (ASB). */
  readonly automaticStatus: boolean;
  /** How it says what is wrong with it: DLE EOT, which it answers even when it has stopped; ESC v; or not at all. */
  readonly status: 'realTime' | ModuleStatusMasks | 'none';
  /** What it answers after a slip's last line: its process id, its paper status, or nothing. */
  readonly fence: 'processId' | 'paperStatus' | 'none';
  /** How its buffers are cleared: DLE DC4 fn 8, DLE ENQ 2 and a fence, or not in a way that it would confirm. */
  readonly cancel: 'clearBuffers' | 'recover' | 'none';
  /** How long, in ms, beyond the time that a slip can take it may say nothing. */
  readonly silenceMs: number;
  /** How long, in ms, an overheated head may take to cool within one slip. */
  readonly overheatMs: number;
}

export interface DrawerPulse {
  readonly pin: 2 | 5;
  /** 2 to 510, counted by twos. */
  readonly onMs: number;
  readonly offMs: number;
}

/** The bits of the answer to ESC v, which each maker lays out anew. 0 where it has no such bit. */
export interface ModuleStatusMasks {
  readonly paperEnd: number;
  readonly unrecoverable: number;
  readonly overheat: number;
  readonly nearEnd: number;
}

export const paperWidths = [58, 80] as const;
export type PaperWidth = (typeof paperWidths)[number];

export type ProfileResult =
  | { readonly valid: true; readonly profile: PrinterProfile }
  | { readonly valid: false; readonly errors: readonly string[] };

const numberFrom = (low: number, high: number) => v.pipe(v.number(), v.minValue(low), v.maxValue(high));
const integer = (low: number, high: number) => v.pipe(numberFrom(low, high), v.integer());
/** As makers' manuals print them. */
const bits = v.pipe(
  v.string(),
  v.regex(/^[0-9A-Fa-f]{2}$/, 'two hex digits'),
  v.transform((digits) => Number.parseInt(digits, 16)),
);

const masks = v.strictObject({ paperEnd: bits, unrecoverable: bits, overheat: bits, nearEnd: bits });

/** Font A is 12 dots wide. */
const columnDots = 12;

const paper = v.pipe(
  v.strictObject({ widthDots: integer(96, 1280), columns: integer(16, 80) }),
  v.check(
    ({ widthDots, columns }) => columns * columnDots <= widthDots,
    `columns of ${columnDots} dots that fit widthDots`,
  ),
);

const profileFile = v.strictObject({
  /** Which printers it is for, for people. */
  for: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  paper: v.pipe(
    v.strictObject({ 58: v.optional(paper), 80: v.optional(paper) }),
    v.check((widths) => widths[58] !== undefined || widths[80] !== undefined, 'a width of paper, 58 or 80'),
  ),
  baudRate: integer(300, 4_000_000),
  lineMm: numberFrom(1, 20),
  mmPerSecond: v.pipe(
    v.strictObject({ slowest: numberFrom(1, 1000), fastest: numberFrom(1, 1000) }),
    v.check(({ slowest, fastest }) => slowest <= fastest, 'slowest to be at most fastest'),
  ),
  tearOffLines: integer(0, 20),
  cutter: v.boolean(),
  drawer: v.optional(v.strictObject({ pin: v.picklist([2, 5]), onMs: integer(2, 510), offMs: integer(2, 510) })),
  automaticStatus: v.boolean(),
  status: v.union(
    [v.picklist(['realTime', 'none']), masks],
    '"realTime", "none", or the bits of ESC v as paperEnd, unrecoverable, overheat and nearEnd of two hex digits each',
  ),
  fence: v.picklist(['processId', 'paperStatus', 'none']),
  cancel: v.picklist(['clearBuffers', 'recover', 'none']),
  silenceMs: v.optional(integer(1000, 60_000), 5000),
  overheatMs: v.optional(integer(0, 300_000), 30_000),
});

type ProfileFile = v.InferOutput<typeof profileFile>;

/** What no printer can be, though each value by itself is right: such a profile lies, and its verdicts would too. */
const contradictions = ({ status, fence, cancel, automaticStatus }: ProfileFile): string[] => {
  const found: string[] = [];
  const isModule = typeof status === 'object';
  if (automaticStatus && status !== 'realTime') {
    found.push('automaticStatus: true goes only with status "realTime"; GS a is another command on small modules');
  }
  if (fence !== 'none' && status === 'none') {
    found.push(`fence: "${fence}" needs a printer that also says what is wrong with it; its status is "none"`);
  }
  if (cancel !== 'none' && (status !== 'realTime' || fence === 'none')) {
    found.push(
      `cancel: "${cancel}" needs status "realTime" and a fence: else nothing proves that the printer is empty`,
    );
  }
  if (isModule && status.paperEnd === 0) found.push('status.paperEnd: expected a bit, found 00');
  if (isModule) {
    const all = [status.paperEnd, status.unrecoverable, status.overheat, status.nearEnd];
    // DLE EOT's fixed bits: such a byte would be taken for another kind of answer.
    if (all.some((mask) => (mask & 0x90) !== 0))
      found.push('status: bits 80 and 10 are never set in an answer to ESC v');
    if ((status.paperEnd & (status.overheat | status.nearEnd)) !== 0) {
      found.push('status: paperEnd shares a bit with overheat or nearEnd');
    }
  }
  return found;
};

/** Checks what a profile's file says, for that width of paper in mm. Errors name the key. */
export const checkPrinterProfile = (content: unknown, name: string, width: PaperWidth): ProfileResult => {
  const result = v.safeParse(profileFile, content, { abortPipeEarly: true });
  if (!result.success) return { valid: false, errors: result.issues.map((issue) => issueWords(issue)) };
  const { paper: widths, for: _, drawer, ...given } = result.output;
  const rest = { ...given, ...(drawer !== undefined && { drawer }) };
  const errors = contradictions(result.output);
  const ownPaper = widths[width];
  if (ownPaper === undefined) {
    errors.push(`paper: nothing for ${width} mm, found ${Object.keys(widths).join(', ')}`);
    return { valid: false, errors };
  }
  return errors.length > 0 ? { valid: false, errors } : { valid: true, profile: { name, ...ownPaper, ...rest } };
};
