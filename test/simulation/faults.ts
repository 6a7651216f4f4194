import type { Key } from '../../hal/keypad.ts';
import { type Behaviour, hasMac, type Occasion } from '../bench/acquirer/behaviours.ts';
import { type CableName, cableNames, type SimulatedBoard } from './board.ts';
import type { Garbling } from './cable.ts';
import type { Chance } from './chance.ts';
import type { Chore } from './chores.ts';
import type { Way } from './network.ts';

/** What can go wrong, each by the name under which the summary counts it. */
export type FaultName = keyof typeof weights;

/** How often each comes, against the others. */
const weights = {
  'power cut': 10,
  'power cut at a disk operation': 12,
  'power cut at a message': 8,
  'power cut in a line of print': 8,
  'power cuts in a row': 6,
  'process killed': 6,
  'answer spoilt': 26,
  'request refused': 6,
  'way to the acquirer cut': 8,
  'connection reset': 5,
  'acquirer in another batch': 1,
  'acquirer adds up otherwise': 3,
  'paper end': 8,
  'cover open': 6,
  'head too hot': 4,
  'cutter jam': 3,
  'printer broken': 2,
  'printer switched off': 5,
  'printer reply garbled': 10,
  'cable pulled out': 10,
  'line stuck': 2,
  'noise on a line': 6,
  'key stuck': 3,
  'PIN pad out of order': 8,
  'disk: EIO': 5,
  'disk: ENOSPC': 4,
  'disk: EROFS': 2,
} as const;

/** Faults of the printer that somebody puts right some time later. */
type PrinterFault =
  | 'paper end'
  | 'cover open'
  | 'head too hot'
  | 'cutter jam'
  | 'printer broken'
  | 'printer switched off';

export interface Site {
  readonly board: SimulatedBoard;
  /** What the clerk has begun. */
  readonly business: 'sale' | Chore;
  /** To be called when the fault has really happened. */
  readonly happened: (name: FaultName, what: string) => void;
  /** Cuts the power; it comes back by itself. */
  readonly cutPower: () => void;
  readonly kill: () => void;
  readonly acquirerTurned: (from: number) => void;
}

/** What goes wrong with a settlement more often than with a sale. */
const settling = {
  ...weights,
  'request refused': 16,
  'acquirer in another batch': 10,
  'acquirer adds up otherwise': 20,
} as const;

/** One of them is planned, for what the clerk has begun. */
export const someFault = (business: Site['business'], chance: Chance): FaultName =>
  chance.weighted(business === 'settle' ? settling : weights);

export const faultNames = Object.keys(weights) as readonly FaultName[];

/** Has it happen, now or at the next opportunity for it. */
export const strike = (name: FaultName, site: Site, chance: Chance): void => deeds[name](site, chance);

const later = ({ board }: Site, chance: Chance, low: number, high: number, deed: () => void): void => {
  board.scheduler.after(chance.between(low, high), deed);
};

const occasionsOf = ({ business }: Site): readonly [Occasion, ...Occasion[]] => {
  if (business === 'settle') return ['settlement', 'upload', 'noticeUpload', 'batchEnd', 'batchEnd', 'signOn'];
  if (business === 'signOff') return ['signOff', 'signOff', 'signOn'];
  const isOther = business === 'print' || business === 'signOn' || business === 'lock' || business === 'doubt';
  const request = isOther || business === 'difference' ? 'sale' : business;
  return [request, request, request, 'reversal', 'reversal', 'signOn'];
};

/** Fields of an answer without which, or with another content of which, a terminal must not believe it. */
const tellingFields: { readonly [O in Occasion]?: readonly [number, ...number[]] } = {
  balance: [0, 3, 11, 12, 41, 42, 54, 64],
  reversal: [0, 3, 4, 11, 41, 64],
  signOn: [0, 11, 41, 42, 62],
  settlement: [0, 11, 41],
  upload: [0, 11, 41, 42],
  noticeUpload: [0, 11, 41, 42],
  batchEnd: [0, 11, 41, 42],
  signOff: [0, 11, 41, 42],
};

/** Of an approval. */
const tradeFields = [0, 3, 4, 11, 12, 37, 41, 42, 64] as const;

const someBehaviour = (occasion: Occasion, chance: Chance): Behaviour => {
  const field = chance.one(tellingFields[occasion] ?? tradeFields);
  return chance.one<Behaviour>([
    { kind: 'noAnswer' },
    { kind: 'noAnswer' },
    { kind: 'late', delayMs: chance.between(500, 90_000) },
    { kind: 'late', delayMs: chance.between(500, 90_000) },
    { kind: 'notBooked', closes: chance.happens(0.5) },
    { kind: 'overtaken', delayMs: chance.between(1000, 90_000) },
    hasMac(occasion) ? { kind: 'badMac' } : { kind: 'noAnswer' },
    { kind: 'wrongField', field },
    { kind: 'omitField', field: field === 0 ? 11 : field },
    { kind: 'truncated', closes: chance.happens(0.5), bytes: chance.integer(0, 60) },
    { kind: 'garbage', bytes: chance.bytes(chance.integer(1, 80)) },
    { kind: 'lyingLength', by: chance.happens(0.5) ? chance.integer(-20, -1) : chance.integer(1, 300) },
    { kind: 'closeAfterRequest' },
    { kind: 'doubled' },
    { kind: 'drip', everyMs: chance.between(1, 300) },
  ]);
};

