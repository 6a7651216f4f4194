import { test } from 'tap';
import { PrinterRig } from './printer-rig.ts';

const statuses = '10 04 01 10 04 02 10 04 03 10 04 04';
const slip = ['one', 'two', 'three', 'four', 'five', 'six'];

test('all well: 12 four times, automatic status 10 00 00 00, GS r 00', (t) => {
  const rig = new PrinterRig();
  rig.send(statuses, '1D 61 FF 1D 72 01 1B 76');
  t.strictSame(rig.settle(), ['12', '12', '12', '12', '10000000', '00', '00']);
  t.strictSame(rig.printer.state, {
    power: 'on',
    plugged: true,
    online: true,
    paper: 'ok',
    cover: 'closed',
    error: 'none',
  });
  t.end();
});

test('paper end: the line under way is finished, then it stops, offline, and keeps both buffers', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 61 FF');
  rig.printer.fault({ line: 2 }, 'paperEnd');
  rig.sendLines(...slip);
  rig.send('1D 72 01');
  t.strictSame(rig.settle(), ['10000000', '10000f00', '18000f00']);
  t.strictSame(rig.texts, ['one', 'two'], 'two was half out');
  t.equal(rig.printer.state.online, false);
  t.equal(rig.printer.state.paper, 'end');
  t.equal(rig.printer.idle, false);
  rig.send(statuses);
  t.strictSame(rig.settle(), ['1a', '32', '12', '7e'], 'no answer to GS r');
  t.end();
});

test('new paper: it goes on by itself with what it holds, and answers what it owes', (t) => {
  const rig = new PrinterRig();
  rig.printer.fault({ line: 2 }, 'paperEnd');
  rig.sendLines(...slip);
  rig.send('1D 72 01');
  t.strictSame(rig.settle(), []);
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), ['00']);
  t.strictSame(rig.texts, slip);
  t.match(rig.printer.paper.copies[0], { torn: true, complete: false }, 'in two pieces');
  t.end();
});

test('paper end while idle: offline at once', (t) => {
  const rig = new PrinterRig({ profile: 'clone' });
  rig.send('1D 61 08');
  rig.settle();
  rig.printer.endPaper();
  rig.send('10 04 01 1D 72 01');
  t.strictSame(rig.settle(), ['18000f0f', '1a']);
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), ['00', '1000000f']);
  t.end();
});

test('a printer without near-end sensor says 72 and 0C at paper end', (t) => {
  const rig = new PrinterRig();
  const without = new PrinterRig({ profile: { ...rig.printer.profile, nearEndSensor: false } });
  without.printer.nearEndPaper();
  without.send('10 04 04');
  t.strictSame(without.settle(), ['12']);
  without.send('1D 61 FF');
  without.settle();
  without.printer.endPaper();
  without.send('10 04 04');
  t.strictSame(without.settle(), ['18000c00', '72']);
  t.end();
});

test('near end: 1E, 03, and it stops nothing', (t) => {
  const rig = new PrinterRig();
  rig.printer.nearEndPaper();
  rig.sendLines(...slip);
  rig.send(statuses, '1D 72 01 1D 61 FF');
  t.strictSame(rig.settle(), ['12', '12', '12', '1e', '03', '10000300']);
  t.strictSame(rig.texts, slip);
  t.equal(rig.printer.state.paper, 'nearEnd');
  t.end();
});

test('cover open while idle: 16, automatic status 38; closing it is enough', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 61 FF');
  rig.settle();
  rig.printer.openCover();
  rig.send(statuses);
  t.strictSame(rig.settle(), ['38000000', '1a', '16', '12', '12']);
  t.equal(rig.printer.state.cover, 'open');
  rig.printer.closeCover();
  rig.send('10 04 01 10 04 02');
  t.strictSame(rig.settle(), ['10000000', '12', '12']);
  t.end();
});

test('cover open in a print: an error that mends itself; the line restarts from its first dot', (t) => {
  const rig = new PrinterRig();
  rig.printer.fault({ line: 2 }, 'coverOpen');
  rig.sendLines(...slip);
  t.strictSame(rig.settle(), []);
  t.strictSame(rig.texts, ['one'], 'two is broken off');
  rig.send(statuses);
  t.strictSame(rig.settle(), ['1a', '56', '52', '12']);
  rig.printer.closeCover();
  rig.settle();
  t.strictSame(rig.texts, slip);
  t.equal(rig.printer.paper.lines[1]?.mmAt, 3.75 + 1.5 + 3, 'half a line of paper was lost');
  t.end();
});

test('cutter jam: waits for DLE ENQ after the jam is out, and goes on from the cut', (t) => {
  const rig = new PrinterRig();
  rig.printer.jamCutter();
  rig.sendLines('one');
  rig.send('1D 61 FF', '1D 56 00');
  rig.sendLines('two');
  rig.send('1D 72 01');
  t.strictSame(rig.settle(), ['10000000', '18080000']);
  rig.send(statuses);
  t.strictSame(rig.settle(), ['1a', '52', '1a', '12']);
  t.equal(rig.printer.state.error, 'cutter');
  rig.send('10 05 01');
  rig.send('10 04 03');
  t.strictSame(rig.settle(), ['1a'], 'still stuck');
  rig.printer.freeCutter();
  rig.send('10 04 03');
  t.strictSame(rig.settle(), ['1a'], 'nothing by itself');
  rig.send('10 05 01');
  t.strictSame(rig.settle(), ['10000000', '00']);
  t.equal(rig.printer.paper.text(1), 'one');
  t.equal(rig.printer.paper.copies[0]?.complete, true);
  t.equal(rig.printer.paper.text(2), 'two');
  t.end();
});

