import { test } from 'tap';
import { PrinterRig } from './printer-rig.ts';

const slip = ['one', 'two', 'three', 'four'];
const processId = (id: string) => Buffer.from(`\x1d(H\x06\x0000${id}`, 'latin1');

test('GS r is answered when all before it is on paper, and what follows waits for that', (t) => {
  const rig = new PrinterRig();
  const order: string[] = [];
  rig.printer.on('line', (line) => order.push(line.text));
  rig.printer.on('reply', (_kind, bytes) => order.push(bytes.toString('hex')));
  rig.sendLines(...slip);
  rig.send('1D 72 01');
  rig.sendLines('next');
  rig.settle();
  t.strictSame(order, [...slip, '00', 'next']);
  t.end();
});

test('the process identifier comes when the last line before it is on paper', (t) => {
  const rig = new PrinterRig();
  const order: string[] = [];
  rig.printer.on('line', (line) => order.push(line.text));
  rig.printer.on('reply', (_kind, bytes) => order.push(bytes.toString('hex')));
  rig.sendLines(...slip);
  rig.send('1D 28 48 06 00 30 30 41 30 30 31');
  rig.sendLines('next');
  rig.settle();
  t.strictSame(order, [...slip, '37224130303100', 'next']);
  t.end();
});

test('a line that waits for its line feed belongs to the process identifier after it', (t) => {
  const rig = new PrinterRig();
  rig.sendLines('one');
  rig.send(Buffer.from('two'), processId('0001'));
  t.strictSame(rig.settle(), []);
  rig.send('0A');
  t.strictSame(rig.settle(), ['37223030303100']);
  t.end();
});

test('of several process identifiers that wait only the latest is sent', (t) => {
  const rig = new PrinterRig();
  rig.sendLines('one');
  rig.send(processId('0001'));
  rig.sendLines('two');
  rig.send(processId('0002'));
  t.strictSame(rig.settle(), ['37223030303200']);
  rig.send(processId('0003'));
  t.strictSame(rig.settle(), ['37223030303300'], 'nothing to print: at once');
  t.end();
});

test('a process identifier is not sent over paper end, and comes after the rest', (t) => {
  const rig = new PrinterRig();
  rig.printer.fault({ line: 2 }, 'paperEnd');
  rig.sendLines(...slip);
  rig.send(processId('0001'));
  t.strictSame(rig.settle(), []);
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), ['37223030303100']);
  t.strictSame(rig.texts, slip);
  t.end();
});

test('makes without it do not answer a process identifier; a wrong one is complained of', (t) => {
  const clone = new PrinterRig({ profile: 'clone' });
  clone.send(processId('0001'));
  t.strictSame(clone.settle(), []);
  const epson = new PrinterRig();
  epson.send('1D 28 48 06 00 30 30 1F 30 30 31', '1D 28 48 05 00 30 30 30 30 31', '1D 28 48 03 00 31 30 01');
  t.strictSame(epson.settle(), []);
  t.equal(epson.printer.complaints.length, 3);
  t.end();
});

test('DLE DC4 fn 8 at paper end clears both buffers and says so: new paper brings nothing of it', (t) => {
  const rig = new PrinterRig();
  rig.printer.fault({ line: 2 }, 'paperEnd');
  rig.sendLines(...slip);
  rig.send(processId('0001'));
  rig.settle();
  rig.send('10 14 08 01 03 14 01 06 02 08');
  t.strictSame(rig.settle(), ['372500']);
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), [], 'no late process identifier either');
  t.strictSame(rig.texts, ['one', 'two']);
  t.match(rig.printer.paper.copies, [{ number: 1, complete: false, torn: true }]);
  rig.sendLines('reversal');
  rig.settle();
  t.equal(rig.printer.paper.text(2), 'reversal', 'what comes next is another copy');
  t.end();
});

test('DLE DC4 fn 8 in a print: the line that is half out is finished before the answer', (t) => {
  const rig = new PrinterRig();
  rig.sendLines(...slip);
  rig.wait(62.5 + 20);
  rig.send('10 14 08 01 03 14 01 06 02 08');
  rig.wait(10);
  t.strictSame(rig.answers, []);
  rig.send('41 42 0A');
  t.strictSame(rig.settle(), ['372500']);
  t.strictSame(rig.texts, ['one', 'two']);
  t.equal(rig.printer.bytesLost, 3, 'nothing may be sent before the answer');
  t.match(rig.printer.complaints[0], { what: /before the clearing/ });
  t.equal(rig.printer.idle, true);
  t.end();
});

