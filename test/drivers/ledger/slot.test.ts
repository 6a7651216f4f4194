import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'tap';
import {
  beginMac,
  chainStart,
  encodePayload,
  mendSlot,
  payloadMaxBytes,
  readSlot,
  shortCode,
  slotBytes,
  writeSlot,
} from '../../../drivers/ledger/slot.ts';

const key = Buffer.alloc(32, 0x11);
const place = { generation: 7, sequence: 41, mac: Buffer.alloc(32, 0xab) };

const slotOf = (fact: unknown, previous = place, generation = 7) => {
  const slot = Buffer.alloc(slotBytes);
  const mac = writeSlot(slot, previous, generation, encodePayload(fact), beginMac(key));
  return { slot, mac };
};

const withRightCrc = (slot: Buffer): Buffer => {
  slot.writeUInt32BE(crc32(slot.subarray(0, 4092)), 4092);
  return slot;
};

test('what is written is read', (t) => {
  const { slot, mac } = slotOf({ type: 'captured', 商户: '小店' });
  t.strictSame(readSlot(slot, key), {
    state: 'sound',
    place: { generation: 7, sequence: 42, mac },
    previousMac: place.mac,
    payload: '{"type":"captured","商户":"小店"}',
  });
  t.match(shortCode(mac), /^[0-9A-F]{8}$/);
  t.end();
});

test('any JSON value that fits is read as it was written', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (fact) => {
      fc.pre(Buffer.byteLength(JSON.stringify(fact)) <= payloadMaxBytes);
      const reading = readSlot(slotOf(fact).slot, key);
      return reading.state === 'sound' && reading.payload === JSON.stringify(fact);
    }),
  );
  t.end();
});

test('a fact that fills the slot fits, and one byte more is refused before anything is written', (t) => {
  const longest = 'x'.repeat(payloadMaxBytes - 2);
  t.equal(readSlot(slotOf(longest).slot, key).state, 'sound');
  t.throws(() => encodePayload(`${longest}x`), /must not exceed 4012 bytes of JSON; this one has 4013/);
  t.throws(() => encodePayload(undefined), /must be a JSON value/);
  t.end();
});

test('a change of any byte is noticed by the CRC', (t) => {
  const { slot } = slotOf({ amount: 1234 });
  const recordEnd = 48 + encodePayload({ amount: 1234 }).length + 32;
  const unnoticed: number[] = [];
  for (let at = 0; at < slotBytes; at += 1) {
    const whole = Buffer.from(slot);
    slot[at] = (slot[at] ?? 0) ^ 0x01;
    const state = at < recordEnd ? 'torn' : 'scarred';
    if (readSlot(slot, key).state !== state) unnoticed.push(at);
    if (state === 'scarred') {
      mendSlot(slot);
      t.ok(slot.equals(whole), `a scar at ${at} is mended`);
    }
    whole.copy(slot);
  }
  t.strictSame(unnoticed, [], 'and what it is around a record leaves the record to be read');
  t.equal(readSlot(slot, key).state, 'sound');
  t.end();
});

test('a change of any byte under a right CRC is noticed all the same', (t) => {
  const readAs: Record<string, number[]> = { sound: [], torn: [], empty: [], unknown: [], altered: [] };
  for (let at = 0; at < 4092; at += 1) {
    const { slot } = slotOf({ amount: 1234 });
    slot[at] = (slot[at] ?? 0) ^ 0x80;
    readAs[readSlot(withRightCrc(slot), key).state]?.push(at);
  }
  t.match(readAs, { sound: [], torn: [], empty: [], unknown: [4, 5] }, 'version and type say a newer build');
  t.equal(readAs.altered?.length, 4090);
  t.end();
});

test('a record written under another key is altered', (t) => {
  t.equal(readSlot(slotOf('fact').slot, Buffer.alloc(32, 0x12)).state, 'altered');
  t.end();
});

test('only zeros are an empty slot', (t) => {
  const slot = Buffer.alloc(slotBytes);
  t.equal(readSlot(slot, key).state, 'empty');
  slot[4095] = 1;
  t.equal(readSlot(slot, key).state, 'torn');
  t.equal(readSlot(Buffer.alloc(slotBytes, 0xff), key).state, 'torn');
  t.end();
});

test('bytes of any kind are read without harm', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: slotBytes, maxLength: slotBytes, size: 'max' }), (bytes) =>
      ['torn', 'altered'].includes(readSlot(Buffer.from(bytes), key).state),
    ),
    { numRuns: 20 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), (header) => {
      const slot = Buffer.alloc(slotBytes);
      slot.set(header);
      slot.write('SLIP\x01\x01', 'latin1');
      return readSlot(withRightCrc(slot), key).state === 'altered';
    }),
  );
  t.end();
});

test('the example of docs/ledger.md is what is written', (t) => {
  const page = readFileSync(new URL('../../../../docs/ledger.md', import.meta.url), 'utf8');
  const example = /```hexdump\n(.*?)```/s.exec(page)?.[1] ?? '';
  const shown = Buffer.alloc(slotBytes);
  for (const [, offset = '', hex = ''] of example.matchAll(/^([0-9a-f]{4}) {2}((?:[0-9a-f]{2} ?)+)/gm)) {
    shown.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), Number.parseInt(offset, 16));
  }
  const exampleKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const slot = Buffer.alloc(slotBytes);
  writeSlot(slot, chainStart, 1, encodePayload({ type: 'provisioned', terminal: '00000001' }), beginMac(exampleKey));
  t.equal(shown.toString('hex'), slot.toString('hex'));
  t.end();
});
