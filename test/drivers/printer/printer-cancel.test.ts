import { type Test, test } from 'tap';
import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { abilities, baudRate, PaperPeer, type PeerAbilities, type ProfileName, runOn } from './paper-peer.ts';

const lines = 12;
const slip: SlipDocument = {
  elements: Array.from({ length: lines }, (_, index) => ({ type: 'text' as const, text: `line ${index + 1}` })),
};

const rig = async (t: Test, name: ProfileName, can: Partial<PeerAbilities> = {}) => {
  const clock = new HandClock();
  const peer = new PaperPeer(clock, { ...abilities[name], ...can });
  const printer = new EscPosPrinter({ port: { path: 'memory', baudRate }, profile: printerProfile(name) }, clock, peer);
  await printer.claim(() => {});
  t.teardown(() => printer.release());
  const run = <T>(promise: Promise<T>) => runOn(clock, promise);
  const pass = (ms: number) => run(new Promise<void>((resolve) => void clock.schedule(ms, resolve)));
  await pass(100);
  const paper = (on: boolean): void => {
    peer.hasPaper = on;
    peer.changed();
  };
  /** A slip that stops in its middle, for lack of paper. */
  const stopMidway = async (): Promise<void> => {
    peer.onLine = (count) => {
      if (count === 5) paper(false);
    };
    t.not((await run(printer.print(slip))).verdict, 'PRINTED');
    peer.onLine = () => {};
  };
  const cancel = async () => (await run(printer.cancel())).confirmed;
  const hex = () => Buffer.from(peer.received).toString('hex');
  return { clock, peer, printer, run, pass, paper, stopMidway, cancel, hex };
};

test('an idle printer holds nothing', async (t) => {
  for (const name of ['epson', 'clone'] as const) {
    const { cancel, hex } = await rig(t, name);
    t.equal(await cancel(), true, name);
    t.match(hex(), name === 'epson' ? '10140801031401060208' : '100502');
  }
  const { cancel } = await rig(t, 'cheap58');
  t.equal(await cancel(), false, 'cheap58 has no word for it');
});

test('epson: cleared at paper end, the old lines never come', async (t) => {
  const { stopMidway, cancel, paper, pass, peer, run, printer } = await rig(t, 'epson');
  await stopMidway();
  t.equal(await cancel(), true);
  paper(true);
  await pass(3000);
  t.equal(peer.paper.length, 5);
  t.strictSame(await run(printer.print(slip)), { verdict: 'PRINTED' });
  t.equal(peer.paper.length, 5 + lines);
});

test('epson: no confirmation, no confirmed', async (t) => {
  const { stopMidway, cancel, peer } = await rig(t, 'epson');
  await stopMidway();
  peer.mute = true;
  t.equal(await cancel(), false);
});

test('epson: an older model without that command, which still recovers', async (t) => {
  const { cancel, hex } = await rig(t, 'epson', { clearBuffers: false });
  t.equal(await cancel(), true, 'nothing was held, and its process id says so');
  t.match(hex(), '100502');
});

test('clone: at paper end nothing is confirmed, and the old lines do come', async (t) => {
  const { stopMidway, cancel, paper, pass, peer } = await rig(t, 'clone');
  await stopMidway();
  t.equal(await cancel(), false);
  paper(true);
  await pass(3000);
  t.equal(peer.paper.at(-1), `line ${lines}`);
});

test('clone: paper is put in before the cancelling, so that the old slip came out', async (t) => {
  for (const wait of [0, 200, 3000]) {
    const { stopMidway, cancel, paper, pass, peer } = await rig(t, 'clone');
    await stopMidway();
    paper(true);
    await pass(wait);
    t.equal(await cancel(), false, `${wait} ms after the paper`);
    t.equal(peer.paper.at(-1), `line ${lines}`);
  }
});

test('epson: the same, seen by the old process id', async (t) => {
  const { stopMidway, cancel, paper, pass, peer } = await rig(t, 'epson');
  await stopMidway();
  paper(true);
  await pass(3000);
  t.equal(peer.paper.at(-1), `line ${lines}`);
  t.equal(await cancel(), false);
});

test('clone: one that clears in any state, cancelled with the paper back', async (t) => {
  const { stopMidway, cancel, paper, pass, peer } = await rig(t, 'clone', { clearsAlways: true });
  await stopMidway();
  paper(true);
  t.equal(await cancel(), true);
  await pass(3000);
  t.not(peer.paper.at(-1), `line ${lines}`);
});

test('clone: a jammed cutter is recovered from, with the buffers cleared', async (t) => {
  const { peer, printer, run, cancel, pass } = await rig(t, 'clone');
  peer.onLine = (count) => {
    if (count !== 5) return;
    peer.cutterJammed = true;
    peer.changed();
  };
  t.strictSame(await run(printer.print(slip)), { verdict: 'NOT_PRINTED', cause: 'cutter' });
  peer.onLine = () => {};
  t.equal(await cancel(), true);
  await pass(3000);
  t.equal(peer.paper.length, 5);
});

test('a cable that is out confirms nothing, nor a line that takes nothing, and both end', async (t) => {
  for (const name of ['epson', 'clone', 'cheap58'] as const) {
    const out = await rig(t, name);
    out.peer.unplug();
    t.equal(await out.cancel(), false, `${name} unplugged`);
    const held = await rig(t, name);
    held.peer.wireHeld = true;
    const begun = held.clock.monotonic();
    t.equal(await held.cancel(), false, `${name} held`);
    t.ok(held.clock.monotonic() - begun < 10_000);
  }
});
