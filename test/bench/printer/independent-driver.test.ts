/**
 * A driver of another make, `receiptio` from npm, speaks to the virtual printer over TCP as to a real one. Neither it nor
 * the model knows the other, so what it sees is what a printer of Epson's table says.
 */
import { print } from 'receiptio';
import tap, { type Test, test } from 'tap';
import type { VirtualPrinterOptions } from './printer-options.ts';
import { listenFor } from './tcp-port.ts';
import { VirtualPrinter } from './virtual-printer.ts';

tap.jobs = 4;

/** It knows no port but 9100, so each printer has an address of the loopback to itself. */
let addresses = 0;
const base = process.pid % 65_536;

const inNetwork = async (t: Test, options: VirtualPrinterOptions = {}) => {
  addresses++;
  const host = `127.${100 + addresses}.${base >> 8}.${base & 0xff || 1}`;
  const printer = new VirtualPrinter({ speed: 20, ...options });
  const listening = await listenFor(printer, { host, port: 9100 });
  t.teardown(() => listening.close());
  const ask = () => print('', `-d ${host} -p generic -q`);
  const printText = (text: string) => print(text, `-d ${host} -p generic -c 32 -t 60`);
  return { printer, ask, printText };
};

test('a driver of another make finds it ready, and prints', async (t) => {
  const { printer, ask, printText } = await inNetwork(t);
  t.equal(await ask(), 'online');
  await printer.until(({ state }) => !state.plugged);
  t.equal(await printText('first line\nlast line'), 'success');
  await printer.until(({ paper }) => paper.text(1).includes('last line'));
  t.match(printer.paper.text(1), /first line\s+last line/);
});

test('a driver of another make sees paper end, an open cover and a jammed cutter', async (t) => {
  const { printer, ask } = await inNetwork(t);
  const seen = async (): Promise<string> => {
    await printer.until(({ state }) => !state.plugged);
    return ask();
  };
  printer.endPaper();
  t.equal(await seen(), 'paperempty');
  printer.openCover();
  t.equal(await seen(), 'coveropen', 'the cover is told first');
  printer.closeCover();
  printer.loadPaper();
  t.equal(await seen(), 'online');
  printer.breakDown();
  t.equal(await seen(), 'error');
});

test('a driver of another make is told when paper ends within its slip', async (t) => {
  const { printer, printText } = await inNetwork(t);
  printer.fault({ line: 3 }, 'paperEnd');
  t.equal(await printText(Array.from({ length: 8 }, (_, n) => `line ${n + 1}`).join('\n')), 'paperempty');
  t.notMatch(printer.paper.text(1), /line 8/);
});

test('a driver of another make finds a printer that is switched off offline', async (t) => {
  const { printer, ask } = await inNetwork(t);
  printer.powerOff();
  t.equal(await ask(), 'offline');
});
