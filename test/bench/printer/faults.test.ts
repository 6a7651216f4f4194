import fc from 'fast-check';
import { test } from 'tap';
import { PrinterRig } from './printer-rig.ts';
import { type ProfileName, profiles } from './profiles.ts';

const slip = ['one', 'two', 'three'];
const cut = '1D 56 00';

test('a fault as the n-th byte arrives', (t) => {
  const rig = new PrinterRig();
  rig.sendLines('before');
  rig.settle();
  rig.printer.fault({ byte: 5 }, 'powerOff');
  rig.sendLines('abcdefgh');
  rig.wait(4.5 / 11.52);
  t.equal(rig.printer.state.power, 'on');
  rig.wait(0.6 / 11.52);
  t.equal(rig.printer.state.power, 'off');
  t.end();
});

test('a fault in line n of a copy to come, and before a copy', (t) => {
  const rig = new PrinterRig();
  rig.sendLines('begun');
  rig.settle();
  rig.printer.fault({ line: 1 }, 'paperEnd');
  rig.sendLines('goes on');
  rig.send(cut);
  rig.sendLines(...slip);
  rig.settle();
  t.equal(rig.printer.paper.text(2), 'one', 'the copy that had begun is not the next');
  rig.printer.loadPaper();
  rig.settle();
  t.equal(rig.printer.paper.text(2), slip.join('\n'));

  rig.printer.fault({ copy: 2 }, 'paperEnd');
  rig.printer.fault({ copy: 2, line: 2 }, 'overheat');
  rig.send(cut);
  rig.sendLines(...slip);
  rig.send(cut);
  rig.sendLines(...slip);
  rig.settle();
  t.equal(rig.printer.paper.text(3), slip.join('\n'));
  t.equal(rig.printer.paper.text(4), '', 'not a dot of it');
  t.equal(rig.printer.state.paper, 'end');
  rig.printer.loadPaper();
  rig.wait(1000);
  t.equal(rig.printer.paper.text(4), 'one\ntwo');
  t.equal(rig.printer.state.error, 'overheat');
  rig.settle();
  t.equal(rig.printer.paper.text(4), slip.join('\n'));
  t.end();
});

test('a fault can be any deed, and be taken back', (t) => {
  const rig = new PrinterRig();
  let deeds = 0;
  rig.printer.fault({ line: 1 }, () => deeds++);
  rig.printer.fault({ line: 2 }, 'paperEnd')();
  rig.sendLines(...slip);
  rig.settle();
  t.equal(deeds, 1);
  t.strictSame(rig.texts, slip);
  t.end();
});

test('each fault by its name, in line 2', (t) => {
  const left = {
    paperEnd: 2,
    coverOpen: 1,
    unplug: 3,
    powerOff: 1,
    overheat: 2,
    unrecoverable: 1,
    cutterJam: 3,
  } as const;
  for (const [fault, lines] of Object.entries(left)) {
    const rig = new PrinterRig({ coolDownMs: 700_000 });
    rig.printer.fault({ line: 2 }, fault as keyof typeof left);
    rig.sendLines(...slip);
    rig.send(cut);
    rig.settle();
    t.equal(rig.texts.length, lines, fault);
    t.equal(rig.printer.paper.copies[0]?.complete, fault === 'unplug', fault);
  }
  t.end();
});

test('a listener may act at once: paper is loaded as soon as it ends', (t) => {
  const rig = new PrinterRig();
  rig.printer.on('state', (state) => {
    if (state.paper === 'end' && !state.online) rig.printer.loadPaper();
  });
  rig.printer.fault({ line: 2 }, 'paperEnd');
  rig.sendLines(...slip);
  rig.settle();
  t.strictSame(rig.texts, slip);
  t.end();
});

test('a hand that tears off what is out ends the copy', (t) => {
  const rig = new PrinterRig();
  rig.sendLines('one');
  rig.settle();
  rig.printer.tearOff();
  rig.sendLines('two');
  rig.settle();
  t.match(rig.printer.paper.copies, [
    { complete: false, torn: true },
    { complete: false, torn: false },
  ]);
  t.end();
});

test('replies lost, doubled, with a bit wrong, with stray bytes, as often as told and of the kind told', (t) => {
  const rig = new PrinterRig();
  const ask = () => {
    rig.send('1D 61 FF');
    rig.settle();
    rig.send('10 04 01 1D 72 01 1D 61 00');
    return rig.settle();
  };
  t.strictSame(ask(), ['12', '00']);
  rig.printer.spoilReplies({ how: { type: 'lost' }, kind: 'gsR', times: 2 });
  t.strictSame(ask(), ['12']);
  t.strictSame(ask(), ['12']);
  t.strictSame(ask(), ['12', '00']);
  rig.printer.spoilReplies({ how: { type: 'doubled' }, kind: 'dleEot' });
  t.strictSame(ask(), ['12', '12', '00']);
  rig.printer.spoilReplies({ how: { type: 'bitWrong', byte: 9, bit: 3 }, kind: 'dleEot' });
  t.strictSame(ask(), ['1a', '00']);
  rig.printer.spoilReplies({ how: { type: 'strayBytes', bytes: [0x13, 0x11] }, kind: 'automaticStatus' });
  rig.send('1D 61 FF');
  t.strictSame(rig.settle(), ['101311000000']);
  rig.printer.spoilReplies({ how: { type: 'lost' } });
  t.strictSame(ask(), ['12', '00'], 'any kind: automatic status was the first');
  t.end();
});

