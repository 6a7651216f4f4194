/**
 * Every message of the table, byte for byte. What it must be stands in `messages/`, written by an independent script
 * (`messages/make.py`); a file is a frame in hex, a field a line, with its meaning behind `#`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'tap';
import type { BlockKey } from '../../../drivers/acquirer/block-key.ts';
import { type Message, unpack } from '../../../drivers/acquirer/codec.ts';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import type { Fields } from '../../../drivers/acquirer/field-table.ts';
import { frameHead, mostFrameBytes } from '../../../drivers/acquirer/frame.ts';
import { type KeySuite, keySuite, type SuiteName } from '../../../drivers/acquirer/key-suite.ts';
import {
  hasMac,
  type MessageRow,
  messages,
  signOnRow,
  type Trade,
  trades,
} from '../../../drivers/acquirer/message-table.ts';
import {
  authorisationOf,
  frameOf,
  requestOf,
  reversalOf,
  type TradeRequest,
} from '../../../drivers/acquirer/requests.ts';
import { packRecords, packTotals, packUploadCount } from '../../../drivers/acquirer/sub-fields/field-48.ts';
import { type ChipData, packChipData } from '../../../drivers/acquirer/sub-fields/field-55.ts';
import { packOriginal } from '../../../drivers/acquirer/sub-fields/field-61.ts';
import { packTerminalInfo } from '../../../drivers/acquirer/sub-fields/field-62.ts';
import { packOperator } from '../../../drivers/acquirer/sub-fields/field-63.ts';
import { batchNumber, minorUnits, stan } from '../../../hal/units.ts';
import { bytes, frameConfig, hexOf, macKey, sale, secrets, suite, terminal, track2 } from './literal-frames.ts';

// Tests run from where they are compiled to; the files stand with the sources.
const folder = 'test/drivers/acquirer/messages';
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const expected = (name: string): string =>
  readFileSync(join(folder, `${name}.txt`), 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .join('')
    .replaceAll(/\s/g, '');

const batch = batchNumber(1);
const pan = '6212345678901232';
const original = { ...sale, retrievalReference: '170512345678', authorisationCode: 'A12345', date: '1122' };
const chipData: ChipData = new Map(
  [
    ['9F26', '1122334455667788'],
    ['9F27', '80'],
    ['9F10', '07010103A0B80001'],
    ['9F36', '0042'],
    ['95', '0080000000'],
  ].map(([tag = '', hex = '']) => [tag, bytes(hex)]),
);
const chipCard = { pan, expiry: '3012', cardSequence: '001', chipData };

/** A trade of a swiped card; one that is about an original has STAN 102. */
const asked = (kind: Trade): TradeRequest => {
  const isAbout = 'original' in trades[kind].request;
  return { ...sale, kind, stan: stan(isAbout ? 102 : 101), ...(isAbout && { original }) };
};
const security = { suite };
const sm4 = keySuite('sm4', { networkCode: '005', algorithm: '3', mac: 'text' });
const sm4Bytes = keySuite('sm4', { networkCode: '006', algorithm: '4', mac: 'bytes' });
const sm4Secrets = { track2, pinBlock: '00112233445566778899AABBCCDDEEFF' };
const trade = (kind: Trade): Message => authorisationOf(asked(kind), secrets, terminal, security);
const reversal = (kind: Trade): Message => reversalOf({ ...asked(kind), reason: '98' }, terminal);
const other = (row: MessageRow, number: number, own: Fields): Message =>
  requestOf(row, terminal, { stan: stan(number), batch }, own);
