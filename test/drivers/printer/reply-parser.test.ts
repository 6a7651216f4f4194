import fc from 'fast-check';
import { test } from 'tap';
import { type PrinterReply, ReplyParser } from '../../../drivers/printer/reply-parser.ts';

const all = { automatic: true, blocks: true };
const parse = (bytes: number[], kinds = all): PrinterReply[] => new ReplyParser(kinds).push(Buffer.from(bytes), 0);
const status = (bits: number): PrinterReply => ({ type: 'status', bits });
const realTime = (bits: number): PrinterReply => ({ type: 'realTime', bits });
const noise = (bytes: number): PrinterReply => ({ type: 'noise', bytes });

test('each kind of reply', (t) => {
  const cases: [what: string, bytes: number[], replies: PrinterReply[]][] = [
    ['DLE EOT', [0x12, 0x16, 0x1a, 0x32, 0x52, 0x72, 0x7e], [0x12, 0x16, 0x1a, 0x32, 0x52, 0x72, 0x7e].map(realTime)],
    ['ASB', [0x18, 0x00, 0x0c, 0x0f], [{ type: 'automatic', bytes: [0x18, 0x00, 0x0c] }]],
    ['GS r', [0x00, 0x03, 0x0c], [0x00, 0x03, 0x0c].map(status)],
    [
      'XON and XOFF',
      [0x13, 0x11],
      [
        { type: 'flow', go: false },
        { type: 'flow', go: true },
      ],
    ],
    ['process id', [0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0x00], [{ type: 'processId', id: 'ABCD' }]],
    ['cleared', [0x37, 0x25, 0x00], [{ type: 'cleared' }]],
    [
      'XOFF inside an ASB',
      [0x10, 0x00, 0x13, 0x00, 0x00],
      [
        { type: 'flow', go: false },
        { type: 'automatic', bytes: [0x10, 0, 0] },
      ],
    ],
    [
      'a real-time reply inside an ASB',
      [0x10, 0x00, 0x12, 0x00, 0x00],
      [realTime(0x12), { type: 'automatic', bytes: [0x10, 0, 0] }],
    ],
    [
      'an ASB that breaks off for another',
      [0x10, 0x00, 0x18, 0x00, 0x0c, 0x00],
      [noise(2), { type: 'automatic', bytes: [0x18, 0, 0x0c] }],
    ],
    ['a block that breaks off', [0x37, 0x22, 0x41, 0x12], [noise(3), realTime(0x12)]],
    ['a block of another kind', [0x37, 0x20, 0x00], [noise(3)]],
    ['an id that is too short', [0x37, 0x22, 0x41, 0x00], [noise(4)]],
    ['bytes out of all patterns', [0xff, 0x90], [noise(1), noise(1)]],
  ];
  for (const [what, bytes, replies] of cases) t.strictSame(parse(bytes), replies, what);
  t.end();
});

test('a printer without ASB and blocks opens none', (t) => {
  t.strictSame(parse([0x10, 0x00, 0x37, 0x04], { automatic: false, blocks: false }), [
    noise(1),
    status(0),
    noise(1),
    status(4),
  ]);
  t.end();
});

test('half a reply is given up when it pauses', (t) => {
  const parser = new ReplyParser(all);
  t.strictSame(parser.push(Buffer.from([0x10, 0x00]), 0), []);
  t.strictSame(parser.push(Buffer.from([0x00]), 101), [noise(2), status(0)]);
  t.end();
});

test('splitting changes nothing', (t) => {
  const stream = [
    0x12, 0x18, 0x00, 0x13, 0x0c, 0x0f, 0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0x00, 0x03, 0xff, 0x37, 0x25, 0x00, 0x11,
  ];
  const whole = parse(stream);
  for (let at = 0; at <= stream.length; at++) {
    const parser = new ReplyParser(all);
    const halves = [
      ...parser.push(Buffer.from(stream.slice(0, at)), 0),
      ...parser.push(Buffer.from(stream.slice(at)), 50),
    ];
    t.strictSame(halves, whole, `split at ${at}`);
  }
  t.end();
});

test('any bytes are told once each, in bounded memory, and the parser finds its way back', (t) => {
  const sizeOf = (reply: PrinterReply): number =>
    ({ realTime: 1, automatic: 4, status: 1, processId: 7, cleared: 3, flow: 1, noise: 0 })[reply.type] +
    (reply.type === 'noise' ? reply.bytes : 0);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
        const parser = new ReplyParser(all);
        const replies = chunks.flatMap((chunk) => parser.push(chunk, 0));
        replies.push(...parser.push(Buffer.from([0x12]), 1000));
        const total = chunks.reduce((sum, { length }) => sum + length, 1);
        return replies.reduce((sum, reply) => sum + sizeOf(reply), 0) === total && replies.at(-1)?.type === 'realTime';
      }),
      { numRuns: 500 },
    ),
  );
  t.end();
});

test('interleaved kinds are told apart however the stream is split', (t) => {
  // ASB with real-time and flow bytes in it, a process id with XOFF and XON in it, GS r, cleared, DLE EOT.
  const stream = Buffer.from('1012' + '00130011' + '0f' + '37221341421143440000' + '372500' + '1e' + '03', 'hex');
  const whole = new ReplyParser({ automatic: true, blocks: true }).push(stream, 0);
  t.strictSame(
    whole.map(({ type }) => type),
    ['realTime', 'flow', 'flow', 'automatic', 'flow', 'flow', 'processId', 'status', 'cleared', 'realTime', 'status'],
  );
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const parser = new ReplyParser({ automatic: true, blocks: true });
      const parts = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      const replies = parts.flatMap((part, index) => parser.push(part, index * 50));
      if (JSON.stringify(replies) !== JSON.stringify(whole))
        t.strictSame(replies, whole, `split at ${first}, ${second}`);
    }
  }
  t.end();
});
