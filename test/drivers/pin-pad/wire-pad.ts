import iconv from 'iconv-lite';
import type { Test } from 'tap';
import { VisaPinPad } from '../../../drivers/pin-pad/visa-pin-pad.ts';
import type { PinPadRig } from '../../contract/pin-pad.contract.ts';
import type { FarEnd } from '../../support/pty.ts';
import { ReportLog } from '../../support/report-log.ts';
import { farEndRig, takeBytes } from '../display/far-end.ts';

/** The far end of a PIN pad's line: takes what the terminal sends, one control byte or frame after the other. */
export class WirePad {
  readonly #end: FarEnd;

  constructor(end: FarEnd) {
    this.#end = end;
  }

  send(hex: string): void {
    this.#end.send.write(Buffer.from(hex, 'hex'));
  }

  /** The next control byte or frame from the terminal, in hex. */
  async next(): Promise<string> {
    let unit = (await takeBytes(this.#end.received, 1)).toString('hex');
    if (unit !== '02') return unit;
    while (!unit.endsWith('03')) unit += (await takeBytes(this.#end.received, 1)).toString('hex');
    return unit + (await takeBytes(this.#end.received, 1)).toString('hex');
  }

  unplug(): Promise<void> {
    return this.#end.unplug();
  }
}

/** A driver, its clock and where to plug pads in. */
export const padRig = (t: Test) => {
  const { settings, clock, plug } = farEndRig(t);
  const pad = new VisaPinPad(settings, clock);
  t.teardown(() => pad.release());
  return { pad, clock, plug: async () => new WirePad(await plug()) };
};

/** The pad of the contract: answers each frame, and the cardholder's answer is the test's. */
export const contractRig = (t: Test): PinPadRig => {
  const { pad, clock, plug } = padRig(t);
  const seen = new ReportLog<string>();
  let wire: WirePad | undefined;
  let silent = false;
  let asked = 0;
  let stopped = 0;
  const listen = async (to: WirePad): Promise<void> => {
    for (;;) {
      const unit = await to.next();
      if (unit.startsWith('02') && !silent) to.send('06');
      seen.add(unit);
    }
  };
  const count = async (start: string, times: number) => {
    await seen.until(() => seen.reports.filter((unit) => unit.startsWith(start)).length >= times);
  };
  return {
    pad,
    clock,
    plugIn: async () => {
      wire = await plug();
      void listen(wire);
    },
    unplug: () => wire?.unplug() ?? Promise.resolve(),
    asking: async () => {
      await count('025a3630', ++asked);
      // A damaged message comes back as NAK: then the driver has read the ACK too, and nothing is on the line that an
      // unplugging would cross.
      wire?.send('023731350331');
      await count('15', asked);
    },
    // The first EOT greets the pad.
    stopped: () => count('04', ++stopped + 1),
    shows: async (text) => {
      await seen.until((unit) => unit.startsWith(`025a32${iconv.encode(text, 'gbk').toString('hex')}03`));
    },
    enter: (block) => wire?.send(framed(`71.00401${block}`)),
    press: (what) =>
      wire?.send({ confirm: framed(`71.00001${'0'.repeat(16)}`), cancel: '04', error: framed('715') }[what]),
    fallSilent: () => {
      silent = true;
    },
  };
};

const framed = (message: string): string => {
  const body = Buffer.from(`${message}\u0003`, 'latin1');
  let lrc = 0;
  for (const byte of body) lrc ^= byte;
  return `02${body.toString('hex')}${lrc.toString(16).padStart(2, '0')}`;
};
