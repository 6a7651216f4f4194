import { playByHand } from '../play-by-hand.ts';
import { VirtualDisplay } from './virtual-display.ts';

const usage = `Plays the display of a terminal: prints each screen that the terminal shows.

  node dist/test/bench/display/main.js --pty PATH [--kind lcd4x16|cd5220]

  --pty PATH    where to make the pseudo-terminal that the terminal opens as its display's port
  --kind KIND   lcd4x16 (default): four lines of 16 columns; cd5220: two lines of 20
  --help        this text

Ctrl-C pulls the plug and ends.`;

await playByHand(usage, ['kind'], (option) => {
  const kind = option('kind') ?? 'lcd4x16';
  if (kind !== 'lcd4x16' && kind !== 'cd5220') throw new Error(`--kind is lcd4x16 or cd5220, not ${kind}`);
  const display = new VirtualDisplay(kind);
  display.on('screen', (lines) => console.log(['----', ...lines].join('\n')));
  display.on('complaint', (what) => console.error(`! ${what}`));
  return (far) => display.attach(far);
});
