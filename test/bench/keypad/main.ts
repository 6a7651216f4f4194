import type { Key } from '../../../hal/keypad.ts';
import { playByHand, systemClock } from '../play-by-hand.ts';
import { VirtualKeypad } from './virtual-keypad.ts';

const usage = `Plays the keypad of a terminal: what you type here is pressed there.

  node dist/test/bench/keypad/main.js --pty PATH

  --pty PATH   where to make the pseudo-terminal that the terminal opens as its keypad's port
  --help       this text

  0-9          the digits            d      00
  Enter        确认 enter            Esc    取消 cancel
  Backspace    清除 clear            m, f   菜单 menu, 功能 function
  Ctrl-C       pulls the plug and ends

Keys may also be piped in; a line feed is 确认. The plug stays in when the pipe ends.`;

const meaning: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x1b': 'cancel',
  '\b': 'clear',
  '\x7f': 'clear',
  d: '00',
  m: 'menu',
  f: 'function',
};

await playByHand(usage, [], () => (far) => {
  const keypad = new VirtualKeypad(systemClock);
  keypad.attach(far);
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.on('data', (typed: Buffer) => {
    for (const character of typed.toString('latin1')) {
      if (character === '\x03') process.kill(process.pid, 'SIGINT');
      else if (/[0-9]/.test(character)) keypad.type(character);
      else {
        const key = meaning[character.toLowerCase()];
        if (key !== undefined) keypad.press(key);
      }
    }
  });
});
