import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { plugIn } from '../../support/pty.ts';
import { columnDots } from './line-buffer.ts';
import { paperPicture } from './paper-picture.ts';
import { showCut, showLine } from './paper-view.ts';
import type { VirtualPrinterOptions } from './printer-options.ts';
import { type ProfileName, profiles } from './profiles.ts';
import { listenFor } from './tcp-port.ts';
import { type Fault, VirtualPrinter } from './virtual-printer.ts';

const usage = `A thermal printer to play with: what a terminal prints shows here as it comes out.

  node dist/test/bench/printer/main.js --pty PATH | --tcp PORT [options]

  --pty PATH                plug it in as a serial port at PATH (needs socat)
  --tcp PORT                listen on 127.0.0.1:PORT; 0 takes a free one
  --profile NAME            ${Object.keys(profiles).join(', ')} (epson)
  --baud N                  bits a second (115200)
  --speed-mm N              paper, millimetres a second (60)
  --buffer N                receive buffer, bytes (4096)
  --flow NAME               xonxoff, none (xonxoff)
  --times N                 everything N times as fast (1)
  --paper-out-at-line N     paper ends in line N of the next copy
  --FAULT-at-line N         the same for cover-open, unplug, power-off, overheat, cutter-jam, unrecoverable
  --pictures FOLDER         writes each copy there as it looks, copy-1.png and so on
  --help

While it runs, type a word and Enter:
  out, near, paper          paper ends, is near its end, is loaded
  open, close               the cover
  off, on                   the power
  hot, jam, free, break     overheat; jam the cutter, free it; break down for good
  unplug, plug              the cable
  tear                      tear off what is out
  quit
`;

const faultOptions: Readonly<Record<string, Fault>> = {
  'paper-out-at-line': 'paperEnd',
  'cover-open-at-line': 'coverOpen',
  'unplug-at-line': 'unplug',
  'power-off-at-line': 'powerOff',
  'overheat-at-line': 'overheat',
  'cutter-jam-at-line': 'cutterJam',
  'unrecoverable-at-line': 'unrecoverable',
};

/** A mistake in the command line, for the person who typed it. */
class UsageError extends Error {}

const number = (name: string, value: string | undefined, fallback: number, low: number): number => {
  if (value === undefined) return fallback;
  const parsed = Number(value);
  if (!Number.isFinite(parsed) || parsed < low)
    throw new UsageError(`--${name} takes a number from ${low}, not ${value}`);
  return parsed;
};

const readArguments = () => {
  const text = { type: 'string' } as const;
  const names = [
    'pty',
    'tcp',
    'profile',
    'baud',
    'speed-mm',
    'buffer',
    'flow',
    'times',
    'pictures',
    ...Object.keys(faultOptions),
  ];
  try {
    const { values } = parseArgs({
      options: { ...Object.fromEntries(names.map((name) => [name, text])), help: { type: 'boolean' } },
    });
    return values as Record<string, string | undefined>;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const isProfile = (name: string): name is ProfileName => Object.hasOwn(profiles, name);

const optionsFrom = (values: Record<string, string | undefined>): VirtualPrinterOptions => {
  const { profile = 'epson', flow = 'xonxoff' } = values;
  if (!isProfile(profile)) throw new UsageError(`there is no profile ${profile}: ${Object.keys(profiles).join(', ')}`);
  if (flow !== 'xonxoff' && flow !== 'none') throw new UsageError(`--flow takes xonxoff or none, not ${flow}`);
  return {
    profile,
    flowControl: flow,
    baudRate: number('baud', values.baud, 115_200, 1),
    mmPerSecond: number('speed-mm', values['speed-mm'], 60, 1),
    receiveBuffer: Math.floor(number('buffer', values.buffer, 4096, 1)),
    speed: number('times', values.times, 1, 0.01),
  };
};

/** Shows on the terminal's window what happens. */
const show = (printer: VirtualPrinter): void => {
  const columns = Math.floor(printer.profile.widthDots / columnDots);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  printer.on('line', (line) => say(showLine(line, columns)));
  printer.on('cut', (copy) => say(showCut(copy, columns)));
  printer.on('complaint', ({ what, bytes, atByte }) => say(`! byte ${atByte}: ${what} (${bytes})`));
  printer.on('drawer', () => say('· drawer pulse'));
  printer.on('state', (state) => {
    say(
      `· ${Object.entries(state)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
    );
  });
};

/** Makes the cable: `plug` plugs it in, where that is for this side to do. */
const cable = async (printer: VirtualPrinter, values: Record<string, string | undefined>): Promise<() => void> => {
  const { pty, tcp } = values;
  if ((pty === undefined) === (tcp === undefined)) throw new UsageError('give either --pty PATH or --tcp PORT');
  if (pty !== undefined) {
    if (existsSync(pty)) throw new UsageError(`there is something at ${pty} already: take another path, or remove it`);
    let gone = Promise.resolve();
    const plug = async (): Promise<void> => {
      if (printer.state.plugged) return;
      // The path must be free of the cable before.
      await gone;
      const far = await plugIn(pty);
      const unplug = (): Promise<void> => {
        gone = far.unplug();
        return gone;
      };
      printer.attach({ received: far.received, send: far.send, unplug });
      process.stdout.write(`plugged in at ${pty}\n`);
    };
    await plug();
    return () => void plug();
  }
  const { host, port } = await listenFor(printer, { port: number('tcp', tcp, 0, 0) });
  process.stdout.write(`listening on ${host}:${port}\n`);
  return () => process.stdout.write('whoever connects next is plugged in\n');
};

const main = async (): Promise<void> => {
  const values = readArguments();
  if (values.help !== undefined) {
    process.stdout.write(usage);
    return;
  }
  const printer = new VirtualPrinter(optionsFrom(values));
  for (const [name, fault] of Object.entries(faultOptions)) {
    if (values[name] !== undefined) printer.fault({ line: number(name, values[name], 1, 1) }, fault);
  }
  show(printer);
  const { pictures } = values;
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true });
    printer.on('cut', ({ number: copy, lines }) => {
      writeFileSync(join(pictures, `copy-${copy}.png`), paperPicture(lines, printer.profile.widthDots));
    });
  }
  const plug = await cable(printer, values);
  const quit = async (): Promise<never> => {
    await printer.unplug();
    return process.exit(0);
  };
  const words: Readonly<Record<string, () => unknown>> = {
    out: () => printer.endPaper(),
    near: () => printer.nearEndPaper(),
    paper: () => printer.loadPaper(),
    open: () => printer.openCover(),
    close: () => printer.closeCover(),
    off: () => printer.powerOff(),
    on: () => printer.powerOn(),
    hot: () => printer.overheat(),
    jam: () => printer.jamCutter(),
    free: () => printer.freeCutter(),
    break: () => printer.breakDown(),
    unplug: () => printer.unplug(),
    plug,
    tear: () => printer.tearOff(),
    quit,
  };
  createInterface({ input: process.stdin }).on('line', (typed) => {
    const word = typed.trim();
    if (word === '') return;
    if (Object.hasOwn(words, word)) words[word]?.();
    else process.stdout.write(`? ${Object.keys(words).join(' ')}\n`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void quit());
};

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text}\n${error instanceof UsageError ? 'See --help.\n' : ''}`);
  process.exitCode = 2;
});
