import { test } from 'tap';
import type { PrinterCause } from '../../../hal/printer.ts';
import { msPerLine, type PaperPeer } from './paper-peer.ts';
import { lastLine, lines, notPrinted, printed, rig, telling, unknown, verified } from './verdict-rig.ts';

for (const name of verified) {
  test(`${name}: a slip that comes out is PRINTED, and the next one too`, async (t) => {
    const { peer, clock, print } = await rig(t, name);
    const begun = clock.monotonic();
    t.strictSame(await print(), printed);
    t.ok(clock.monotonic() - begun < (lines + 4) * msPerLine + 500, 'soon after the last line');
    t.strictSame(await print(), printed);
    t.equal(peer.paper.length, 2 * lines);
  });

  test(`${name}: near the end of the roll it still prints`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.nearEnd = true;
    t.strictSame(await print(), printed);
  });

  test(`${name}: a printer that is silent before the slip gets none of it`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.mute = true;
    t.strictSame(await print(), notPrinted('silence'));
    t.equal(peer.paper.length, 0);
  });

  test(`${name}: silence from the middle on is UNKNOWN, within its time`, async (t) => {
    const { peer, clock, print } = await rig(t, name);
    peer.onLine = (count) => {
      peer.mute = count >= 5;
    };
    const begun = clock.monotonic();
    t.strictSame(await print(), unknown('silence'));
    t.ok(clock.monotonic() - begun < 10_000);
    t.equal(peer.paper.at(-1), lastLine, 'it came out all the same');
  });

  test(`M2, ${name}: switched off and on in the middle, it is UNKNOWN, however readily it answers then`, async (t) => {
    const { clock, peer, log, print, pass } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 5) return;
      peer.switchOff();
      clock.schedule(400, () => peer.switchOn());
    };
    t.strictSame(await print(), unknown('silence'));
    t.ok(peer.paper.length < lines, 'a part of it is not on paper');
    peer.onLine = () => {};
    const told = log.reports.length;
    await pass(3000);
    t.match(log.reports.slice(told), [{ type: 'readiness', readiness: { ready: true } }], 'M10: it is told to be well');
    // A module whose answers are missing is given the time in which they may still come.
    if (name === 'cheap58') await pass(70_000);
    t.strictSame(await print(), printed, 'and the next one comes out');
  });

  test(`${name}: an unplugging in the middle is UNKNOWN, and the line is taken up again`, async (t) => {
    const { peer, print, log, pass } = await rig(t, name);
    peer.onLine = (count) => {
      if (count === 5) peer.unplug();
    };
    t.strictSame(await print(), unknown('linkLost'));
    t.match(log.reports.at(-1), { type: 'offline', fault: { code: 'unplugged' } });
    t.strictSame(await print(), notPrinted('linkLost'));
    peer.plugIn();
    await pass(3000);
    t.match(log.reports.at(-1), { type: 'readiness', readiness: { ready: true } });
    t.strictSame(await print(), printed);
  });

  test(`${name}: held off for ever by the operating system's flow control`, async (t) => {
    const { peer, print, pass } = await rig(t, name);
    const sentBefore = peer.received.length;
    peer.onLine = (count) => {
      if (count === 1) peer.wireHeld = true;
    };
    t.match(await print(), { verdict: 'UNKNOWN', cause: 'silence' });
    const sent = peer.received.length;
    t.ok(sent > sentBefore);
    peer.releaseWire();
    await pass(1000);
    t.notOk(peer.paper.includes(lastLine), 'what was not sent before the verdict is not sent after it');
  });

  test(`${name}: XOFF for ever as a byte`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.onLine = (count) => {
      if (count === 1) peer.say(0x13);
    };
    t.strictSame(await print(), unknown('silence'));
    t.notOk(peer.paper.includes(lastLine));
    peer.onLine = () => {};
    t.strictSame(await print(), printed, 'a printer that says it is ready is believed, the XON may have been lost');
  });

  test(`${name}: XOFF for a while`, async (t) => {
    const { peer, print, clock } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 1) return;
      peer.say(0x13);
      clock.schedule(3000, () => peer.say(0x11));
    };
    t.strictSame(await print(), printed);
  });

  test(`${name}: a fence reply that got lost is asked for again, but of a module it is missed`, async (t) => {
    const { peer, print } = await rig(t, name);
    let lost = false;
    peer.tamper = (reply) => {
      const isFence = peer.paper.length === lines && reply[0] !== 0x12;
      if (!isFence || lost) return reply;
      lost = true;
      return undefined;
    };
    // A module whose answer is missing may have been off: nothing else would show it.
    t.strictSame(await print(), name === 'cheap58' ? unknown('silence') : printed);
    t.equal(lost, true);
  });

  test(`${name}: each reply doubled`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.tamper = (reply) => (reply[0] === 0x10 ? reply : Buffer.concat([reply, reply]));
    t.strictSame(await print(), name === 'epson' ? printed : unknown('silence'), 'an id is an id, a byte is not');
    peer.tamper = (reply) => reply;
    t.strictSame(await print(), printed);
  });

  test(`${name}: each bit of the fence reply wrong is never PRINTED by it`, async (t) => {
    for (let bit = 0; bit < 8; bit++) {
      const { peer, print } = await rig(t, name);
      peer.tamper = (reply) => {
        if (peer.paper.length === 0 || reply[0] === 0x12) return reply;
        const wrong = Buffer.from(reply);
        const at = reply.length > 3 ? 3 : 0;
        wrong[at] = (wrong[at] ?? 0) ^ (1 << bit);
        return wrong;
      };
      const verdict = await print();
      const stillAStatus = name !== 'epson' && bit < 2;
      t.equal(verdict.verdict === 'PRINTED', stillAStatus, `bit ${bit}: ${JSON.stringify(verdict)}`);
    }
  });

  test(`${name}: babble proves nothing`, async (t) => {
    const { peer, print, clock } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 3) return;
      peer.hasPaper = false;
      peer.mute = true;
      peer.changed();
      const babble = (seed: number): void => {
        peer.say(seed & 0xff, 0x00, 0x37, 0x00);
        clock.schedule(10, () => babble((seed * 75 + 74) % 65_537));
      };
      babble(1);
    };
    t.equal((await print()).verdict, 'UNKNOWN');
  });
}

