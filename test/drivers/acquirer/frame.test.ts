import fc from 'fast-check';
import { test } from 'tap';
import {
  type Frame,
  FrameReader,
  frameHead,
  messageOffset,
  mostFrameBytes,
  writeLength,
} from '../../../drivers/acquirer/frame.ts';
import { answers, bytes, frameConfig, hexOf, messageIn, plain } from './literal-frames.ts';

const read = (...chunks: Uint8Array[]): { frames: Frame[]; broken: string | undefined } => {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  let broken: string | undefined;
  for (const chunk of chunks) broken = reader.push(chunk);
  return { frames, broken };
};

test('a head has TPDU and header in BCD, and the length counts what follows it', async (t) => {
  const head = frameHead(frameConfig.tpdu, frameConfig.header);
  t.equal(head.length, messageOffset);
  writeLength(head, messageOffset + 92);
  t.equal(hexOf(head), plain('0067 6000030000 603100310730'));
  t.throws(() => frameHead('60000300', frameConfig.header), RangeError);
  t.throws(() => frameHead('600003000A', frameConfig.header), RangeError);
  t.throws(() => frameHead(frameConfig.tpdu, { ...frameConfig.header, state: '00' }), RangeError);
});

test('frames come whole, however they are cut', async (t) => {
  const both = bytes(answers.declined + answers.approved);
  const wanted = [messageIn(answers.declined), messageIn(answers.approved)].map(hexOf);
  const got = (...chunks: Uint8Array[]) => read(...chunks).frames.map(({ message }) => hexOf(message));
  t.strictSame(got(both), wanted);
  for (let cut = 1; cut < both.length; cut++) {
    t.strictSame(got(both.subarray(0, cut), both.subarray(cut)), wanted, `cut at ${cut}`);
  }
  t.strictSame(got(...[...both].map((byte) => Uint8Array.of(byte))), wanted, 'byte by byte');
});

test('the processing request is the sixth digit of the header', async (t) => {
  const frame = bytes(answers.declined);
  frame[9] = 0x03;
  t.equal(read(frame).frames[0]?.processingRequest, 3);
});

test('bytes that are no frame are told, and nothing is read after them', async (t) => {
  const rows: [string, RegExp][] = [
    ['0014', /too short/],
    ['0000', /too short/],
    ['FFFF', /longer/],
    [Buffer.from('HTTP/1.1 200 OK').toString('hex'), /longer/],
    [plain(answers.declined).replace('6000030000', '5000030000'), /TPDU/],
    [plain(answers.declined).replace('6000030000', '60000A0000'), /TPDU/],
    [plain(answers.declined).replace('603100310730', '6031F0310730'), /TPDU/],
  ];
  for (const [hex, what] of rows) {
    const { frames, broken } = read(bytes(hex), bytes(answers.approved));
    t.match(broken, what);
    t.strictSame(frames, []);
  }
});

test('a length that lies', async (t) => {
  const frame = bytes(answers.declined);
  frame.writeUInt16BE(frame.length, 0);
  t.strictSame(read(frame), { frames: [], broken: undefined }, 'too long: it waits');
  frame.writeUInt16BE(frame.length - 4, 0);
  t.equal(read(frame).frames[0]?.message.length, frame.length - 15, 'too short: a message that is cut');
});

/** Of the default size, a few bytes, and longer than any frame. */
const chunk = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 2 * mostFrameBytes, size: 'max' }),
  fc.constantFrom(...Object.values(answers).map(bytes)),
);

test('any bytes in any pieces give frames or a fault, and no more than what came', async (t) => {
  fc.assert(
    fc.property(fc.array(chunk), (chunks) => {
      const { frames } = read(...chunks);
      const came = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      return frames.reduce((sum, { message }) => sum + message.length + messageOffset, 0) <= came;
    }),
  );
  t.pass();
});
