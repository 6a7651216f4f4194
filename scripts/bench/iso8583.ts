/** Packing and unpacking a sale request, beside npm's iso_8583 on the same fields. */
import { Session } from 'node:inspector/promises';
import { mostMessageBytes, pack, unpack } from '../../drivers/acquirer/codec.ts';
import { peer } from './peers.ts';
import { median, type Row, row } from './row.ts';

const track2 = '6212345678901232=30122010000000000000';

const sale = {
  mti: '0200',
  fields: {
    3: '000000',
    4: '000000005100',
    11: '000101',
    22: '021',
    25: '00',
    26: '12',
    35: track2,
    41: '12345678',
    42: '123456789012345',
    49: '156',
    52: Buffer.from('0123456789ABCDEF', 'hex'),
    53: '2600000000000000',
    60: '2200000100020',
    64: Buffer.from('56DDBFEB', 'latin1'),
  },
};

/** The same for the peer, which takes bytes as hex and needs to be told what UnionPay makes of two fields. */
const peerSale = { 0: '0200', ...sale.fields, 52: '0123456789ABCDEF', 64: '56DDBFEB' };
const peerFormats = {
  53: { ContentType: 'n', Label: 'security', LenType: 'fixed', MaxLen: 16 },
  60: { ContentType: 'n', Label: 'type, batch, code', LenType: 'lllvar', MaxLen: 17 },
};

type Iso = new (data?: object, formats?: object) => { getBufferMessage(): Buffer; getIsoJSON(bytes: Buffer): object };

const out = Buffer.alloc(mostMessageBytes);
const packAndUnpack = (): void => {
  const end = pack(sale, out);
  if (!unpack(out.subarray(0, end)).ok) throw new Error('the sale can not be unpacked');
};

const group = 'iso8583';
const rounds = 15;

/** Microseconds an operation. */
const time = (operation: () => void, times: number): number => {
  const before = performance.now();
  for (let n = 0; n < times; n += 1) operation();
  return ((performance.now() - before) * 1000) / times;
};

/** Bytes that an operation allocates, by the engine's own sampling. */
const allocated = async (operation: () => void): Promise<number> => {
  const times = 20_000;
  const session = new Session();
  session.connect();
  try {
    const options = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
    await session.post('HeapProfiler.startSampling', { samplingInterval: 512, ...options });
    for (let n = 0; n < times; n += 1) operation();
    const { profile } = await session.post('HeapProfiler.stopSampling');
    const sizes = (node: { selfSize: number; children: (typeof node)[] }): number =>
      node.children.reduce((sum, child) => sum + sizes(child), node.selfSize);
    return sizes(profile.head) / times;
  } finally {
    session.disconnect();
  }
};

export const iso8583Rows = async (say: (text: string) => void): Promise<Row[]> => {
  say('iso8583: pack and unpack of a sale request');
  time(packAndUnpack, 50_000);
  const theirs = peer('iso_8583', say);
  const bytes = await allocated(packAndUnpack);
  const ofMemory = row(group, { name: 'allocated by pack + unpack of a sale request', value: bytes, unit: 'bytes' });
  if ('why' in theirs) {
    say(`iso8583: npm's iso_8583 is not measured: ${theirs.why}`);
    const value = 1e6 / median(Array.from({ length: rounds }, () => time(packAndUnpack, 20_000)));
    return [row(group, { name: 'pack + unpack of a sale request', value, unit: 'a second' }), ofMemory];
  }
  const Iso8583 = theirs.module as Iso;
  const peerRound = (): void => {
    const packed = new Iso8583({ ...peerSale }, peerFormats).getBufferMessage();
    const unpacked = new Iso8583(undefined, peerFormats).getIsoJSON(packed);
    if (!Buffer.isBuffer(packed) || 'error' in unpacked) throw new Error('iso_8583 can not take the sale');
  };
  time(peerRound, 1000);
  const own: number[] = [];
  const other: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    own.push(time(packAndUnpack, 20_000));
    other.push(time(peerRound, 500));
  }
  return [
    row(group, {
      name: 'pack + unpack of a sale request',
      value: 1e6 / median(own),
      unit: 'a second',
      reference: { name: "npm's iso_8583", value: 1e6 / median(other) },
      target: { of: 'ratio', least: 20 },
    }),
    ofMemory,
  ];
};