for (const name of verified) {
  test(`M2, ${name}: off for a second in the middle, with no XON when it comes back, is UNKNOWN too`, async (t) => {
    const { clock, peer, print } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 5) return;
      peer.switchOff();
      clock.schedule(1000, () => peer.switchOn(false));
    };
    t.strictSame(await print(), unknown('silence'));
    t.ok(peer.paper.length < lines, 'a part of it is not on paper');
  });
}

for (const name of telling) {
  test(`${name}: a status reply that got lost in the middle is asked for again, and does no harm`, async (t) => {
    const { peer, print } = await rig(t, name);
    let lost = 0;
    peer.tamper = (reply) => {
      if (peer.paper.length < 5 || reply[0] !== 0x12 || lost > 0) return reply;
      lost++;
      return undefined;
    };
    t.strictSame(await print(), printed);
    t.equal(lost, 1);
  });

  const faults: [cause: PrinterCause, (peer: PaperPeer, on: boolean) => void][] = [
    ['paperEnd', (peer, on) => (peer.hasPaper = !on)],
    ['coverOpen', (peer, on) => (peer.coverOpen = on)],
    ['cutter', (peer, on) => (peer.cutterJammed = peer.bladeStuck = on)],
    ['unrecoverable', (peer, on) => (peer.broken = on)],
    ['overheat', (peer, on) => (peer.overheated = on)],
    ['offline', (peer, on) => (peer.plainOffline = on)],
  ];
  for (const [cause, set] of faults) {
    test(`${name}: ${cause} before the slip`, async (t) => {
      const { peer, print, printer, run, log, pass } = await rig(t, name);
      set(peer, true);
      peer.changed();
      t.strictSame(await run(printer.checkReady()), { ready: false, cause });
      t.strictSame(await print(), notPrinted(cause));
      t.equal(peer.paper.length, 0);
      set(peer, false);
      peer.changed();
      await pass(1100);
      t.match(log.reports.at(-1), { type: 'readiness', readiness: { ready: true, paperNearEnd: false } });
      t.strictSame(await print(), printed);
    });

    test(`${name}: ${cause} within the slip`, async (t) => {
      const { peer, print, log } = await rig(t, name);
      peer.onLine = (count) => {
        if (count !== 5) return;
        set(peer, true);
        peer.changed();
      };
      t.strictSame(await print(), notPrinted(cause));
      t.equal(peer.paper.length, 5);
      t.match(log.reports.at(-1), { type: 'readiness', readiness: { ready: false, cause } });
    });
  }

  test(`${name}: a blade that was freed is recovered when somebody asks, not by the idle poll`, async (t) => {
    const { peer, print, printer, run, pass } = await rig(t, name);
    peer.cutterJammed = peer.bladeStuck = true;
    peer.changed();
    t.strictSame(await run(printer.checkReady()), { ready: false, cause: 'cutter' });
    peer.bladeStuck = false;
    await pass(5000);
    t.equal(peer.cutterJammed, true, 'nobody asked: the blade stays where fingers may be');
    t.match(await run(printer.checkReady()), { ready: true });
    t.strictSame(await print(), printed);
  });

  test(`${name}: a head that cools in time costs nothing but time`, async (t) => {
    const { peer, print, clock } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 5) return;
      peer.overheated = true;
      peer.changed();
      clock.schedule(12_000, () => {
        peer.overheated = false;
        peer.changed();
      });
    };
    t.strictSame(await print(), printed);
    t.ok(clock.monotonic() > 12_000);
  });

  test(`${name}: one that cools in the midst of being asked is not given up`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 5) return;
      peer.overheated = true;
      peer.changed();
    };
    /** Answers in real time since it got too hot: one that it is offline, then two rounds of four at each look. */
    let answers = 0;
    peer.tamper = (reply) => {
      if (peer.overheated && reply[0] !== undefined && (reply[0] & 0x93) === 0x12) answers++;
      if (answers === 1 + 8 * 9 + 6) peer.overheated = false; // between the second question and the third
      return reply;
    };
    t.strictSame(await print(), printed);
    t.equal(peer.overheated, false);
  });

  test(`${name}: a moment offline, as by its feed button, costs nothing`, async (t) => {
    const { peer, print, clock } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 5) return;
      peer.plainOffline = true;
      peer.changed();
      clock.schedule(1000, () => {
        peer.plainOffline = false;
        peer.changed();
      });
    };
    t.strictSame(await print(), printed);
  });

  test(`${name}: going offline and on for ever ends`, async (t) => {
    const { peer, print, clock } = await rig(t, name);
    const toggle = (): void => {
      peer.plainOffline = !peer.plainOffline;
      clock.schedule(1500, toggle);
    };
    peer.onLine = (count) => {
      if (count !== 5) return;
      peer.mute = false;
      peer.slowDown(1e6);
      toggle();
    };
    t.equal((await print()).verdict, 'UNKNOWN');
    t.ok(clock.monotonic() < 60_000);
  });

  test(`${name}: the paper ends right after the last line`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== lines) return;
      peer.hasPaper = false;
      peer.changed();
    };
    t.strictSame(await print(), notPrinted('paperEnd'), 'the feed past the tear bar belongs to the slip');
  });

  test(`${name}: one garbled word of bad news stops nothing`, async (t) => {
    const { peer, print } = await rig(t, name);
    let garbled = false;
    peer.tamper = (reply) => {
      if (garbled || peer.paper.length < 3 || reply[0] !== 0x12) return reply;
      garbled = true;
      return Buffer.of(0x1a);
    };
    t.strictSame(await print(), printed);
    t.equal(garbled, true);
  });

  test(`${name}: paper end is told by ASB when nothing can be sent any more`, async (t) => {
    const { peer, print } = await rig(t, name);
    peer.onLine = (count) => {
      if (count !== 1) return;
      peer.wireHeld = true;
      peer.hasPaper = false;
      peer.changed();
    };
    t.strictSame(await print(), notPrinted('paperEnd'));
  });
}