test('a clearing waits for the line that is half out, unless the cover or the power ends it', (t) => {
  for (const [deed, answers] of [
    ['openCover', ['372500']],
    ['powerOff', []],
  ] as const) {
    const rig = new PrinterRig();
    rig.sendLines(...slip);
    rig.wait(20);
    rig.send('10 14 08 01 03 14 01 06 02 08');
    rig.wait(5);
    rig.printer[deed]();
    t.strictSame(rig.settle(), answers);
    rig.printer.closeCover();
    rig.printer.powerOn();
    rig.settle();
    t.strictSame(rig.texts, []);
    rig.sendLines('after');
    rig.settle();
    t.strictSame(rig.texts, ['after']);
  }
  t.end();
});

test('a clearing in the middle of a command lets the next be read from its start', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 76 30 00 30 00 FF 00 00 00', '10 14 08 01 03 14 01 06 02 08');
  t.strictSame(rig.settle(), ['372500']);
  rig.sendLines('after');
  rig.settle();
  t.strictSame(rig.texts, ['after']);
  t.end();
});

test('ESC @ clears the line and the modes, not what waits', (t) => {
  const rig = new PrinterRig();
  rig.printer.endPaper();
  rig.sendLines('queued');
  rig.send(Buffer.from('begun'), '1B 21 10 1B 40');
  rig.sendLines('after');
  rig.settle();
  rig.printer.loadPaper();
  rig.settle();
  t.strictSame(rig.texts, ['queued', 'after']);
  t.equal(rig.printer.paper.lines[1]?.doubleHeight, false);
  t.end();
});

test('power off: both buffers are gone, paper keeps what is on it, modes start anew', (t) => {
  const rig = new PrinterRig();
  rig.printer.fault({ line: 2 }, 'powerOff');
  rig.send('1C 26 1D 61 FF');
  rig.sendLines(...slip);
  t.strictSame(rig.settle(), ['10000000']);
  t.match(rig.printer.state, { power: 'off', online: false });
  rig.send('10 04 01');
  rig.sendLines('lost');
  t.strictSame(rig.settle(), []);
  rig.printer.powerOn();
  rig.printer.nearEndPaper();
  rig.send('D6 D0 0A');
  t.strictSame(rig.settle(), ['11'], 'XON; automatic status is off');
  t.strictSame(rig.texts, ['one', '╓╨'], 'two was half out: not on paper');
  t.match(rig.printer.paper.copies, [{ torn: true, complete: false }, { torn: false }]);
  t.end();
});

test('the power-off sequence answers 3B 30 00 and deletes all data', (t) => {
  const rig = new PrinterRig();
  rig.sendLines(...slip);
  rig.send('10 14 02 01 08');
  t.strictSame(rig.settle(), ['3b3000']);
  t.equal(rig.printer.state.power, 'off');
  t.strictSame(rig.texts, []);
  t.end();
});

test('unplugged, it prints what it holds; what is on the wire is lost; a new plug works', async (t) => {
  const rig = new PrinterRig();
  rig.printer.fault({ byte: 10 }, 'unplug');
  rig.sendLines('one', 'two', 'three');
  rig.settle();
  t.strictSame(rig.texts, ['one', 'two'], 'ten bytes: thr… never got its end');
  t.equal(rig.printer.state.plugged, false);
  const far = rig.plug();
  rig.send('10 04 01');
  t.strictSame(rig.settle(), ['12']);
  await rig.printer.unplug();
  t.equal(far.unplugged, 1, 'the terminal’s end hangs up');
  rig.send('10 04 01');
  t.strictSame(rig.settle(), []);
  t.end();
});

test('ESC p and DLE DC4 fn 1 pulse the drawer', (t) => {
  const rig = new PrinterRig();
  let pulses = 0;
  rig.printer.on('drawer', () => pulses++);
  rig.send('1B 70 00 19 FA');
  rig.settle();
  t.equal(pulses, 1);
  rig.send('10 14 01 00 01');
  rig.settle();
  t.equal(pulses, 2);
  t.end();
});
