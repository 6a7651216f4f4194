import type { ReplyKind, SpoiltReplies } from '../../bench/printer/replies.ts';
import type { Chance } from '../chance.ts';

export const makes = ['epson', 'clone', 'cheap58', 'mute'] as const;
export type Make = (typeof makes)[number];

/** What happens to a printer, a cable or a roll, and how somebody puts it right. */
export const mishaps = [
  'paperEnd',
  'nearEnd',
  'coverOpen',
  'overheat',
  'cutterJam',
  'unrecoverable',
  'powerOff',
  'unplug',
  'stuckLine',
] as const;
export type Mishap = (typeof mishaps)[number];

/** When: as a byte arrives, while a line of a copy is half out, before a copy, or at a time; all counted from the start. */
export type Moment =
  | { readonly byte: number }
  | { readonly line: number; readonly copy: number }
  | { readonly copy: number }
  | { readonly atMs: number };

export interface PlannedMishap {
  readonly what: Mishap;
  readonly when: Moment;
  readonly mendedAfterMs: number;
}

/** All that chance decides about a run: two sales at a printer with which things go wrong. */
export interface Schedule {
  readonly seed: number;
  readonly make: Make;
  /** The profile that the terminal has for it: its own, or one that lies. */
  readonly profile: Make;
  readonly baudRate: number;
  readonly mmPerSecond: number;
  readonly receiveBuffer: number;
  readonly flowControl: 'xonxoff' | 'none';
  readonly portObeys: boolean;
  readonly slipLines: number;
  readonly graceMs: number;
  /** How long after the display asks for paper the clerk gives up; undefined when he waits. */
  readonly givesUpAfterMs: number | undefined;
  readonly mishaps: readonly PlannedMishap[];
  /** Each from that time on. */
  readonly replies: readonly { readonly fromMs: number; readonly rule: SpoiltReplies }[];
  /** Bytes that the printer never sent. */
  readonly babble: readonly { readonly atMs: number; readonly bytes: readonly number[] }[];
}

const someMoment = (chance: Chance): Moment => {
  switch (chance.weighted({ byte: 3, line: 4, copy: 1, time: 2 })) {
    case 'byte':
      return { byte: chance.integer(1, 2500) };
    case 'line':
      return { line: chance.integer(1, 26), copy: chance.integer(1, 4) };
    case 'copy':
      return { copy: chance.integer(1, 4) };
    case 'time':
      return { atMs: chance.between(0, 30_000) };
  }
};

const kindsOf = (make: Make): readonly [ReplyKind, ...ReplyKind[]] => {
  if (make === 'epson') return ['dleEot', 'automaticStatus', 'processId', 'cleared', 'flowControl'];
  return make === 'clone' ? ['dleEot', 'automaticStatus', 'gsR', 'flowControl'] : ['gsR', 'escV', 'flowControl'];
};

const someRule = (chance: Chance, make: Make): SpoiltReplies => {
  const how = chance.one<SpoiltReplies['how']>([
    { type: 'lost' },
    { type: 'late', byMs: chance.between(10, 6000) },
    { type: 'doubled' },
    { type: 'stale' },
    { type: 'bitWrong', byte: chance.integer(0, 6), bit: chance.integer(0, 7) },
    { type: 'strayBytes', bytes: [chance.integer(0, 255)] },
  ]);
  const times = chance.one([1, 1, 2, 3, 20]);
  return { how, times, ...(chance.happens(0.7) && { kind: chance.one(kindsOf(make)) }) };
};

const many = <T>(chance: Chance, most: number, each: () => T): readonly T[] =>
  Array.from({ length: chance.integer(0, most) }, each);

/** The schedule of a seed. */
export const scheduleOf = (seed: number, chance: Chance): Schedule => {
  const make = chance.weighted({ epson: 4, clone: 4, cheap58: 3, mute: 1 });
  const lies = chance.happens(0.05);
  const holdsOff = make !== 'mute' && chance.happens(0.7);
  const receiveBuffer = holdsOff ? chance.one([512, 1024, 4096]) : 16_384;
  return {
    seed,
    make,
    profile: lies ? chance.one(makes) : make,
    baudRate: chance.one([9600, 19_200, 38_400, 115_200]),
    mmPerSecond: chance.between(50, 90),
    // What overruns a buffer without flow control is lost: then it must be as large as a slip.
    receiveBuffer,
    flowControl: holdsOff ? 'xonxoff' : 'none',
    portObeys: receiveBuffer < 2048 || chance.happens(0.3),
    slipLines: chance.integer(6, 30),
    graceMs: chance.one([0, 20_000, 120_000]),
    givesUpAfterMs: chance.happens(0.3) ? chance.between(500, 20_000) : undefined,
    mishaps: many(chance, 3, () => ({
      what: chance.one(mishaps),
      when: someMoment(chance),
      mendedAfterMs: chance.one([0, 50, 400, 1500, 4000, 15_000, 60_000, 200_000]) * chance.between(0.5, 1.5),
    })),
    replies: many(chance, 4, () => ({
      fromMs: chance.happens(0.4) ? 0 : chance.between(0, 30_000),
      rule: someRule(chance, make),
    })),
    babble: many(chance, 1, () => ({
      atMs: chance.between(0, 30_000),
      bytes: chance.happens(0.5)
        ? [chance.one([0x00, 0x03, 0x12, 0x10, 0x14, 0x37, 0x11, 0x13, 0xff])]
        : [...chance.bytes(chance.integer(1, 6))],
    })),
  };
};