test('clone: the fence reply of the job before, late', async (t) => {
  const { peer, print, clock } = await rig(t, 'clone');
  peer.tamper = (reply) => (reply[0] === 0x00 ? undefined : reply);
  t.strictSame(await print(), unknown('silence'));
  const owed = 8; // each asking of it was answered, and lost
  peer.tamper = (reply) => reply;
  peer.onLine = (count) => {
    if (count !== lines + 3) return;
    for (let late = 0; late < owed; late++) clock.schedule(60 * (late + 1), () => peer.say(0x00));
    peer.slowDown(3);
  };
  t.strictSame(await print(), printed, 'not before its own last line, which the rig checks');
});

test('clone: stale bytes while the slip has stopped do not print it', async (t) => {
  const { peer, print, clock } = await rig(t, 'clone');
  peer.onLine = (count) => {
    if (count !== 5) return;
    peer.slowDown(1e6);
    clock.schedule(1500, () => peer.say(0x00));
    clock.schedule(1600, () => peer.say(0x00, 0x00));
  };
  t.strictSame(await print(), unknown('silence'));
});

test('clone: the tail of an ASB whose first byte was lost is no answer', async (t) => {
  const { peer, print, clock } = await rig(t, 'clone');
  peer.onLine = (count) => {
    if (count !== 5) return;
    peer.slowDown(1e6);
    for (let at = 500; at < 9000; at += 400) clock.schedule(at, () => peer.say(0x00, 0x00, 0x00));
  };
  t.strictSame(await print(), unknown('silence'));
});