const refusals = ['51', '55', '61', '91', '96', '77', '99', 'A0', '05', '30'] as const;

const spoilAnswer = (site: Site, chance: Chance): void => {
  const occasion = chance.one(occasionsOf(site));
  const behaviour = someBehaviour(occasion, chance);
  site.board.acquirer.next(occasion, behaviour);
  site.board.onScripted(occasion, () => site.happened('answer spoilt', `${occasion}: ${behaviour.kind}`));
};

const refuse = (site: Site, chance: Chance): void => {
  const occasion = chance.one(occasionsOf(site).filter((each) => each !== 'settlement') as [Occasion, ...Occasion[]]);
  const code = chance.one(refusals);
  site.board.acquirer.next(occasion, { kind: 'decline', code });
  site.board.onScripted(occasion, () => site.happened('request refused', `${occasion}: ${code}`));
};

const cutWay = (site: Site, chance: Chance): void => {
  const { network } = site.board;
  network.way = chance.one<Way>(['refused', 'unreachable', 'silent', 'silent']);
  site.happened('way to the acquirer cut', network.way);
  later(site, chance, 1000, chance.happens(0.2) ? 900_000 : 60_000, () => {
    network.way = 'up';
  });
};

const printerFault =
  (name: PrinterFault) =>
  (site: Site, chance: Chance): void => {
    const { printer } = site.board;
    const deed = {
      'paper end': () => printer.endPaper(),
      'cover open': () => printer.openCover(),
      'head too hot': () => printer.overheat(),
      'cutter jam': () => printer.jamCutter(),
      'printer broken': () => printer.breakDown(),
      'printer switched off': () => printer.powerOff(),
    }[name];
    const strikeNow = (): void => {
      deed();
      site.happened(name, printer.idle ? 'at rest' : 'in a slip');
      if (chance.happens(0.5)) later(site, chance, 500, 90_000, () => site.board.mendPrinter());
    };
    if (chance.happens(0.3)) strikeNow();
    else printer.fault({ copy: chance.integer(1, 3), line: chance.integer(0, 40) }, strikeNow);
  };

const pullOut = (site: Site, chance: Chance): void => {
  const { board } = site;
  const name = chance.one<CableName>([...cableNames, 'printer', 'printer', 'pinPad'] as [CableName, ...CableName[]]);
  const pull = (): void => {
    board.unplug(name);
    site.happened('cable pulled out', name);
    later(site, chance, 100, 60_000, () => board.plugIn(name));
  };
  if (name === 'printer' && chance.happens(0.6))
    board.printer.fault({ line: chance.integer(1, 40), copy: chance.integer(1, 2) }, pull);
  else pull();
};

const stick = (site: Site, chance: Chance): void => {
  const { board } = site;
  const name = chance.one<CableName>(['printer', 'pinPad', 'display']);
  board.stick(name);
  site.happened('line stuck', name);
  later(site, chance, 1000, 60_000, () => board.cables[name].letGo());
};

const babble = (site: Site, chance: Chance): void => {
  const { board } = site;
  const name = chance.one<CableName>(['keypad', 'cardReader', 'pinPad', 'printer']);
  board.cables[name].babble(chance.bytes(chance.happens(0.2) ? chance.integer(60, 300) : chance.integer(1, 8)));
  site.happened('noise on a line', name);
};

const stickKey = (site: Site, chance: Chance): void => {
  const { board } = site;
  if (!board.cables.keypad.pluggedIn) return;
  const key = chance.one<Key>(['1', '0', 'enter', 'cancel', 'clear', 'menu', 'function']);
  board.keypad.stick(key, chance.between(15, 200));
  board.passesUnread();
  site.happened('key stuck', key);
  later(site, chance, 300, 8000, () => board.keypad.letGo());
};

const garbleReplies = (site: Site, chance: Chance): void => {
  const { board } = site;
  const count = chance.integer(1, 4);
  for (let n = 0; n < count; n++) {
    const how = chance.one<Garbling>(['lost', 'late', 'doubled', 'bitWrong', 'stray', 'held']);
    board.cables.printer.garbleNext('toTerminal', how, () => site.happened('printer reply garbled', how));
  }
};

