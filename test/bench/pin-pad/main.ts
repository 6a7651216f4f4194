import { eachLine, playByHand, systemClock } from '../play-by-hand.ts';
import { VirtualPinPad } from './virtual-pin-pad.ts';

const usage = `Plays the PIN pad of a terminal.

  node dist/test/bench/pin-pad/main.js --pty PATH --master-key HEX [--pin DIGITS]

  --pty PATH         where to make the pseudo-terminal that the terminal opens as its PIN pad's port
  --master-key HEX   the pad's master key, 16 or 32 hexadecimal digits
  --pin DIGITS       what the cardholder enters at each request; without it nobody touches the pad
  --help             this text

Then type what the cardholder does, now and at each later request, and Enter:

  pin DIGITS   enters a PIN              late MS   takes so long, from now on
  bypass       confirms without a PIN    mute      the pad is not heard any more
  cancel       presses 取消              unmute    it is heard again
  silent       does nothing              nak N     refuses the next N frames
  fail CODE    the pad answers an error  bad-lrc N, twice N, early N
                                                   the next N answers are wrong in that respect

Ctrl-C pulls the plug and ends. Never use a living key or PIN here.`;

const count = (word: string | undefined): number => {
  const value = Number(word ?? '1');
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`${word} is no number of times or milliseconds`);
  return value;
};

const orders: Readonly<Record<string, (pad: VirtualPinPad, word: string | undefined) => void>> = {
  pin: (pad, word) => pad.willEnter(word ?? ''),
  bypass: (pad) => pad.willBypass(),
  cancel: (pad) => pad.willCancel(),
  silent: (pad) => pad.willStaySilent(),
  fail: (pad, word) => pad.willFail(word ?? ''),
  late: (pad, word) => pad.willAnswerLate(count(word)),
  mute: (pad) => pad.mute(),
  unmute: (pad) => pad.unmute(),
  nak: (pad, word) => pad.nakNext(count(word)),
  'bad-lrc': (pad, word) => pad.spoilLrcNext(count(word)),
  twice: (pad, word) => pad.replyTwiceNext(count(word)),
  early: (pad, word) => pad.replyBeforeAckNext(count(word)),
};

await playByHand(usage, ['master-key', 'pin'], (option) => {
  const masterKey = option('master-key') ?? '';
  if (!/^(?:[0-9A-Fa-f]{16}){1,2}$/.test(masterKey)) throw new Error('--master-key needs 16 or 32 hexadecimal digits');
  const pad = new VirtualPinPad(systemClock, { masterKey: Buffer.from(masterKey, 'hex') });
  const pin = option('pin');
  if (pin !== undefined) pad.willEnter(pin);
  return (far) => {
    pad.on('event', ({ type, ...told }) => console.log([type, ...Object.values(told)].join(' ')));
    pad.attach(far);
    eachLine(([verb, word]) => {
      const order = orders[verb ?? ''];
      if (order === undefined) throw new Error('Not understood: see --help');
      order(pad, word);
    });
  };
});
