import { test } from 'tap';
import { FilePrinter } from '../../../drivers/printer/file-printer.ts';
import { Glyphs } from '../../../drivers/slip-image/glyphs.ts';
import { pngOf } from '../../../drivers/slip-image/png.ts';
import { drawSlip } from '../../../drivers/slip-image/slip-image.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import type { PrinterEvent, SlipDocument } from '../../../hal/printer.ts';
import type { DiskImage } from '../../crash/disk-image.ts';
import { type Mishap, RecordedDisk } from '../../crash/recorded-disk.ts';
import { HandClock } from '../../support/hand-clock.ts';

const slipOf = (text: string): SlipDocument => ({ elements: [{ type: 'text', text }] });
const imageOf = (text: string, columns = 32): Buffer => {
  const glyphs = new Glyphs();
  const image = pngOf(drawSlip(slipOf(text), columns, glyphs));
  glyphs.close();
  return image;
};

const withFolder: DiskImage = new Map([
  ['/', 'directory'],
  ['/out', 'directory'],
]);
const slipsIn = (image: DiskImage): Map<string, Buffer> =>
  new Map(
    [...image].flatMap(([path, content]): [string, Buffer][] =>
      content === 'directory' || !path.endsWith('.png') ? [] : [[path, content.bytes]],
    ),
  );

const rigOf = async (mishap?: (operation: string, number: number) => Mishap | undefined) => {
  const disk = new RecordedDisk(withFolder, mishap && { mishap });
  const clock = new HandClock();
  const printer = new FilePrinter({ directory: '/out', paper: 58 }, clock, disk);
  const heard: (PrinterEvent | LinkEvent)[] = [];
  await printer.claim((event) => heard.push(event));
  return { disk, clock, printer, heard };
};

test('a slip is an image in the folder, numbered on from what is there (000-17)', async (t) => {
  const disk = new RecordedDisk();
  const clock = new HandClock();
  const printer = new FilePrinter({ directory: '/out', paper: 58 }, clock, disk);
  const heard: (PrinterEvent | LinkEvent)[] = [];
  await printer.claim((event) => heard.push(event));
  t.match(heard, [{ type: 'online' }, { type: 'readiness', readiness: { ready: true } }]);
  t.match(await printer.checkReady(), { ready: true });
  t.strictSame(await printer.print(slipOf('一')), { verdict: 'PRINTED' });
  await printer.release();
  const wide = new FilePrinter({ directory: '/out', paper: 80 }, clock, disk);
  await wide.claim(() => undefined);
  t.strictSame(await wide.print(slipOf('二')), { verdict: 'PRINTED' });
  t.strictSame(await wide.cancel(), { confirmed: true }, 'it holds nothing back');
  t.strictSame(await wide.checkHealth(), { healthy: true });
  const there = slipsIn(disk.durableImage);
  t.strictSame([...there.keys()].sort(), ['/out/000001-20261122-130000.png', '/out/000002-20261122-130000.png']);
  t.ok(there.get('/out/000001-20261122-130000.png')?.equals(imageOf('一')));
  t.ok(there.get('/out/000002-20261122-130000.png')?.equals(imageOf('二', 48)));
});

test('one call at a time', async (t) => {
  const { printer } = await rigOf();
  const first = printer.print(slipOf('first'));
  await t.rejects(printer.print(slipOf('second')), /print was called while print runs/);
  t.strictSame(await first, { verdict: 'PRINTED' });
});

test('M2: whatever fails, PRINTED is an image that a power cut leaves whole, and NOT_PRINTED is none', async (t) => {
  const whole = await rigOf();
  await whole.printer.print(slipOf('slip'));
  const operations = whole.disk.operations.length;
  const verdicts = new Set<string>();
  for (let failing = 1; failing <= operations; failing++) {
    for (const mishap of ['ENOSPC', 'EIO', 'short'] as const) {
      let mended = false;
      const rig = await rigOf((_, number) => (number === failing && !mended ? mishap : undefined));
      const { verdict } = await rig.printer.print(slipOf('slip'));
      mended = true;
      verdicts.add(verdict);
      const left = [...slipsIn(verdict === 'PRINTED' ? rig.disk.durableImage : rig.disk.image).values()];
      if (verdict === 'PRINTED') t.ok(left.length === 1 && left[0]?.equals(imageOf('slip')), `${failing} ${mishap}`);
      if (verdict === 'NOT_PRINTED') t.strictSame(left, [], `${failing} ${mishap}`);
      if (verdict === 'UNKNOWN') {
        t.strictSame(await rig.printer.cancel(), { confirmed: true });
        t.equal(slipsIn(rig.disk.image).size, 0, 'what is in doubt is taken away');
      }
      t.strictSame(await rig.printer.print(slipOf('next')), { verdict: 'PRINTED' }, 'and trade goes on');
    }
  }
  t.strictSame([...verdicts].sort(), ['NOT_PRINTED', 'PRINTED', 'UNKNOWN']);
});

test('M10: a full disk is told with its code, tried again by itself, and its end is told', async (t) => {
  let full = true;
  const { printer, clock, heard, disk } = await rigOf((operation) =>
    full && operation.startsWith('pwrite') ? 'ENOSPC' : undefined,
  );
  t.match(heard, [
    { type: 'offline', fault: { device: 'printer', where: '/out', what: /ENOSPC/, remedy: /Free space/ } },
    { type: 'readiness', readiness: { ready: false, cause: 'unrecoverable' } },
  ]);
  t.strictSame(await printer.print(slipOf('slip')), { verdict: 'NOT_PRINTED', cause: 'unrecoverable' });
  t.match(await printer.checkHealth(), { healthy: false, fault: { code: 'failed' } });
  clock.advance(60_000);
  await printer.checkReady();
  t.equal(heard.length, 2, 'the same fault is told once');
  full = false;
  clock.advance(5000);
  t.strictSame(await printer.print(slipOf('slip')), { verdict: 'PRINTED' }, 'a call waits for the try that runs');
  t.match(heard.slice(2), [{ type: 'online' }, { type: 'readiness', readiness: { ready: true } }]);
  t.equal(slipsIn(disk.image).size, 1);
  await printer.release();
  clock.advance(60_000);
  t.equal(heard.length, 4);
  t.equal(clock.pending, 0);
});

test('a folder whose parent is missing is a fault, and no bug', async (t) => {
  const heard: (PrinterEvent | LinkEvent)[] = [];
  const printer = new FilePrinter({ directory: '/no/out', paper: 58 }, new HandClock(), new RecordedDisk());
  await printer.claim((event) => heard.push(event));
  t.match(heard, [
    { type: 'offline', fault: { what: /ENOENT/ } },
    { type: 'readiness', readiness: { ready: false } },
  ]);
  await printer.release();
});
