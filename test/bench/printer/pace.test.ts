import { test } from 'tap';
import { PrinterRig } from './printer-rig.ts';

const close = (actual: number | undefined, expected: number): boolean =>
  actual !== undefined && Math.abs(actual - expected) < 1e-6;

test('a line is on paper only when the motor has passed it', (t) => {
  const rig = new PrinterRig();
  rig.sendLines('hello');
  // Six bytes at 11520 a second, then 24 dots = 3 mm at 60 mm/s.
  const arrived = 6 / 11.52;
  rig.wait(arrived + 49.9);
  t.strictSame(rig.texts, []);
  t.equal(rig.printer.idle, false);
  rig.wait(0.2);
  t.strictSame(rig.texts, ['hello']);
  const [line] = rig.printer.paper.lines;
  t.ok(close(line?.at, arrived + 50), `${line?.at}`);
  t.equal(line?.mmAt, 3);
  t.equal(line?.columns, 5);
  rig.settle();
  t.equal(rig.printer.idle, true);
  t.equal(rig.printer.paper.mm, 3.75, 'the spacing makes it 30 dots');
  t.end();
});

test('lines follow each other at the speed of the paper, however fast the line is', (t) => {
  const rig = new PrinterRig({ mmPerSecond: 50 });
  rig.sendLines(...Array.from({ length: 35 }, (_, n) => `line ${n}`));
  rig.settle();
  const lines = rig.printer.paper.lines;
  t.equal(lines.length, 35);
  // 3.75 mm a line at 50 mm/s.
  t.ok(close((lines[34]?.at ?? 0) - (lines[0]?.at ?? 0), 34 * 75), 'pace');
  t.ok(close((lines[34]?.mmAt ?? 0) - (lines[0]?.mmAt ?? 0), 34 * 3.75), 'paper');
  t.end();
});

test('bytes arrive at a tenth of the baud rate a second', (t) => {
  const rig = new PrinterRig({ baudRate: 9600 });
  rig.send(Buffer.alloc(959, 0x00), '10 04 01');
  rig.wait(1001);
  t.strictSame(rig.answers, [], '960 bytes a second: two are still to come');
  rig.wait(2);
  t.strictSame(rig.answers, ['12']);
  t.end();
});

test('a speed factor lets line and motor run that much faster', (t) => {
  const rig = new PrinterRig({ speed: 20 });
  rig.sendLines('hello');
  rig.wait((6 / 11.52 + 50) / 20 - 0.01);
  t.strictSame(rig.texts, []);
  rig.wait(0.02);
  t.strictSame(rig.texts, ['hello']);
  t.end();
});

test('a clock that wakes late keeps the times of the model exact', (t) => {
  const timers: { due: number; wake: () => void }[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    after: (ms: number, wake: () => void) => {
      const timer = { due: now + ms, wake };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  const rig = new PrinterRig({ clock });
  rig.sendLines('one', 'two', 'three');
  // Wakes only every 40 ms.
  for (; now < 400; now += 40) for (const timer of timers.splice(0)) timer.wake();
  const times = rig.printer.paper.lines.map((line) => line.at);
  t.equal(times.length, 3);
  t.ok(close((times[2] ?? 0) - (times[1] ?? 0), 62.5), times.join());
  t.end();
});

test('text without its line feed is not printed', (t) => {
  const rig = new PrinterRig();
  rig.send(Buffer.from('waits'));
  rig.settle();
  t.strictSame(rig.texts, []);
  t.equal(rig.printer.idle, true);
  rig.send('0A');
  rig.settle();
  t.strictSame(rig.texts, ['waits']);
  t.end();
});

test('feeds move the paper by lines and by dots', (t) => {
  const rig = new PrinterRig();
  rig.send('1B 64 03'); // ESC d 3
  rig.settle();
  t.equal(rig.printer.paper.mm, (3 * 30) / 8);
  rig.send('1B 4A 50'); // ESC J 80
  rig.settle();
  t.equal(rig.printer.paper.mm, (3 * 30 + 80) / 8);
  rig.send(Buffer.from('a'), '1B 64 02'); // prints the line, two lines on
  rig.settle();
  t.equal(rig.printer.paper.mm, (5 * 30 + 80) / 8);
  t.equal(rig.printer.paper.text(1), '\n\n\na');
  rig.send('1B 33 40 0A 1B 32 0A'); // ESC 3 64, LF, ESC 2, LF
  rig.settle();
  t.equal(rig.printer.paper.mm, (5 * 30 + 80 + 64 + 30) / 8);
  rig.send(Buffer.from('b'), '1B 4A 00'); // a line is never lower than its characters
  rig.settle();
  t.equal(rig.printer.paper.mm, (5 * 30 + 80 + 64 + 30 + 24) / 8);
  t.end();
});

test('a copy lies between two cuts', (t) => {
  const rig = new PrinterRig();
  const cuts: number[] = [];
  rig.printer.on('cut', (copy) => cuts.push(copy.number));
  rig.sendLines('one', 'two');
  rig.send('1D 56 00');
  rig.sendLines('three');
  rig.settle();
  t.strictSame(cuts, [1]);
  t.strictSame(
    rig.printer.paper.copies.map(({ number, complete, torn, lines }) => [number, complete, torn, lines.length]),
    [
      [1, true, false, 2],
      [2, false, false, 1],
    ],
  );
  t.equal(rig.printer.paper.text(1), 'one\ntwo');
  t.equal(rig.printer.paper.text(2), 'three');
  t.equal(rig.printer.paper.text(3), '');
  rig.send('1B 69', '0A', '1B 6D', '1D 56 42 20', '1D 56 31');
  rig.settle();
  t.strictSame(cuts, [1, 2], 'a piece with nothing on it is no copy');
  t.strictSame(rig.printer.complaints, []);
  t.end();
});

test('a cut prints the line that it finds first', (t) => {
  const rig = new PrinterRig();
  rig.send(Buffer.from('last'), '1D 56 01');
  rig.settle();
  t.equal(rig.printer.paper.text(1), 'last');
  t.equal(rig.printer.paper.copies[0]?.complete, true);
  t.end();
});

test('without a cutter a feed from head to tear bar ends a copy, and 1D 56 is ignored', (t) => {
  const rig = new PrinterRig({ profile: 'cheap58' });
  rig.sendLines('one', '', '', '', 'two');
  rig.send('1D 56 00');
  rig.settle();
  t.equal(rig.printer.paper.copies.length, 1);
  t.equal(rig.printer.paper.copies[0]?.complete, false, 'three blank lines are part of a slip');
  rig.send('1B 64 06');
  rig.settle();
  t.equal(rig.printer.paper.copies[0]?.complete, true);
  t.equal(rig.printer.paper.text(1), 'one\n\n\n\ntwo');
  rig.sendLines('three');
  rig.settle();
  t.equal(rig.printer.paper.text(2), 'three', 'the feed goes to the copy that it ended');
  t.equal(rig.printer.paper.copies[1]?.complete, false);
  t.end();
});

test('paper forgets its oldest copies and goes on numbering', (t) => {
  const rig = new PrinterRig({ keepLines: 10 });
  for (let n = 1; n <= 12; n++) {
    rig.sendLines(`${n}`, 'x');
    rig.send('1D 56 00');
    rig.settle();
  }
  t.strictSame(
    rig.printer.paper.copies.map((copy) => copy.number),
    [8, 9, 10, 11, 12],
  );
  t.equal(rig.printer.paper.text(12), '12\nx');
  t.end();
});
