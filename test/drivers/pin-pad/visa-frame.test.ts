import fc from 'fast-check';
import { test } from 'tap';
import { FrameReader, frame, maxFrameBytes } from '../../../drivers/pin-pad/visa-frame.ts';

/** What a reader says, one word an event; noise is added up. */
const reading = () => {
  const events: string[] = [];
  let noise = 0;
  const reader = new FrameReader({
    control: (code) => events.push(code.toString(16).padStart(2, '0')),
    message: (message) => events.push(message.toString('latin1')),
    damaged: () => events.push('damaged'),
    noise: (count) => {
      noise += count;
    },
  });
  return { reader, events, noise: () => noise };
};

const read = (hex: string) => {
  const { reader, events, noise } = reading();
  reader.push(Buffer.from(hex, 'hex'), 0);
  return { events, noise: noise() };
};

const reply = '0237312e3030343031423143324433453446353036313732380363';

test('a message gets its frame', (t) => {
  t.equal(frame(Buffer.from('Z2HI')).toString('hex'), '025a324849036a');
  t.equal(frame(Buffer.from('715')).toString('hex'), '023731350330');
  t.throws(() => frame(Buffer.alloc(maxFrameBytes - 2, 0x41)));
  t.end();
});

test('frames and control bytes are found, whatever stands between', (t) => {
  t.strictSame(read(`06${reply}04`), { events: ['06', '71.00401B1C2D3E4F5061728', '04'], noise: 0 });
  t.strictSame(read(`ff1300${reply}55`), { events: ['71.00401B1C2D3E4F5061728'], noise: 4 });
  t.strictSame(read('023731350331'), { events: ['damaged'], noise: 0 });
  t.strictSame(read(`023731${reply}`), { events: ['71.00401B1C2D3E4F5061728'], noise: 3 }, 'STX begins anew');
  t.strictSame(read('0237060403'.concat('36')), { events: ['7\u0006\u0004'], noise: 0 }, 'controls inside are data');
  t.end();
});

test('an LRC may have any value, that of STX and EOT too', (t) => {
  // 01 ^ 03 = 02, 07 ^ 03 = 04
  t.strictSame(read('02010302'), { events: ['\u0001'], noise: 0 });
  t.strictSame(read('02070304'), { events: ['\u0007'], noise: 0 });
  t.end();
});

test('the same is read however the bytes are split', (t) => {
  const bytes = Buffer.from(`ff06${reply}0237313503311504${reply}`, 'hex');
  const whole = read(bytes.toString('hex'));
  t.equal(whole.events.length, 6);
  for (let at = 1; at < bytes.length; at++) {
    const { reader, events, noise } = reading();
    reader.push(bytes.subarray(0, at), 0);
    reader.push(bytes.subarray(at), 5);
    t.strictSame({ events, noise: noise() }, whole, `split at ${at}`);
  }
  const { reader, events, noise } = reading();
  for (const byte of bytes) reader.push(Buffer.of(byte), 0);
  t.strictSame({ events, noise: noise() }, whole, 'byte by byte');
  t.end();
});

test('a frame that grows too long or too old is dropped', (t) => {
  const longest = frame(Buffer.alloc(maxFrameBytes - 3, 0x41));
  t.strictSame(read(longest.toString('hex')).events, ['A'.repeat(125)]);
  t.strictSame(read(`02${'41'.repeat(126)}06`), { events: ['06'], noise: 127 });

  const young = reading();
  young.reader.push(Buffer.from(reply.slice(0, 20), 'hex'), 1000);
  young.reader.push(Buffer.from(reply.slice(20), 'hex'), 3000);
  t.equal(young.events.length, 1);
  const old = reading();
  old.reader.push(Buffer.from(reply.slice(0, 20), 'hex'), 1000);
  old.reader.push(Buffer.from('04', 'hex'), 3001);
  t.strictSame([old.events, old.noise()], [['04'], 10]);
  const withoutLrc = reading();
  withoutLrc.reader.push(Buffer.from('02373103', 'hex'), 0);
  withoutLrc.reader.push(Buffer.from('06', 'hex'), 2001);
  t.strictSame([withoutLrc.events, withoutLrc.noise()], [['06'], 4]);
  t.end();
});

test('a message is overwritten once it was read, and a half one on reset', (t) => {
  let kept: Buffer | undefined;
  const reader = new FrameReader({
    control: () => undefined,
    message: (message) => {
      kept = message;
    },
    damaged: () => undefined,
    noise: () => undefined,
  });
  reader.push(Buffer.from(reply, 'hex'), 0);
  t.equal(kept?.toString('hex'), '00'.repeat(24));
  reader.push(Buffer.from(reply.slice(0, 30), 'hex'), 0);
  reader.reset();
  t.equal(kept?.toString('hex'), '00'.repeat(24));
  t.end();
});

test('any bytes at all are accounted for, and never break the reader', (t) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .array(fc.constantFrom(0x02, 0x03, 0x04, 0x06, 0x15, 0x41), { maxLength: 400 })
      .map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(400), { maxLength: 5 }), (all, cuts) => {
      let accounted = 0;
      let noise = 0;
      const reader = new FrameReader({
        control: () => accounted++,
        message: (message) => {
          accounted += message.length + 3;
        },
        damaged: () => accounted++,
        noise: (count) => {
          noise += count;
        },
      });
      let from = 0;
      for (const cut of [...cuts, all.length].sort((a, b) => a - b)) {
        reader.push(all.subarray(from, cut), 0);
        from = cut;
      }
      if (accounted + noise > all.length) throw new Error('more was read than came');
    }),
  );
  t.end();
});

test('a good frame behind any noise but a half frame is read', (t) => {
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => bytes.filter((byte) => byte !== 0x02));
  const message = fc
    .uint8Array({ maxLength: 125 })
    .map((bytes) => bytes.filter((byte) => byte !== 0x02 && byte !== 0x03));
  fc.assert(
    fc.property(noise, message, (before, content) => {
      const { reader, events } = reading();
      reader.push(before, 0);
      reader.push(frame(content), 0);
      if (events.at(-1) !== Buffer.from(content).toString('latin1')) throw new Error('the message was lost');
    }),
  );
  t.end();
});
