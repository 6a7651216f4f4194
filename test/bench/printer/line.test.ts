import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'tap';
import { PrinterRig } from './printer-rig.ts';
import { RealTimeScanner } from './real-time-scanner.ts';
import { VirtualPrinter } from './virtual-printer.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `line ${n + 100}`);

test('the scanner finds a command at each place and in each split, and takes nothing for one that is none', (t) => {
  const scan = (hex: string) => {
    const scanner = new RealTimeScanner();
    return [...Buffer.from(hex.replaceAll(' ', ''), 'hex')].flatMap((byte) => scanner.scan(byte) ?? []);
  };
  t.strictSame(scan('41 10 04 01 42'), [{ type: 'status', n: 1 }]);
  t.strictSame(scan('10 10 04 04'), [{ type: 'status', n: 4 }]);
  t.strictSame(scan('10 04 10 04 02'), [{ type: 'status', n: 2 }]);
  t.strictSame(scan('10 05 02 10 05 01'), [
    { type: 'recover', n: 2 },
    { type: 'recover', n: 1 },
  ]);
  t.strictSame(scan('10 14 01 00 01 10 14 02 01 08'), [{ type: 'drawer' }, { type: 'powerOff' }]);
  t.strictSame(scan('10 14 08 01 03 14 01 06 02 08'), [{ type: 'clear' }]);
  t.strictSame(scan('10 14 08 01 03 14 01 06 02 10 04 03'), [{ type: 'status', n: 3 }]);
  t.strictSame(scan('10 04 00 10 04 05 10 05 00 10 05 03 10 06 10 14 03 10 14 01 02 10 14 01 00 09'), []);
  t.strictSame(scan('10 14 02 00 08 10 14 02 01 09'), []);
  t.end();
});

test('a real-time command is obeyed inside image data, which keeps its bytes', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 76 30 00 03 00 02 00', '10 04 01', '00 00 00');
  rig.sendLines('after');
  t.strictSame(rig.settle(), ['12']);
  const [image, text] = rig.printer.paper.lines;
  t.ok(image?.graphic?.type === 'raster' && image.graphic.bits.toString('hex') === '100401000000');
  t.equal(text?.text, 'after');
  t.end();
});

test('a real-time command cut into another is taken for its parameters', (t) => {
  const rig = new PrinterRig();
  rig.send('1B 33', '10 04 01', '1E 41 0A');
  t.strictSame(rig.settle(), ['12']);
  t.equal(rig.printer.paper.mm, 24 / 8, 'ESC 3 took 10: sixteen dots of spacing');
  t.equal(rig.printer.complaints.length, 3, 'and 04 01 1E are left over');
  t.end();
});

test('GS ( D takes pulse and power-off out of real time, until ESC @', (t) => {
  const rig = new PrinterRig();
  let pulses = 0;
  rig.printer.on('drawer', () => pulses++);
  rig.send('1D 28 44 05 00 14 01 00 02 00');
  rig.settle();
  rig.send('10 14 01 00 01 10 14 02 01 08 10 04 01');
  t.strictSame(rig.settle(), ['12'], 'DLE EOT it does not concern');
  t.equal(pulses, 0);
  rig.send('1D 28 44 03 00 14 01 31');
  rig.settle();
  rig.send('10 14 01 00 01');
  rig.settle();
  t.equal(pulses, 1);
  rig.send('1D 28 44 03 00 14 02 30 1B 40');
  rig.settle();
  rig.send('10 14 02 01 08');
  t.strictSame(rig.settle(), ['3b3000']);
  t.end();
});

test('with XON/XOFF nothing is lost, however small the buffer', (t) => {
  for (const receiveBuffer of [1, 7, 64, 256, 4096]) {
    const rig = new PrinterRig({ receiveBuffer });
    const lines = numbered(receiveBuffer === 4096 ? 600 : 40);
    rig.sendLines(...lines);
    const answers = rig.settle();
    t.strictSame(rig.texts, lines, `${receiveBuffer} bytes`);
    t.equal(rig.printer.bytesLost, 0);
    t.equal(answers[0], '13');
    t.equal(answers.at(-1), '11');
  }
  t.end();
});