test('clone: trouble after an answer that may be the fence is UNKNOWN, not NOT_PRINTED', async (t) => {
  const { peer, print } = await rig(t, 'clone');
  let answers = 0;
  peer.tamper = (reply) => {
    if (reply.length === 1 && reply[0] === 0x00 && ++answers === 1) {
      peer.hasPaper = false;
      return reply;
    }
    return reply;
  };
  t.strictSame(await print(), unknown('paperEnd'));
});

test('cheap58: paper end is known when the module still answers ESC v', async (t) => {
  const { peer, print, clock } = await rig(t, 'cheap58');
  peer.onLine = (count) => {
    if (count !== 5) return;
    peer.hasPaper = false;
    const answer = (): void => {
      peer.say(0x04);
      clock.schedule(1000, answer);
    };
    clock.schedule(4000, answer);
  };
  t.strictSame(await print(), notPrinted('paperEnd'));
});

test('cheap58: paper end with a module that answers nothing any more is UNKNOWN', async (t) => {
  const { peer, print, pass } = await rig(t, 'cheap58');
  peer.onLine = (count) => {
    peer.hasPaper = count < 5;
  };
  t.strictSame(await print(), unknown('silence'));
  peer.onLine = () => {};
  peer.hasPaper = true;
  peer.changed();
  t.strictSame(await print(), notPrinted('silence'), 'it is at work on the old rest, and answers after that');
  await pass(2000);
  t.strictSame(await print(), printed);
});

test('mute: every slip is UNVERIFIED, when it should be out', async (t) => {
  const { peer, print, clock } = await rig(t, 'mute');
  peer.mute = true;
  t.strictSame(await print(), { verdict: 'UNVERIFIED' });
  t.equal(peer.paper.at(-1), lastLine);
  t.ok(clock.monotonic() > (lines + 3) * msPerLine);
  peer.onLine = (count) => {
    if (count === lines + 5) peer.unplug();
  };
  t.strictSame(await print(), unknown('linkLost'));
});
