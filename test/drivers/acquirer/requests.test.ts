import { readFileSync } from 'node:fs';
import { test } from 'tap';
import type { Message } from '../../../drivers/acquirer/codec.ts';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { frameHead, messageOffset, mostFrameBytes } from '../../../drivers/acquirer/frame.ts';
import { messages } from '../../../drivers/acquirer/message-table.ts';
import { authorisationOf, frameOf, requestOf, reversalOf } from '../../../drivers/acquirer/requests.ts';
import { batchNumber, stan } from '../../../hal/units.ts';
import {
  bytes,
  frameConfig,
  hexOf,
  macKey,
  plain,
  requests,
  sale,
  secrets,
  suite,
  terminal,
  track2,
  track3,
  voidOf,
} from './literal-frames.ts';

const seal = { macKey: new DesKey(bytes(macKey)), suite };
const security = { suite };
const buffer = Buffer.alloc(mostFrameBytes);
frameHead(frameConfig.tpdu, frameConfig.header).copy(buffer);
const framed = (message: Message): string => hexOf(frameOf(message, buffer, seal));

test('a sale and its reversal are the bytes that they must be', async (t) => {
  t.equal(framed(authorisationOf(sale, secrets, terminal, security)), plain(requests.sale));
  const withoutPin = { ...sale, pinEntered: false };
  t.equal(framed(authorisationOf(withoutPin, { track2, track3 }, terminal, security)), plain(requests.saleWithoutPin));
  t.equal(framed(reversalOf({ ...sale, reason: '98' }, terminal)), plain(requests.reversal));
  const approved = { ...sale, reason: '96', authorisationCode: 'A12345' } as const;
  t.equal(framed(reversalOf(approved, terminal)), plain(requests.reversalOfApproved));
});

test('a void and its reversal are the bytes that they must be', async (t) => {
  t.equal(framed(authorisationOf(voidOf, secrets, terminal, security)), plain(requests.void));
  t.equal(framed(reversalOf({ ...voidOf, reason: '98' }, terminal)), plain(requests.voidReversal));
  const { original: _, ...groundless } = voidOf;
  t.throws(() => authorisationOf(groundless, secrets, terminal, security), /field 37 misses in a 0200/);
});

test('nothing of a message is left where it was packed', async (t) => {
  const clean = () => buffer.subarray(messageOffset).every((byte) => byte === 0);
  framed(authorisationOf(sale, secrets, terminal, security));
  t.ok(clean());
  t.throws(() => framed(authorisationOf(sale, { ...secrets, pinBlock: '00' }, terminal, security)), /^field 52/);
  t.ok(clean(), 'even when it does not fit');
});

test('a request that contradicts itself is a bug', async (t) => {
  t.throws(() => authorisationOf({ ...sale, pinEntered: false }, secrets, terminal, security), /PIN block/);
  t.throws(() => authorisationOf(sale, { track2 }, terminal, security), /PIN block/);
  const ids = { stan: stan(100), batch: batchNumber(1) };
  t.throws(() => requestOf(messages.upload, terminal, ids, {}), /field 48 misses in a 0320/);
  t.throws(() => requestOf(messages.upload, terminal, ids, { 48: '0000', 63: '01 ' }), /field 63 is not of a 0320/);
});

test("the manual's example is the sale", async (t) => {
  const [, example = ''] = readFileSync('docs/acquirer.md', 'utf8').split('```');
  const lines = example.trim().split('\n');
  t.equal(plain(lines.map((line) => line.split('   ')[0]).join('')), plain(requests.sale));
});
