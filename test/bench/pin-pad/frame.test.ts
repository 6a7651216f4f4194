import fc from 'fast-check';
import { test } from 'tap';
import { FrameReader, frame, type Sent } from './frame.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const text = bytes('02 5A 32 C7 EB C8 A1 BF A8 03 39');
const body = bytes('5A 32 C7 EB C8 A1 BF A8');

test('a frame is built and read by its bytes', async (t) => {
  t.same(frame('715'), bytes('02 37 31 35 03 30'));
  t.strictSame(new FrameReader().push(text), [{ kind: 'frame', body }]);
  t.strictSame(new FrameReader().push(bytes('06 15 04')), [
    { kind: 'control', code: 0x06 },
    { kind: 'control', code: 0x15 },
    { kind: 'control', code: 0x04 },
  ]);
});

test('a frame is read wherever the line cuts it', async (t) => {
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = new FrameReader();
    const sent = [...reader.push(text.subarray(0, cut)), ...reader.push(text.subarray(cut))];
    t.strictSame(sent, [{ kind: 'frame', body }], `cut after ${cut}`);
  }
});

test('an LRC that looks like a control character is an LRC', async (t) => {
  t.strictSame(new FrameReader().push(bytes('02 01 03 02')), [{ kind: 'frame', body: bytes('01') }]);
  t.strictSame(new FrameReader().push(bytes('02 07 03 04')), [{ kind: 'frame', body: bytes('07') }]);
});

test('one wrong bit anywhere makes a frame that is refused, or none', async (t) => {
  for (let bit = 0; bit < text.length * 8; bit++) {
    const wrong = Buffer.from(text);
    wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    t.notOk(
      new FrameReader().push(wrong).some((sent) => sent.kind === 'frame'),
      `bit ${bit}`,
    );
  }
});

test('a frame that begins anew, or never ends, is not waited for', async (t) => {
  const reader = new FrameReader();
  t.strictSame(reader.push(Buffer.concat([bytes('02 5A 36'), text])), [
    { kind: 'stray', count: 3 },
    { kind: 'frame', body },
  ]);
  t.match(reader.push(Buffer.concat([bytes('02'), Buffer.alloc(129, 0x41)])), [{ kind: 'badFrame', what: /no end/ }]);
  t.strictSame(reader.push(bytes('41 42 06')), [
    { kind: 'stray', count: 2 },
    { kind: 'control', code: 0x06 },
  ]);
});

test('after any noise the second of two frames is read, at the latest', async () => {
  const hasFrame = (sent: readonly Sent[]): boolean =>
    sent.some((each) => each.kind === 'frame' && each.body.equals(body));
  const noise = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x02, 0x03)), { maxLength: 300 });
  fc.assert(
    fc.property(noise, (before) => {
      const reader = new FrameReader();
      reader.push(Uint8Array.from(before));
      return [text, text].map((each) => hasFrame(reader.push(each))).includes(true);
    }),
  );
});
