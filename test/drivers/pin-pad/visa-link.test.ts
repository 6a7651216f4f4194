import { type Test, test } from 'tap';
import { VisaLink } from '../../../drivers/pin-pad/visa-link.ts';
import { SerialLine } from '../../../drivers/serial/serial-line.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import { ReportLog } from '../../support/report-log.ts';
import { farEndRig } from '../display/far-end.ts';
import { WirePad } from './wire-pad.ts';

const eot = '04';
const ack = '06';
const nak = '15';
const hi = '025a324849036a';

/** An open link, the pad at its far end, past the EOT that greets it, and all that the link says. */
const opened = async (t: Test, flowControl: 'none' | 'xonxoff' = 'none') => {
  const { settings, clock, plug } = farEndRig(t, flowControl);
  const log = new ReportLog<LinkEvent | string>();
  const link = new VisaLink(new SerialLine('pinPad', settings, clock), clock, {
    link: log.add,
    acked: () => log.add('acked'),
    message: (message) => log.add(message.toString('latin1')),
    damaged: () => log.add('damaged'),
    ended: () => log.add('ended'),
  });
  t.teardown(() => link.close());
  const wire = new WirePad(await plug());
  await link.open();
  t.equal(await wire.next(), eot);
  return { link, clock, log, wire, text: () => Buffer.from('Z2HI') };
};

test('a message is framed, sent until it is taken, and overwritten', async (t) => {
  const { link, log, wire, text } = await opened(t);
  const message = text();
  const delivery = link.send(message);
  t.equal(message.toString('hex'), '00000000');
  t.equal(await wire.next(), hi);
  wire.send(nak);
  t.equal(await wire.next(), hi);
  wire.send(ack);
  t.equal(await delivery, 'acked');
  t.strictSame(log.reports, [{ type: 'online' }, 'acked']);
});

test('one that comes damaged or unanswered is sent three times, then EOT', async (t) => {
  const { link, clock, wire, text } = await opened(t);
  const refused = link.send(text());
  for (let times = 0; times < 3; times++) {
    t.equal(await wire.next(), hi);
    wire.send(nak);
  }
  t.equal(await wire.next(), eot);
  t.equal(await refused, 'refused');
  t.equal(link.fault(), undefined, 'it answers');

  const silent = link.send(text());
  for (let times = 0; times < 3; times++) {
    t.equal(await wire.next(), hi);
    clock.advance(1000);
  }
  t.equal(await wire.next(), eot);
  t.equal(await silent, 'silent');
  t.match(link.fault(), { device: 'pinPad', code: 'silent' });
  t.equal(clock.monotonic(), 3000);
});

test("the pad's messages are acknowledged, its damaged ones asked for again", async (t) => {
  const { log, wire } = await opened(t);
  wire.send('023731350330');
  t.equal(await wire.next(), ack);
  wire.send('023731350331');
  t.equal(await wire.next(), nak);
  wire.send(eot);
  await log.count(4);
  t.strictSame(log.reports.slice(1), ['715', 'damaged', 'ended']);
});

test('the answer to a message that was given up does not pass for that to the next one', async (t) => {
  const { link, wire, text } = await opened(t);
  const first = link.send(text());
  t.equal(await wire.next(), hi);
  link.abort();
  t.equal(await first, 'aborted');
  const second = link.send(text());
  t.equal(await wire.next(), hi);
  wire.send(ack + nak);
  t.equal(await wire.next(), hi, 'the NAK was for the second');
  wire.send(ack);
  t.equal(await second, 'acked');
});

test('a line that takes no byte is emptied, so that no old message comes out of it', async (t) => {
  const { link, clock, log, wire, text } = await opened(t, 'xonxoff');
  wire.send(`13${eot}`);
  await log.until((report) => report === 'ended');
  const delivery = link.send(text());
  for (let times = 0; times < 3; times++) {
    await new Promise(setImmediate);
    clock.advance(1000);
  }
  t.equal(await delivery, 'silent');
  t.match(log.reports.slice(2), [{ type: 'offline', fault: { code: 'silent' } }, { type: 'online' }]);
  wire.send('11');
  t.equal(await wire.next(), eot, 'the greeting of the line that came up, and nothing before it');
});

test('more noise than a line explains is babbling, until it stops', async (t) => {
  const { link, clock, wire, log } = await opened(t);
  wire.send(`${'55'.repeat(256)}${eot}`);
  await log.count(2);
  t.equal(link.fault(), undefined);
  wire.send(`55${eot}`);
  await log.count(3);
  t.match(link.fault(), { device: 'pinPad', code: 'babbling', remedy: /\w/ });
  clock.advance(10_001);
  t.equal(link.fault(), undefined);
});