test('flow control is spoilt only by name', (t) => {
  const rig = new PrinterRig();
  rig.printer.spoilReplies({ how: { type: 'lost' } });
  rig.printer.powerOff();
  rig.printer.powerOn();
  t.strictSame(rig.settle(), ['11']);
  rig.printer.spoilReplies({ how: { type: 'lost' }, kind: 'flowControl' });
  rig.printer.powerOff();
  rig.printer.powerOn();
  t.strictSame(rig.settle(), []);
  t.end();
});

test('a late reply comes so much later, a stale one into the next copy', (t) => {
  const rig = new PrinterRig();
  rig.printer.spoilReplies({ how: { type: 'late', byMs: 500 }, kind: 'gsR' });
  rig.send('1D 72 01');
  rig.wait(400);
  t.strictSame(rig.answers, []);
  rig.wait(101);
  t.strictSame(rig.answers.splice(0), ['00']);

  const order: string[] = [];
  rig.printer.on('line', (line) => order.push(line.text));
  rig.printer.on('reply', (_kind, bytes) => order.push(bytes.toString('hex')));
  rig.printer.spoilReplies({ how: { type: 'stale' }, kind: 'gsR' });
  rig.sendLines(...slip);
  rig.send(cut, '1D 72 01');
  rig.sendLines(...slip);
  rig.send(cut, '1D 72 01');
  rig.settle();
  t.strictSame(order, [...slip, '00', ...slip, '00'], 'before line one is told of');
  t.end();
});

test('whatever comes in and whatever happens, it neither falls over nor hoards', (t) => {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x0a, 0x10, 0x14, 0x1b, 0x1c, 0x1d, 0x28, 0x6b, 0x76, 0x72, 0x56, 0x40, 0x61, 0x04, 0x05, 0x08),
  );
  const deeds = [
    ...(['endPaper', 'nearEndPaper', 'loadPaper', 'openCover', 'closeCover', 'overheat', 'jamCutter'] as const),
    ...(['freeCutter', 'breakDown', 'powerOff', 'powerOn', 'tearOff', 'detach'] as const),
  ];
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 5, arbitrary: fc.array(byte, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)) },
    { weight: 3, arbitrary: fc.constantFrom(...deeds) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 3000 }) },
  );
  const options = fc.record({
    profile: fc.constantFrom(...(Object.keys(profiles) as ProfileName[])),
    receiveBuffer: fc.constantFrom(1, 32, 4096),
    flowControl: fc.constantFrom('xonxoff' as const, 'none' as const),
    keepLines: fc.constant(50),
  });
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 40 }), (make, steps) => {
      const rig = new PrinterRig(make);
      for (const what of steps) {
        if (typeof what === 'string') rig.printer[what]();
        else if (typeof what === 'number') rig.wait(what);
        else rig.send(what);
        if (!rig.printer.state.plugged) rig.plug();
      }
      const { printer } = rig;
      printer.freeCutter();
      printer.closeCover();
      printer.powerOff();
      printer.powerOn();
      printer.loadPaper();
      rig.wait(3_600_000);
      if (printer.paper.lines.length > 2 * 50) throw new Error(`${printer.paper.lines.length} lines kept`);
      if (printer.held > (make.receiveBuffer ?? 0)) throw new Error('more held than fits');
      // It still works: power cycled and healed, it prints the next slip.
      printer.powerOff();
      printer.powerOn();
      printer.loadPaper();
      printer.closeCover();
      rig.sendLines('still works');
      rig.wait(60_000);
      return printer.paper.lines.at(-1)?.text === 'still works';
    }),
    { numRuns: 300 },
  );
  t.end();
});

test('bytes mean the same however they are split', (t) => {
  const bytes = Buffer.concat([
    Buffer.from('1b401c261b6101c7a9b9bab5a50a1b21101d2101d6d00a1b21001d7630000100030000ff001d286b0900315030', 'hex'),
    Buffer.from('ABC123', 'latin1'),
    Buffer.from('1d286b03003151301d284806003030413030311d7201100401105601b64031d5600', 'hex'),
  ]);
  const print = (...parts: Uint8Array[]) => {
    const rig = new PrinterRig();
    for (const part of parts) {
      rig.send(part);
      rig.wait(20);
    }
    const answers = rig.settle().sort();
    return {
      answers,
      lines: rig.printer.paper.lines.map((line) => ({ ...line, at: 0 })),
      cut: rig.printer.paper.copies[0]?.complete,
    };
  };
  const whole = print(bytes);
  for (let at = 1; at < bytes.length; at++) {
    const parts = print(bytes.subarray(0, at), bytes.subarray(at));
    t.strictSame(parts, whole, `at ${at}`);
  }
  t.end();
});