const signOn = (code: '001' | '003' | '004' | '005' | '006'): Message => {
  const isSm4 = code === '005' || code === '006';
  const name: SuiteName = isSm4 ? 'sm4' : code;
  const { networkCode } = keySuite(name, { networkCode: isSm4 ? code : '005', algorithm: '3', mac: 'text' });
  return other(signOnRow(networkCode), 100, { 62: packTerminalInfo('310000000042'), 63: packOperator('01') });
};
const tally = (amount: number, count: number) => ({ amount: minorUnits(amount), count });
const totals = {
  domestic: { debit: tally(15300, 3), credit: tally(5100, 1) },
  foreign: { debit: tally(100, 1), credit: tally(0, 0) },
};
const records = [
  { half: 'domestic', stan: stan(101), pan, amount: minorUnits(5100) },
  { half: 'foreign', stan: stan(103), pan: '4111111111111111', amount: minorUnits(100) },
] as const;
const chipUpload = { 2: pan, 4: '000000005100', 22: '051', 23: '001', 55: packChipData(chipData) };
const about = { 38: 'A12345', 61: packOriginal({ batch, stan: stan(101), date: '1122' }) };

const made: { readonly [name: string]: () => Message } = {
  balance: () => trade('balance'),
  sale: () => trade('sale'),
  'sale-without-pin': () => authorisationOf({ ...sale, pinEntered: false }, { track2 }, terminal, security),
  'sale-chip': () =>
    authorisationOf(
      { ...sale, entry: 'chip' },
      { ...secrets, ...chipCard },
      { ...terminal, capability: '5' },
      security,
    ),
  'sale-fallback': () =>
    authorisationOf({ ...sale, entry: 'fallback' }, secrets, { ...terminal, capability: '5' }, security),
  'sale-fallback-reversal': () =>
    reversalOf({ ...sale, entry: 'fallback', reason: '98' }, { ...terminal, capability: '5' }),
  'sale-chip-reversal': () =>
    reversalOf({ ...sale, entry: 'chip', reason: '98' }, { ...terminal, capability: '5' }, chipCard),
  'sale-manual': () =>
    authorisationOf(
      { ...sale, entry: 'manual' },
      { pan, expiry: '3012', pinBlock: secrets.pinBlock },
      terminal,
      security,
    ),
  'sale-track-encrypted': () =>
    authorisationOf(sale, secrets, terminal, {
      suite: keySuite('004', { networkCode: '005', algorithm: '3', mac: 'text' }),
      trackKey: new DesKey(bytes('00112233445566778899AABBCCDDEEFF')),
    }),
  'sale-sm4': () => authorisationOf(sale, sm4Secrets, terminal, { suite: sm4 }),
  'sale-sm4-bytes': () => authorisationOf(sale, sm4Secrets, terminal, { suite: sm4Bytes }),
  'sale-sm4-reversal': () => reversal('sale'),
  'sale-reversal': () => reversal('sale'),
  'sale-reversal-of-approved': () => reversalOf({ ...sale, reason: '96', authorisationCode: 'A12345' }, terminal),
  void: () => trade('void'),
  'void-reversal': () => reversal('void'),
  refund: () => {
    const { authorisationCode: _, ...reference } = original;
    return authorisationOf(
      { ...asked('refund'), original: { ...reference, cardOrganisation: 'CUP' } },
      secrets,
      terminal,
      security,
    );
  },
  'pre-authorisation': () => trade('preAuthorisation'),
  'pre-authorisation-reversal': () => reversal('preAuthorisation'),
  'pre-authorisation-increment': () => trade('preAuthorisationIncrement'),
  'pre-authorisation-increment-reversal': () => reversal('preAuthorisationIncrement'),
  'pre-authorisation-void': () => trade('preAuthorisationVoid'),
  'pre-authorisation-void-reversal': () => reversal('preAuthorisationVoid'),
  completion: () => trade('completion'),
  'completion-reversal': () => reversal('completion'),
  'completion-notice': () => trade('completionNotice'),
  'completion-void': () => trade('completionVoid'),
  'completion-void-reversal': () => reversal('completionVoid'),
  'sign-on-001': () => signOn('001'),
  'sign-on-003': () => signOn('003'),
  'sign-on-004': () => signOn('004'),
  'sign-on-005': () => signOn('005'),
  'sign-on-006': () => signOn('006'),
  'sign-off': () => other(messages.signOff, 100, {}),
  echo: () => requestOf(messages.echo, terminal, { batch }, {}),
  settlement: () => other(messages.settlement, 110, { 48: packTotals(totals), 63: packOperator('01') }),
  upload: () => other(messages.upload, 111, { 48: packRecords(records) }),
  'end-balanced': () => other(messages.balancedEnd, 112, { 48: packUploadCount(0) }),
  'end-unbalanced': () => other(messages.unbalancedEnd, 112, { 48: packUploadCount(2) }),
  'upload-chip-203': () => other(messages.chipUploadBalanced, 113, chipUpload),
  'upload-chip-205': () => other(messages.chipUploadUnbalanced, 113, chipUpload),
  'upload-chip-204': () => other(messages.failedChipUploadBalanced, 113, chipUpload),
  'upload-chip-206': () => other(messages.failedChipUploadUnbalanced, 113, chipUpload),
  'upload-refund': () =>
    other(messages.refundUpload, 114, {
      2: pan,
      4: '000000005100',
      22: '021',
      37: '170512345678',
      61: packOriginal({ batch: 0, stan: 0, date: '1122' }),
      63: 'CUP',
    }),
  'upload-completion-notice': () =>
    other(messages.completionNoticeUpload, 114, { 2: pan, 4: '000000005100', 22: '021', ...about }),
  'script-notice': () =>
    other(messages.scriptNotice, 115, {
      ...chipUpload,
      37: '170512345678',
      55: packChipData(
        new Map([
          ['DF31', bytes('20000000FF')],
          ['95', bytes('0080000000')],
        ]),
      ),
      61: about[61],
    }),
};