test('DLE ENQ 2 in a cutter jam clears both buffers, keeps the modes and asks for no answer', (t) => {
  const rig = new PrinterRig();
  rig.printer.jamCutter();
  rig.send('1C 26 1D 56 00');
  rig.sendLines(...slip);
  rig.settle();
  rig.printer.freeCutter();
  rig.send('10 05 02');
  t.strictSame(rig.settle(), []);
  rig.send('D6 D0 0A');
  rig.settle();
  t.strictSame(rig.texts, ['中'], 'only what came after it');
  t.end();
});

test('DLE ENQ is ignored where there is no cutter error, as manuals have it, unless the make is said to', (t) => {
  for (const dleEnqOnlyInError of [true, false]) {
    const { profile } = new PrinterRig().printer;
    const rig = new PrinterRig({ profile: { ...profile, dleEnqOnlyInError } });
    rig.printer.fault({ line: 2 }, 'paperEnd');
    rig.sendLines(...slip);
    rig.settle();
    rig.send('10 05 02');
    rig.settle();
    rig.printer.loadPaper();
    rig.settle();
    t.strictSame(rig.texts, dleEnqOnlyInError ? slip : ['one', 'two']);
  }
  t.end();
});

test('overheat: finishes the line, says 52, and goes on by itself when it has cooled', (t) => {
  const rig = new PrinterRig({ coolDownMs: 2000 });
  rig.send('1D 61 04');
  rig.printer.fault({ line: 2 }, 'overheat');
  rig.sendLines(...slip);
  rig.wait(1000);
  rig.send(statuses);
  rig.wait(100);
  t.strictSame(rig.texts, ['one', 'two']);
  t.strictSame(rig.answers.splice(0), ['10000000', '18400000', '1a', '52', '52', '12']);
  t.equal(rig.printer.state.error, 'overheat');
  rig.send('10 05 01 10 05 02');
  t.strictSame(rig.settle(), ['10000000'], 'DLE ENQ is not for it');
  t.strictSame(rig.texts, slip);
  t.end();
});

test('unrecoverable: stops at once and stays so until the power was off', (t) => {
  const rig = new PrinterRig();
  rig.send('1D 61 FF');
  rig.printer.fault({ line: 2 }, 'unrecoverable');
  rig.sendLines(...slip);
  t.strictSame(rig.settle(), ['10000000', '18200000']);
  rig.send(statuses);
  t.strictSame(rig.settle(), ['1a', '52', '32', '12']);
  t.strictSame(rig.texts, ['one']);
  rig.printer.powerOff();
  rig.printer.powerOn();
  rig.send(statuses);
  t.strictSame(rig.settle(), ['11', '12', '12', '12', '12']);
  t.end();
});

test('automatic status reports what is asked for, from its turn on, until ESC @', (t) => {
  const rig = new PrinterRig();
  rig.printer.openCover();
  rig.send('1D 61 08');
  t.strictSame(rig.settle(), [], 'buffered: it waits its turn');
  rig.printer.closeCover();
  t.strictSame(rig.settle(), ['10000000']);
  rig.printer.openCover();
  t.strictSame(rig.settle(), [], 'the cover is not asked for');
  rig.printer.nearEndPaper();
  t.strictSame(rig.settle(), ['38000300']);
  rig.printer.closeCover();
  rig.send('1B 40');
  rig.settle();
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), []);
  rig.send('1D 61 FF 1D 61 00');
  t.strictSame(rig.settle(), ['10000000']);
  rig.printer.nearEndPaper();
  t.strictSame(rig.settle(), [], 'switched off');
  t.end();
});

test('a cheap module knows ESC v and GS r, but no DLE EOT and no status layout', (t) => {
  const rig = new PrinterRig({ profile: 'cheap58' });
  rig.send(statuses, '1D 61 20 1B 76 00 1D 72 01');
  t.strictSame(rig.settle(), ['00', '00']);
  rig.printer.endPaper();
  rig.send('1B 76 00');
  t.strictSame(rig.settle(), ['04'], 'it reads on without paper until it has to print');
  rig.sendLines(...slip);
  rig.send('1B 76 00');
  t.strictSame(rig.settle(), [], 'buffered, behind a slip that waits');
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), ['00']);
  t.strictSame(rig.texts, slip);
  rig.printer.overheat();
  rig.send('1B 76 00');
  rig.wait(10);
  t.strictSame(rig.answers.splice(0), ['40']);
  rig.settle();
  rig.printer.breakDown();
  rig.send('1B 76 00');
  t.strictSame(rig.settle(), ['08']);
  t.end();
});

test('GS r of a cheap module is not executed without paper', (t) => {
  const rig = new PrinterRig({ profile: 'cheap58' });
  rig.printer.endPaper();
  rig.send('1D 72 01');
  t.strictSame(rig.settle(), []);
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), ['00']);
  t.end();
});

test('a mute printer prints and never answers', (t) => {
  const rig = new PrinterRig({ profile: 'mute', receiveBuffer: 8 });
  rig.send(statuses, '1D 61 FF 1D 72 01 1B 76 00 1D 28 48 06 00 30 30 31 32 33 34');
  rig.sendLines(...slip);
  rig.printer.endPaper();
  rig.printer.loadPaper();
  t.strictSame(rig.settle(), []);
  t.strictSame(rig.texts[0], 'one');
  t.end();
});

test('ESC v of an Epson is its paper sensors; GS r 2 the drawer', (t) => {
  const rig = new PrinterRig();
  rig.printer.nearEndPaper();
  rig.send('1B 76 1D 72 32 1D 72 02 1D 72 03');
  t.strictSame(rig.settle(), ['03', '00', '00']);
  t.equal(rig.printer.complaints.length, 1);
  t.end();
});
