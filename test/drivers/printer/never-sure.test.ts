/** Printers of which nobody can be sure: out of sight for too long, or never proving what they print. */
import { test } from 'tap';
import { lines, notPrinted, printed, rig, unknown } from './verdict-rig.ts';

test('M2, epson: held off for longer than a printer needs to be off and on again is UNKNOWN', async (t) => {
  const { clock, peer, print } = await rig(t, 'epson');
  peer.onLine = (count) => {
    if (count !== lines - 5) return;
    peer.wireHeld = true;
    peer.switchOff();
    clock.schedule(2500, () => {
      peer.switchOn(false);
      peer.releaseWire();
    });
  };
  t.strictSame(
    await print(),
    unknown('silence'),
    'it answers the fence that was asked again, with the rest of the slip gone',
  );
});

test('a printer that is well and never proves a slip is called ready ever later, and at once when one came out', async (t) => {
  const { clock, peer, log, printer, run, print, pass } = await rig(t, 'epson');
  peer.tamper = (reply) => (reply[0] === 0x37 && reply[1] === 0x22 ? undefined : reply);
  const waits: number[] = [];
  for (let n = 0; n < 5; n++) {
    t.strictSame(await print(), unknown('silence'));
    t.strictSame(await run(printer.cancel()), { confirmed: true });
    const told = log.reports.length;
    const since = clock.monotonic();
    while (log.reports.length === told) await pass(500);
    waits.push(clock.monotonic() - since);
  }
  for (const [index, wait] of waits.slice(1).entries()) t.ok(wait >= (waits[index] ?? 0), `${waits.join(', ')} ms`);
  t.ok((waits.at(-1) ?? 0) >= 4 * (waits[0] ?? 0), `${waits.join(', ')} ms`);
  peer.tamper = (reply) => reply;
  t.strictSame(await print(), printed);
});

test('M2: a printer that may still hold an old slip gets no other before it has answered for all that it holds', async (t) => {
  const { peer, print, pass } = await rig(t, 'clone');
  peer.onLine = (count) => {
    peer.hasPaper = count < 5;
  };
  t.strictSame(await print(), notPrinted('paperEnd'));
  peer.onLine = () => {};
  peer.slowDown(10);
  peer.hasPaper = true;
  peer.changed();
  t.strictSame(await print(), notPrinted('silence'), 'it is at work on the old one for longer than is waited');
  t.notMatch(
    Buffer.from(peer.received.slice(-20)).toString('latin1'),
    /abcdefghijkl/,
    'nothing of the new one was sent',
  );
  peer.slowDown(1);
  await pass(5000);
  t.strictSame(await print(), printed);
});