const buffer = Buffer.alloc(mostFrameBytes);
frameHead(frameConfig.tpdu, frameConfig.header).copy(buffer);
const seal = { macKey: new DesKey(bytes(macKey)), suite };
const sm4Key = sm4.key(bytes('0123456789ABCDEFFEDCBA9876543210'));
const sealOf = (name: string): { macKey: BlockKey; suite: KeySuite } => {
  if (!name.includes('sm4')) return seal;
  return { macKey: sm4Key, suite: name === 'sale-sm4-bytes' ? sm4Bytes : sm4 };
};

test('each message has its file, and each file its message', async (t) => {
  t.strictSame(files.map((name) => basename(name, '.txt')).sort(), Object.keys(made).sort());
  const rows = [
    ...Object.values(trades).flatMap((row) => ('reversal' in row ? [row.request, row.reversal] : [row.request])),
    ...Object.values(messages),
  ];
  t.ok(Object.keys(made).length >= rows.length, `${rows.length} rows`);
});

for (const [name, make] of Object.entries(made)) {
  test(`${name} is the bytes that it must be, and is read back as it was`, async (t) => {
    const message = make();
    const sealed = sealOf(name);
    const frame = frameOf(message, buffer, sealed);
    t.equal(hexOf(frame), expected(name));
    const read = unpack(frame.subarray(13), sealed.suite.pinBlockBytes);
    if (!read.ok) throw new Error(`${read.fault.field} ${read.fault.what}`);
    const { 64: mac, ...fields } = read.message.fields;
    const { 64: place, ...sent } = message.fields;
    t.equal(read.message.mti, message.mti);
    t.equal(mac === undefined, place === undefined);
    t.strictSame(plainOf(fields), plainOf(sent));
  });
}

/** Bytes as hex, so that a Buffer and a Uint8Array are the same. */
const plainOf = (fields: Fields): object =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([number, value]) => [number, typeof value === 'string' ? value : hexOf(value as Uint8Array)]),
  );

test('a message has a MAC exactly when UnionPay asks for one', async (t) => {
  for (const row of Object.values(trades)) t.ok(hasMac(row.request));
  for (const row of Object.values(messages)) t.equal(hasMac(row), row === messages.scriptNotice);
});
