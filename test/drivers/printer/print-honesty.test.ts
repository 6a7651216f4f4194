import fc from 'fast-check';
import { test } from 'tap';
import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { abilities, baudRate, PaperPeer, runOn } from './paper-peer.ts';

/**
 * Three slips on a printer whose replies are lost, doubled, late or garbled at random, with its paper, cover and heat
 * coming and going. PRINTED may be missing; it must never be wrong.
 */

const lines = 12;
const slipOf = (name: string): SlipDocument => ({
  elements: Array.from({ length: lines }, (_, index) => ({ type: 'text' as const, text: `${name} ${index + 1}` })),
});

type Mischief = { readonly reply: number; readonly what: 'lost' | 'doubled' | 'late' | 'garbled'; readonly by: number };
type Trouble = {
  readonly at: number;
  readonly what: 'hasPaper' | 'coverOpen' | 'overheated' | 'mute';
  readonly forMs: number;
};

const mischief: fc.Arbitrary<Mischief[]> = fc.array(
  fc.record({
    reply: fc.nat({ max: 80 }),
    what: fc.constantFrom('lost', 'doubled', 'late', 'garbled'),
    by: fc.nat({ max: 2000 }),
  }),
  { maxLength: 25 },
);
const trouble: fc.Arbitrary<Trouble[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 9000 }),
    what: fc.constantFrom('hasPaper', 'coverOpen', 'overheated', 'mute'),
    forMs: fc.nat({ max: 4000 }),
  }),
  { maxLength: 3 },
);

for (const name of ['epson', 'clone', 'cheap58'] as const) {
  test(`${name}: PRINTED is never wrong`, async (t) => {
    let printed = 0;
    await fc.assert(
      fc.asyncProperty(mischief, trouble, async (mischiefs, troubles) => {
        const clock = new HandClock();
        const peer = new PaperPeer(clock, abilities[name]);
        const printer = new EscPosPrinter(
          { port: { path: 'memory', baudRate }, profile: printerProfile(name) },
          clock,
          peer,
        );
        let replies = 0;
        peer.tamper = (reply) => {
          const { what, by = 0 } = mischiefs.find((one) => one.reply === replies) ?? {};
          replies++;
          if (what === 'lost') return undefined;
          if (what === 'doubled') return Buffer.concat([reply, reply]);
          if (what === 'garbled') {
            const garbled = Buffer.from(reply);
            garbled[by % reply.length] = (garbled[by % reply.length] ?? 0) ^ (1 << (by % 8));
            return garbled;
          }
          if (what === 'late') {
            clock.schedule(by, () => peer.say(...reply));
            return undefined;
          }
          return reply;
        };
        for (const { at, what, forMs } of troubles) {
          for (const [on, when] of [[true, at] as const, [false, at + forMs] as const]) {
            clock.schedule(when, () => {
              peer[what] = what === 'hasPaper' ? !on : on;
              peer.changed();
            });
          }
        }
        await printer.claim(() => {});
        for (const slip of ['first', 'second', 'third']) {
          const { verdict } = await runOn(clock, printer.print(slipOf(slip)));
          if (verdict !== 'PRINTED') continue;
          printed++;
          if (!peer.paper.includes(`${slip} ${lines}`)) throw new Error(`${slip} is not on paper`);
        }
        await printer.release();
      }),
      { numRuns: 40 },
    );
    t.ok(printed > 40, `${printed} of 120 slips were PRINTED`);
  });
}