const spoilPad = (site: Site, chance: Chance): void => {
  const { pinPad, cables } = site.board;
  const how = chance.one([
    'refuses frames',
    'wrong LRC',
    'answers twice',
    'answers early',
    'error',
    'mute',
    'garbled',
  ] as const);
  const count = chance.integer(1, 4);
  if (how === 'refuses frames') pinPad.nakNext(count);
  else if (how === 'wrong LRC') pinPad.spoilLrcNext(count);
  else if (how === 'answers twice') pinPad.replyTwiceNext(count);
  else if (how === 'answers early') pinPad.replyBeforeAckNext(count);
  else if (how === 'error') pinPad.willFail(chance.one(['1', '5', '8']));
  else if (how === 'garbled') {
    const direction = chance.one(['toTerminal', 'toDevice'] as const);
    const garbling = chance.one<Garbling>(['lost', 'late', 'doubled', 'bitWrong', 'stray']);
    cables.pinPad.garbleNext(direction, garbling, () =>
      site.happened('PIN pad out of order', `${direction}: ${garbling}`),
    );
    return;
  } else {
    pinPad.mute();
    later(site, chance, 1000, 30_000, () => pinPad.unmute());
  }
  site.happened('PIN pad out of order', how);
};

const turnBatch = (site: Site, chance: Chance): void => {
  const { acquirer } = site.board;
  site.acquirerTurned(acquirer.batch);
  acquirer.batch = ((acquirer.batch + chance.integer(1, 5) - 1) % 999_999) + 1;
  site.happened('acquirer in another batch', String(acquirer.batch));
};

const skew = (site: Site, chance: Chance): void => {
  const half = chance.one(['domestic', 'foreign'] as const);
  site.board.acquirer.skew(half, { amount: chance.integer(-500, 500), count: chance.integer(0, 1) });
  site.happened('acquirer adds up otherwise', half);
};

const failDisk = (site: Site, chance: Chance): void => {
  const call = chance.one(['read', 'write', 'write', 'sync', 'sync', 'sync'] as const);
  site.board.disk.failNext(call, () => site.happened('disk: EIO', call));
};

const fillDisk = (site: Site, chance: Chance): void => {
  const { disk } = site.board;
  const how = chance.one(['newBlocks', 'all'] as const);
  disk.fill(how, () => site.happened('disk: ENOSPC', how));
  later(site, chance, 10_000, 600_000, () => disk.makeRoom());
};

const makeReadOnly = (site: Site, chance: Chance): void => {
  const { disk } = site.board;
  disk.protect(() => site.happened('disk: EROFS', ''));
  later(site, chance, 10_000, 600_000, () => disk.unprotect());
};

const cutsInARow = (site: Site, chance: Chance): void => {
  let inMs = 0;
  const count = chance.integer(2, 5);
  for (let n = 0; n < count; n++) {
    later(site, chance, inMs, inMs + 6000, () => {
      if (!site.board.isOn) return;
      site.happened('power cuts in a row', `${n + 1} of ${count}`);
      site.cutPower();
    });
    inMs += 6000;
  }
};

const deeds: { readonly [N in FaultName]: (site: Site, chance: Chance) => void } = {
  'power cut': (site) => {
    site.happened('power cut', '');
    site.cutPower();
  },
  'power cut at a disk operation': (site, chance) => {
    site.board.disk.cutPowerAt(chance.integer(1, 16), chance.happens(0.5), () => {
      site.happened('power cut at a disk operation', '');
      site.cutPower();
    });
  },
  'power cut at a message': (site, chance) => {
    const occasion = chance.one(occasionsOf(site));
    site.board.onNextMessage(occasion, chance.one(['received', 'sent']), () => {
      site.happened('power cut at a message', occasion);
      site.cutPower();
    });
  },
  'power cut in a line of print': (site, chance) => {
    site.board.printer.fault({ copy: chance.integer(1, 2), line: chance.integer(1, 40) }, () => {
      site.happened('power cut in a line of print', '');
      // Not in the middle of what the printer does to itself.
      site.board.scheduler.after(0, () => site.cutPower());
    });
  },
  'power cuts in a row': cutsInARow,
  'process killed': (site) => {
    site.happened('process killed', '');
    site.kill();
  },
  'answer spoilt': spoilAnswer,
  'request refused': refuse,
  'way to the acquirer cut': cutWay,
  'connection reset': (site) => site.board.network.resetNext(() => site.happened('connection reset', '')),
  'acquirer in another batch': turnBatch,
  'acquirer adds up otherwise': skew,
  'paper end': printerFault('paper end'),
  'cover open': printerFault('cover open'),
  'head too hot': printerFault('head too hot'),
  'cutter jam': printerFault('cutter jam'),
  'printer broken': printerFault('printer broken'),
  'printer switched off': printerFault('printer switched off'),
  'printer reply garbled': garbleReplies,
  'cable pulled out': pullOut,
  'line stuck': stick,
  'noise on a line': babble,
  'key stuck': stickKey,
  'PIN pad out of order': spoilPad,
  'disk: EIO': failDisk,
  'disk: ENOSPC': fillDisk,
  'disk: EROFS': makeReadOnly,
};
