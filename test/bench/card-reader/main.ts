import { testCard, testCards } from '../cards.ts';
import { eachLine, playByHand, systemClock } from '../play-by-hand.ts';
import { type Swipe, VirtualCardReader } from './virtual-card-reader.ts';

const cardList = Object.values(testCards).map(
  (card) =>
    `  ${card.name.padEnd(12)} ${card.pan.padEnd(20)} PIN ${card.pin.padEnd(7)} expires ${card.expiry}  service ${card.serviceCode}`,
);

const usage = `Plays the swipe reader of a terminal.

  node dist/test/bench/card-reader/main.js --pty PATH [--card NAME]

  --pty PATH    where to make the pseudo-terminal that the terminal opens as its card reader's port
  --card NAME   the card that Enter swipes (default debit)
  --help        this text

Then type, and Enter:

  (nothing)     swipes the card
  NAME          swipes another card, which is then the one in hand
  tracks=N...   with tracks N only, such as tracks=2 or tracks=123
  lrc           with the check characters that most readers keep to themselves
  bad-lrc       with wrong ones
  bad-luhn      of a card whose number is wrong
  cut=N         only the first N bytes; cut=-N all but the last N
  halves=MS     in two halves, MS milliseconds apart
  noise         after some bytes of noise

such as "visa tracks=2 noise". Ctrl-C pulls the plug and ends. All cards are from public test ranges:

${cardList.join('\n')}`;

const swipeOf = (word: string): Swipe | undefined => {
  const tracks = /^tracks=([123]+)$/.exec(word)?.[1];
  if (tracks !== undefined)
    return { tracks: Array.from(tracks, (track) => (track === '1' ? 1 : track === '2' ? 2 : 3)) };
  const cut = /^cut=(-?\d+)$/.exec(word)?.[1];
  if (cut !== undefined) return { cut: Number(cut) };
  const halves = /^halves=(\d+)$/.exec(word)?.[1];
  if (halves !== undefined) return { twoHalvesWithPause: Number(halves) };
  if (word === 'lrc') return { lrc: true };
  if (word === 'bad-lrc') return { badLrc: true };
  if (word === 'bad-luhn') return { badLuhn: true };
  if (word === 'noise') return { noise: Uint8Array.of(0x00, 0x7f, 0xfe, 0x3f) };
  return undefined;
};

await playByHand(usage, ['card'], (option) => {
  let card = testCard(option('card') ?? 'debit');
  return (far) => {
    const reader = new VirtualCardReader(systemClock);
    reader.attach(far);
    eachLine((words) => {
      let swipe: Swipe = {};
      for (const word of words) {
        const part = swipeOf(word);
        if (part === undefined) card = testCard(word);
        else swipe = { ...swipe, ...part };
      }
      reader.swipe(card, swipe);
      console.log(`swiped ${card.name}`);
    });
  };
});
