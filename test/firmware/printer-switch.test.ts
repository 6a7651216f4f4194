import { test } from 'tap';
import { PrinterSwitch } from '../../firmware/printer-switch.ts';
import type { LinkEvent } from '../../hal/device.ts';
import type { Printer, PrinterEvent, PrintVerdict } from '../../hal/printer.ts';

/** A printer that does what it is told, and keeps what was asked of it. */
const fake = () => {
  const asked: string[] = [];
  let tell: ((event: PrinterEvent | LinkEvent) => void) | undefined;
  const note = <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const printer: Printer = {
    claim: (listener) => {
      tell = listener;
      return note('claim', undefined);
    },
    release: () => note('release', undefined),
    checkHealth: () => note('checkHealth', { healthy: true } as const),
    checkReady: () => note('checkReady', { ready: true, paperNearEnd: false } as const),
    print: () => note<PrintVerdict>('print', { verdict: 'PRINTED' }),
    cancel: () => note('cancel', { confirmed: true }),
  };
  return { printer, asked, tell: (event: PrinterEvent | LinkEvent) => tell?.(event) };
};

const paperOut = { type: 'readiness', readiness: { ready: false, cause: 'paperEnd' } } as const;
const ready = { type: 'readiness', readiness: { ready: true, paperNearEnd: false } } as const;

test('the one in use is asked, both are claimed and released', async (t) => {
  const [first, second] = [fake(), fake()];
  const both = new PrinterSwitch(first.printer, second.printer);
  await both.claim(() => undefined);
  await both.checkReady();
  both.use('second');
  await both.print({ elements: [] });
  await both.cancel();
  await both.checkHealth();
  both.use('first');
  await both.print({ elements: [] });
  await both.release();
  t.strictSame(first.asked, ['claim', 'checkReady', 'print', 'release']);
  t.strictSame(second.asked, ['claim', 'print', 'cancel', 'checkHealth', 'release']);
});

test('only the word of the one in use is passed on; what the other said last is told when it is turned to', async (t) => {
  const [first, second] = [fake(), fake()];
  const both = new PrinterSwitch(first.printer, second.printer);
  const heard: (PrinterEvent | LinkEvent)[] = [];
  await both.claim((event) => heard.push(event));
  first.tell(paperOut);
  second.tell({ type: 'online' });
  second.tell(ready);
  t.strictSame(heard, [paperOut]);
  both.use('second');
  t.strictSame(heard.slice(1), [{ type: 'online' }, ready]);
  first.tell(ready);
  both.use('second');
  t.equal(heard.length, 3);
  await both.release();
  second.tell(paperOut);
  t.equal(heard.length, 3, 'nothing after the release');
});

test('what one said of itself before it went away is not told when it is turned to', async (t) => {
  const [first, second] = [fake(), fake()];
  const both = new PrinterSwitch(first.printer, second.printer);
  const heard: (PrinterEvent | LinkEvent)[] = [];
  await both.claim((event) => heard.push(event));
  second.tell({ type: 'online' });
  second.tell(ready);
  const fault = { device: 'printer', code: 'unplugged', where: 'w', what: 'w', remedy: 'r' } as const;
  second.tell({ type: 'offline', fault });
  both.use('second');
  t.strictSame(heard, [{ type: 'offline', fault }]);
});
