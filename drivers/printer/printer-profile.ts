/**
 * What sets one printer model apart from another, as data: a new model is a new row. docs/printers.md tells how to
 * find the values and how to prove them.
 */
export interface PrinterProfile {
  readonly name: string;
  /** Columns of the paper in ASCII characters; a Hanzi takes two. 32 on 58 mm paper, 48 on 80 mm. */
  readonly columns: number;
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

/** The bits of the answer to ESC v, which each maker lays out anew. 0 where it has no such bit. */
export interface ModuleStatusMasks {
  readonly paperEnd: number;
  readonly unrecoverable: number;
  readonly overheat: number;
  readonly nearEnd: number;
}

export type ProfileName = 'epson' | 'clone' | 'cheap58' | 'mute';
export type PaperWidth = 58 | 80;

const columnsOf: Record<PaperWidth, number> = { 58: 32, 80: 48 };

/** 30 dots at 8 dots a mm (203 dpi), the line spacing after ESC @. */
const lineMm = 3.75;
const patience = { silenceMs: 5000, overheatMs: 30_000 };

const profiles: Record<ProfileName, Omit<PrinterProfile, 'name' | 'columns'>> = {
  /** Epson TM-T88IV and later, TM-T20/T70/T81/T82/m30: process id and confirmed clearing. */
  epson: {
    lineMm,
    mmPerSecond: { slowest: 50, fastest: 350 },
    tearOffLines: 4,
    cutter: true,
    automaticStatus: true,
    status: 'realTime',
    fence: 'processId',
    cancel: 'clearBuffers',
    ...patience,
  },
  /** Printers after the TM-T88III, which had neither: Citizen, Samsung, HPRT, Zijiang and the like. */
  clone: {
    lineMm,
    mmPerSecond: { slowest: 50, fastest: 250 },
    tearOffLines: 4,
    cutter: true,
    automaticStatus: true,
    status: 'realTime',
    fence: 'paperStatus',
    cancel: 'recover',
    ...patience,
  },
  /** Panel modules of 58 mm: Cashino CSN-A1X, DP-EH600 and the like. Bits of ESC v after the CSN-A1X. */
  cheap58: {
    lineMm,
    mmPerSecond: { slowest: 40, fastest: 100 },
    tearOffLines: 4,
    cutter: false,
    automaticStatus: false,
    status: { paperEnd: 0x04, unrecoverable: 0x08, overheat: 0x40, nearEnd: 0 },
    fence: 'paperStatus',
    cancel: 'none',
    ...patience,
  },
  /** A printer whose sending line isn't wired, or that never answers. Every slip of it is UNVERIFIED. */
  mute: {
    lineMm,
    mmPerSecond: { slowest: 40, fastest: 100 },
    tearOffLines: 4,
    cutter: false,
    automaticStatus: false,
    status: 'none',
    fence: 'none',
    cancel: 'none',
    ...patience,
  },
};

/** A profile of the table, for its width of paper in mm. Change single values of it by spreading. */
export const printerProfile = (name: ProfileName, paper: PaperWidth = 58): PrinterProfile => ({
  name,
  columns: columnsOf[paper],
  ...profiles[name],
});
