/** What one make of printer can do. The four below are the ones that the field knows; a test spreads its own. */
export interface PrinterProfile {
  readonly name: string;
  /** Printable width: 384 dots = 48 mm on 58 mm paper = 32 columns of 12 dots. */
  readonly widthDots: number;
  /** Whether its transmit line is wired: a mute one answers nothing and sends no XOFF. */
  readonly answers: boolean;
  /** Obeys real-time commands on arrival: DLE EOT n, DLE ENQ n. */
  readonly realTime: boolean;
  /** Obeys DLE DC4 fn 1 (drawer), 2 (power-off) and 8 (clear buffers). */
  readonly dleDc4: boolean;
  /**
   * DLE ENQ 1 and 2 are obeyed only in a cutter error, as the manuals of Epson, Citizen, HPRT and Zijiang say in one
   * voice; otherwise ignored, also at paper end. `false`: DLE ENQ 2 clears whenever it comes.
   */
  readonly dleEnqOnlyInError: boolean;
  /** `GS a n` is automatic status back in Epson's four bytes; else it is another command and not answered. */
  readonly automaticStatusBack: boolean;
  /** `GS ( H` function 48, process identifier. */
  readonly processId: boolean;
  /** `ESC v`: one byte as `GS r 1` (03 near end, 0C end), or a module's own bits (04 no paper, 08 failure, 40 hot). */
  readonly escV: 'epson' | 'module';
  /** Has a cutter; else `GS V`, `ESC i`, `ESC m` are ignored. */
  readonly cutter: boolean;
  /** Has a near-end sensor, which sees no paper either when the roll has run out (so DLE EOT 4 = 7E, not 72). */
  readonly nearEndSensor: boolean;
  /** Reads nothing from its receive buffer while offline; a simple module reads on until it has to print. */
  readonly stopsReadingOffline: boolean;
  /** Hanzi mode after power-on and `ESC @`; where off, `FS &` must switch it on. */
  readonly hanziAtPowerOn: boolean;
  /** The fourth byte of automatic status back; its low bits are undefined. */
  readonly asbByte4: number;
}

const epson: PrinterProfile = {
  name: 'epson',
  widthDots: 384,
  answers: true,
  realTime: true,
  dleDc4: true,
  dleEnqOnlyInError: true,
  automaticStatusBack: true,
  processId: true,
  escV: 'epson',
  cutter: true,
  nearEndSensor: true,
  stopsReadingOffline: true,
  hanziAtPowerOn: false,
  asbByte4: 0x00,
};

const cheap58: PrinterProfile = {
  ...epson,
  name: 'cheap58',
  realTime: false,
  dleDc4: false,
  automaticStatusBack: false,
  processId: false,
  escV: 'module',
  cutter: false,
  nearEndSensor: false,
  stopsReadingOffline: false,
};

export const profiles = {
  /** A: a full Epson: DLE EOT, ASB, GS r, process identifier, DLE DC4 fn 8. */
  epson,
  /** B: a clone with a Chinese font: DLE EOT, ASB, GS r. Hanzi mode is on at power-on. */
  clone: { ...epson, name: 'clone', dleDc4: false, processId: false, hanziAtPowerOn: true, asbByte4: 0x0f },
  /** C: a cheap 58 mm module: ESC v and GS r only, no cutter. */
  cheap58,
  /** D: the same with its transmit line not wired. */
  mute: { ...cheap58, name: 'mute', answers: false },
} as const satisfies Record<string, PrinterProfile>;

export type ProfileName = keyof typeof profiles;
