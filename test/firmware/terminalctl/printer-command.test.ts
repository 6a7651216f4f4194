import { existsSync } from 'node:fs';
import tap, { type Test, test } from 'tap';
import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { checkPrinterProfile } from '../../../drivers/printer/printer-profile.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import { systemClock } from '../../../firmware/system-clock.ts';
import { run } from '../../../firmware/terminalctl/program.ts';
import type { VirtualPrinterOptions } from '../../bench/printer/printer-options.ts';
import { listenFor } from '../../bench/printer/tcp-port.ts';
import { VirtualPrinter } from '../../bench/printer/virtual-printer.ts';
import { ptyPath } from '../../bench/terminal-side.ts';
import { plugIn } from '../../support/pty.ts';

tap.jobs = 4;

const command = async (...args: readonly string[]) => {
  const lines: string[] = [];
  const problems: string[] = [];
  const code = await run(['printer', 'probe', ...args], {
    line: (text) => lines.push(text),
    text: (content) => lines.push(content),
    problem: (text) => problems.push(text),
  });
  return { code, out: lines.join('\n'), problems: problems.join('\n') };
};

const inNetwork = async (t: Test, options: VirtualPrinterOptions) => {
  const printer = new VirtualPrinter({ mmPerSecond: 300, baudRate: 1_000_000, ...options });
  const listening = await listenFor(printer);
  t.teardown(() => listening.close());
  return { printer, address: `127.0.0.1:${listening.port}` };
};

const makes = [
  ['epson', { fence: 'processId', cancel: 'clearBuffers', status: 'realTime', automaticStatus: true }, 0],
  ['clone', { fence: 'paperStatus', cancel: 'recover', status: 'realTime', automaticStatus: true }, 0],
  ['cheap58', { fence: 'paperStatus', cancel: 'none', automaticStatus: false }, 0],
  ['mute', { fence: 'none', cancel: 'none', status: 'none', automaticStatus: false }, 1],
] as const;

for (const [make, expected, code] of makes) {
  test(`${make} over a serial port: the profile that is proposed is its own, and nothing is printed`, async (t) => {
    const path = ptyPath(t);
    const far = await plugIn(path);
    t.teardown(() => far.unplug());
    const printer = new VirtualPrinter({ profile: make, baudRate: 115_200 });
    printer.attach(far);
    const probed = await command('--port', path, '--baud', '115200');
    t.equal(probed.code, code);
    const profile = JSON.parse(probed.out) as object;
    t.match(profile, { ...expected, baudRate: 115_200 });
    t.match(checkPrinterProfile(profile, 'probed', 58), { valid: true }, 'it is a profile that is accepted');
    t.match(probed.problems, /need eyes/);
    await printer.until(({ idle }) => idle);
    t.equal(printer.paper.mm, 0, 'no paper moved');
    t.equal(printer.bytesLost, 0);
  });

  test(`${make} over the network, with rulers: whole lines, and it is left ready for the terminal`, async (t) => {
    const { printer, address } = await inNetwork(t, { profile: make });
    const probed = await command('--tcp', address, '--print', '--json');
    t.equal(probed.code, code);
    const { profile, answers } = JSON.parse(probed.out) as {
      profile: object;
      answers: { ruler: { fenceMs?: number } };
    };
    t.match(profile, expected);
    t.equal(answers.ruler.fenceMs !== undefined, make !== 'mute');
    await printer.until(({ idle, state }) => idle && !state.plugged);
    const texts = printer.paper.lines.map(({ text }) => text.trim()).filter((text) => text !== '');
    t.equal(texts.at(-1), 'line 24 of 24', 'the last line is out, and nothing of the questions stands anywhere');
    t.match(texts.join('\n'), /^32\.4567890.*\n42\./m);
    if (make === 'mute') return;
    const port = { transport: 'tcp', host: '127.0.0.1', port: Number(address.split(':')[1]) } as const;
    const terminal = new EscPosPrinter({ port, profile: printerProfile(make) }, systemClock);
    t.teardown(() => terminal.release());
    await terminal.claim(() => {});
    const slip = { elements: [{ type: 'text', text: 'a slip' }] } as const;
    t.strictSame(await terminal.print(slip), { verdict: 'PRINTED' });
  });
}

test('a printer that is not ready is not judged: it is said what is wrong with it', async (t) => {
  const { printer, address } = await inNetwork(t, {});
  printer.openCover();
  const probed = await command('--tcp', address);
  t.equal(probed.code, 1);
  t.equal(probed.out, '');
  t.match(probed.problems, /its cover is open.*probe again/);
});

test('a fence that answers before the paper can have moved is none', async (t) => {
  const { printer, address } = await inNetwork(t, { profile: 'clone', mmPerSecond: 5000 });
  const { code, out, problems } = await command('--tcp', address, '--print');
  t.equal(code, 1);
  t.match(JSON.parse(out), { fence: 'none', status: 'none' });
  t.match(problems, /before the paper can have moved/);
  await printer.until(({ idle }) => idle);
});

test('a command line or a port that is wrong is refused in one line', async (t) => {
  t.match(await command(), { code: 2, problems: /--port PATH or --tcp HOST:PORT/ });
  t.match(await command('--tcp', 'printer:99999'), { code: 2, problems: /takes HOST:PORT/ });
  const path = ptyPath(t);
  t.notOk(existsSync(path));
  t.match(await command('--port', path), { code: 2, problems: /There is no such port/ });
});
