import { PassThrough, Writable } from 'node:stream';
import { type Test, test } from 'tap';
import { ConsoleDisplay } from '../../../drivers/display/console-display.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import { type DisplayRig, displayContract } from '../../contract/display.contract.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { ReportLog } from '../../support/report-log.ts';

const contractRig = (t: Test): DisplayRig => {
  const stream = new PassThrough();
  const display = new ConsoleDisplay(stream);
  const lines = new ReportLog<string>();
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.add(part);
  });
  t.teardown(() => display.release());
  return {
    display,
    clock: new HandClock(),
    shows: async (wanted) => {
      await lines.until(
        () =>
          lines.reports
            .at(-1)
            ?.split('│')
            .slice(1, -1)
            .map((line) => line.trimEnd())
            .join() === wanted.join(),
      );
    },
  };
};

test('fulfils the contract of a display', (t) => {
  displayContract(t, (st) => Promise.resolve(contractRig(st)));
  t.end();
});

test('into a pipe it writes one line a change', async (t) => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const display = new ConsoleDisplay(stream);
  await display.claim(() => undefined);
  display.show({ lines: ['请刷卡', '12.34', '', '😀'] });
  display.show({ lines: ['请刷卡', '12.34', '', '😀'] });
  display.show({ lines: ['一二三四五六七八九', '', '', ''] });
  t.equal(
    stream.read(),
    '│请刷卡          │12.34           │                │?               │\n' +
      '│一二三四五六七八│                │                │                │\n',
  );
});

test('on a terminal it draws a box, over the last one', async (t) => {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true });
  const display = new ConsoleDisplay(stream);
  await display.claim(() => undefined);
  const boxed = (first: string) =>
    `┌────────────────┐\n│${first}│\n${'│                │\n'.repeat(3)}└────────────────┘\n`;
  display.show({ lines: ['请刷卡', '', '', ''] });
  t.equal(stream.read(), boxed('请刷卡          '));
  display.show({ lines: ['OK', '', '', ''] });
  t.equal(stream.read(), `\u001b[6A${boxed('OK              ')}`);
});

test('a reader that holds it off gets the newest screen afterwards, and not those between', async (t) => {
  const stream = new PassThrough({ encoding: 'utf8', highWaterMark: 1 });
  const display = new ConsoleDisplay(stream);
  await display.claim(() => undefined);
  for (let n = 0; n < 100; n++) display.show({ lines: [String(n), '', '', ''] });
  const lines = new ReportLog<string>();
  stream.on('data', lines.add);
  await lines.until((text) => text.startsWith('│99 '));
  t.ok(lines.reports.length < 5);
});

test('a console that went away is said once', async (t) => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const display = new ConsoleDisplay(stream);
  const log = new ReportLog<LinkEvent>();
  await display.claim(log.add);
  display.show({ lines: ['a', '', '', ''] });
  await log.count(2);
  display.show({ lines: ['b', '', '', ''] });
  t.match(log.reports, [{ type: 'online' }, { type: 'offline', fault: { device: 'display', code: 'unplugged' } }]);
  t.match(await display.checkHealth(), { healthy: false });
});