test('XOFF and XON go out at their thresholds', (t) => {
  const rig = new PrinterRig({ receiveBuffer: 100, xoffFree: 20, xonFree: 60 });
  const held: [string, number][] = [];
  rig.printer.on('reply', (_kind, bytes) => held.push([bytes.toString('hex'), rig.printer.held]));
  rig.printer.endPaper();
  rig.sendLines(...numbered(20));
  rig.settle();
  t.strictSame(held, [['13', 80]]);
  t.equal(rig.printer.held, 96, 'sixteen bytes were already in the transmitter');
  rig.printer.loadPaper();
  rig.settle();
  t.equal(held[1]?.[0], '11');
  t.ok((held[1]?.[1] ?? 100) <= 40);
  t.equal(rig.texts.length, 20);
  t.end();
});

test('before a port that does not obey XOFF all bytes come on, and status is answered', (t) => {
  const rig = new PrinterRig({ receiveBuffer: 100, xoffFree: 20, portObeys: false });
  rig.printer.endPaper();
  rig.sendLines(...numbered(20));
  t.strictSame(rig.settle(), ['13'], 'XOFF went out');
  t.equal(rig.printer.held, 100, 'and its buffer is full');
  rig.send('10 04 02');
  t.strictSame(rig.settle(), ['32']);
  t.end();
});

test('without flow control the overflow is lost, and status is still answered', (t) => {
  const rig = new PrinterRig({ receiveBuffer: 64, flowControl: 'none' });
  rig.printer.endPaper();
  rig.sendLines(...numbered(20));
  rig.settle();
  t.equal(rig.printer.held, 64);
  t.equal(rig.printer.bytesLost, 20 * 9 - 64);
  rig.send('10 04 02');
  t.strictSame(rig.settle(), ['32']);
  rig.printer.loadPaper();
  rig.settle();
  t.strictSame(rig.texts, numbered(7));
  t.end();
});

test('after a power cut XON lets the terminal go on', (t) => {
  const rig = new PrinterRig({ receiveBuffer: 64 });
  rig.printer.endPaper();
  rig.sendLines(...numbered(20));
  rig.settle();
  rig.printer.powerOff();
  rig.settle();
  rig.printer.loadPaper();
  rig.printer.powerOn();
  t.match(rig.settle()[0], '11');
  t.ok(rig.texts.length > 5, 'what the terminal still had comes');
  t.end();
});

test('over real streams and the real clock; until resolves when it holds', async (t) => {
  const printer = new VirtualPrinter({ speed: 50 });
  const received = new PassThrough();
  const send = new PassThrough();
  printer.attach({ received, send });
  // Asked before the bytes go out: at this speed both lines are printed while a busy machine has the process wait.
  const firstLine = printer.until(({ paper }) => paper.lines.length === 1);
  const cut = once(printer, 'cut');
  received.write('one\ntwo\n\x1dV\x00\x1dr\x01');
  await firstLine;
  t.match(printer.paper.text(1), /^one/);
  await cut;
  t.equal(printer.paper.text(1), 'one\ntwo');
  await printer.until(({ idle }) => idle);
  t.strictSame(send.read(), Buffer.from([0x00]));
  received.end();
  await printer.until(({ state }) => !state.plugged);
  t.equal(printer.state.plugged, false, 'the terminal’s end is closed');
});

test('a flood waits at the terminal’s end, not in memory', async (t) => {
  const rig = new PrinterRig({ receiveBuffer: 64 });
  const received = new PassThrough();
  rig.printer.attach({ received, send: new PassThrough() });
  let drained = false;
  received.write(Buffer.alloc(200_000, 0x41), () => {
    drained = true;
  });
  for (let n = 0; n < 100; n++) {
    received.write(Buffer.alloc(10_000, 0x41));
    await new Promise(setImmediate);
  }
  t.equal(drained, true);
  t.ok(received.readableLength + received.writableLength > 900_000, 'left where it was');
  t.end();
});

test('detach takes the plug out quietly', (t) => {
  const rig = new PrinterRig();
  const far = rig.plug();
  rig.printer.detach();
  rig.send('10 04 01');
  t.strictSame(rig.settle(), []);
  t.equal(far.unplugged, 0);
  t.end();
});

test('figures that cannot be are refused', (t) => {
  t.throws(() => new VirtualPrinter({ baudRate: 0 }), /baudRate must be greater than 0/);
  t.throws(() => new VirtualPrinter({ speed: Number.NaN }), /speed must be greater than 0/);
  t.throws(() => new VirtualPrinter({ receiveBuffer: 0 }), /a receive buffer holds 1 byte or more/);
  t.end();
});
