/**
 * The terminal's configuration: one JSON file, checked before anything else is done. Every error names the key, what
 * was expected there and what was found (but no secret: the file holds none in clear). `configuration.schema.json`
 * beside this file is made of the same schema, for editors.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { PrinterPort } from '../drivers/printer/printer-line.ts';
import { type PrinterProfile, paperWidths } from '../drivers/printer/printer-profile.ts';
import { readPrinterProfile } from '../drivers/printer/profile-files.ts';
import { issueWords } from '../drivers/schema-words.ts';
import { described, digits, integer, milliseconds, text, words } from './schema-words.ts';
import { fees, maintenance, settlement, slip, transactions } from './trade-parameters.ts';

const baudRate = described(integer(300, 4_000_000), 'Bits a second');
const port = v.strictObject({
  path: described(text(1, 4096), 'The serial port, best by a stable name such as /dev/serial/by-id/…'),
  baudRate,
  dataBits: v.optional(v.picklist([7, 8]), 8),
  parity: v.optional(v.picklist(['none', 'even', 'odd']), 'none'),
  stopBits: v.optional(v.picklist([1, 2]), 1),
  flowControl: v.optional(v.picklist(['none', 'rtscts', 'xonxoff']), 'none'),
});

const hid = {
  vendorId: described(integer(0, 0xffff), 'USB vendor, as a decimal number'),
  productId: described(integer(0, 0xffff), 'USB product, as a decimal number'),
};

const keypad = v.variant('driver', [
  v.strictObject({ driver: v.literal('serial'), port }),
  v.strictObject({ driver: v.literal('hid'), ...hid }),
]);

const cardReader = v.variant('driver', [
  v.strictObject({ driver: v.literal('serial'), port }),
  v.strictObject({
    driver: v.literal('magtek'),
    vendorId: v.optional(hid.vendorId, 0x0801),
    productId: v.optional(hid.productId, 0x0002),
  }),
]);

const pinPad = v.variant('driver', [v.strictObject({ driver: v.literal('visa'), port })]);

const printerPort = v.variant('transport', [
  v.strictObject({
    transport: v.optional(v.literal('serial'), 'serial'),
    ...port.entries,
    baudRate: v.optional(described(baudRate, "Bits a second. Default: the profile's")),
  }),
  v.strictObject({
    transport: v.literal('tcp'),
    host: described(text(1, 253), 'Name or address of a printer in the network'),
    port: v.optional(described(integer(1, 65_535), 'Where it takes what is to be printed'), 9100),
  }),
]);

const paper = v.optional(described(v.picklist(paperWidths), 'Width of the paper in mm: 32 or 48 columns'), 58);

const escposPrinter = v.strictObject({
  driver: v.literal('escpos'),
  port: printerPort,
  profile: described(
    text(1, 4096),
    'What the printer can answer: epson, clone, cheap58, mute, or the path of a file; see docs/printers.md',
  ),
  paper,
  openDrawer: v.optional(described(v.boolean(), 'Open the cash drawer at it with each merchant copy'), false),
});
const printer = v.variant('driver', [escposPrinter]);
const printerOrFolder = v.variant('driver', [
  escposPrinter,
  v.strictObject({
    driver: v.literal('file'),
    directory: v.optional(
      described(text(1, 4096), 'Where slips go as images; relative to storage.directory'),
      'slips-to-print',
    ),
    paper,
  }),
]);

const display = v.variant('driver', [
  v.strictObject({ driver: v.literal('lcd4x16'), port }),
  v.strictObject({ driver: v.literal('cd5220'), port, encoding: v.optional(v.picklist(['gbk', 'ascii']), 'gbk') }),
  v.strictObject({ driver: v.literal('console') }),
]);

const acquirer = v.strictObject({
  host: described(text(1, 253), 'Name or address of the acquirer; nothing is ever sent to another'),
  port: integer(1, 65_535),
  backup: v.optional(
    described(
      v.strictObject({ host: text(1, 253), port: integer(1, 65_535) }),
      'Where else the acquirer is reached when no connection comes about',
    ),
  ),
  tls: v.optional(
    v.strictObject({
      ca: v.optional(described(text(1, 4096), 'PEM file of who may vouch for the acquirer; relative to this file')),
      pin: v.optional(
        described(
          v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{64}$/, '64 hex digits')),
          "SHA-256 of the acquirer's public key (SPKI): no other is taken",
        ),
      ),
      serverName: v.optional(described(text(1, 253), 'The name that its certificate must be for. Default: host')),
      certificate: v.optional(described(text(1, 4096), "PEM file of the terminal's own certificate")),
      key: v.optional(described(text(1, 4096), 'PEM file of its key')),
    }),
  ),
  keySuite: v.optional(
    described(
      v.picklist(['001', '003', '004', 'sm4']),
      'The keys of the sign-on: single or double DES, double DES with encrypted tracks, SM4 (not confirmed by any acquirer)',
    ),
    '003',
  ),
  sm4: v.optional(
    described(
      v.strictObject({
        networkCode: v.optional(v.picklist(['005', '006']), '005'),
        algorithm: v.optional(v.picklist(['3', '4']), '3'),
        mac: v.optional(v.picklist(['text', 'bytes']), 'text'),
      }),
      'What sources tell differently of SM4: field 60.3, 53.2 and the form of the MAC',
    ),
    {},
  ),
  keepConnection: v.optional(described(v.boolean(), 'Keep a connection from request to request'), false),
  echoMs: v.optional(
    described(milliseconds(5_000, 3_600_000), 'An echo test after so long without a message; none when not given'),
  ),
  tpdu: v.optional(described(digits(10), 'TPDU, ten digits'), '6000030000'),
  header: v.optional(described(digits(12), 'Message header, twelve digits'), '603100310100'),
  connectTimeoutMs: v.optional(milliseconds(100, 120_000), 10_000),
  answerTimeoutMs: v.optional(milliseconds(100, 300_000), 60_000),
  lateAnswerMs: v.optional(described(milliseconds(0, 600_000), 'How long a late answer is listened for'), 60_000),
});

/** Field 48 of a settlement has three digits for a count and twelve for an amount: no batch may outgrow them (M10). */
const mostInBatch = 999;
const mostInSale = 1_000_000_000;

const policy = v.strictObject({
  maxAmount: v.optional(described(integer(1, mostInSale), 'The most that one sale may take, in 分'), 5_000_000),
  maxRefund: v.optional(described(integer(1, mostInSale), 'The most that one refund may give back, in 分'), 100_000),
  maxDay: v.optional(
    described(integer(1, 100 * mostInSale), 'The most that sales may take in a day (Beijing time), in 分'),
    30_000_000,
  ),
  completionPercent: v.optional(
    described(integer(1, 115), 'How much of a pre-authorisation may be completed, in percent'),
    115,
  ),
  refundBeyondNet: v.optional(
    described(v.boolean(), 'May a refund give back more than the batch has taken so far'),
    true,
  ),
  twinMinutes: v.optional(
    described(
      integer(0, 60),
      'How many minutes after a sale another one of the same card and amount is asked about; 0 is never',
    ),
    10,
  ),
  voidMinutes: v.optional(
    described(integer(0, 1440), 'How many minutes after a sale it may be voided; 0 is until the settlement'),
    0,
  ),
  refundDays: v.optional(
    described(
      integer(0, 365),
      'How many days after a sale it may be refunded; 0 is without a limit of the shop: the bank decides',
    ),
    0,
  ),
  lateRefunds: v.optional(described(v.boolean(), 'May a supervisor refund later than that, for a reason'), false),
  askOrderNumber: v.optional(
    described(v.boolean(), "Ask for the shop's order number at a sale, up to 12 digits; it may be left out"),
    false,
  ),
  askNote: v.optional(
    described(v.boolean(), 'Ask for a code of a discount or the like at a sale, up to 8 digits; it may be left out'),
    false,
  ),
  cardCaps: v.optional(
    described(
      v.pipe(v.string(), v.regex(/^\d{1,6}=\d{1,10}(?: \d{1,6}=\d{1,10})*$/, 'such as 62=500000 4=100000')),
      'The most that one sale may take of cards whose number begins so, in 分, such as 62=500000 4=100000; the longest that fits holds',
    ),
  ),
  chipFallback: v.optional(
    described(
      v.boolean(),
      'Take the stripe of a card that has a chip (service code 2xx or 6xx). This terminal reads stripes only: without it such cards cannot pay here; with it their bank may still refuse (45)',
    ),
    true,
  ),
  maxBatch: v.optional(described(integer(1, mostInBatch), 'Transactions after which a settlement is due'), 500),
  pinBypass: v.optional(described(v.boolean(), 'May a cardholder confirm without a PIN'), true),
  keepBySupervisor: v.optional(
    described(v.boolean(), 'May a supervisor keep a sale whose slip did not come out'),
    false,
  ),
  acceptUnverified: v.optional(
    described(v.boolean(), 'Trade with a printer that cannot say whether a slip came out (profile mute)'),
    false,
  ),
});

const timers = v.strictObject({
  amountMs: v.optional(described(milliseconds(1000, 600_000), 'For the amount'), 60_000),
  confirmMs: v.optional(described(milliseconds(1000, 600_000), 'For what is to be looked at and confirmed'), 60_000),
  cardMs: v.optional(described(milliseconds(1000, 600_000), 'For the card'), 60_000),
  pinMs: v.optional(described(milliseconds(1000, 600_000), 'For the PIN'), 60_000),
  paperGraceMs: v.optional(
    described(milliseconds(0, 3_600_000), 'How long paper is waited for before the sale is reversed'),
    120_000,
  ),
  tearOffMs: v.optional(
    described(milliseconds(0, 600_000), "For tearing off the merchant copy, before the cardholder's prints"),
    30_000,
  ),
  noticeMs: v.optional(described(milliseconds(100, 600_000), 'How long a message stands'), 10_000),
  refusalMs: v.optional(described(milliseconds(100, 600_000), "How long the bank's refusal stands"), 30_000),
  passwordMs: v.optional(described(milliseconds(1000, 600_000), 'For a password'), 60_000),
  retryMs: v.optional(
    described(
      v.tupleWithRest([milliseconds(100, 3_600_000)], milliseconds(100, 3_600_000)),
      'Between tries of a reversal, sign-on or settlement; the last one repeats',
    ),
    [5_000, 10_000, 20_000, 40_000, 60_000],
  ),
});

const supervisor = v.strictObject({
  passwordHash: described(
    v.pipe(v.string(), v.regex(/^scrypt\$[\w-]+\$[\w-]+$/, 'the output of `slipsafe hash-password`')),
    "Made by `slipsafe hash-password`; of the operators' accounts it is the first password of 00",
  ),
});

const operators = v.strictObject({
  mustSignOn: v.optional(
    described(v.boolean(), 'Must a clerk sign on by his number before he sells; else `terminal.operator` does'),
    false,
  ),
  tries: v.optional(described(integer(3, 6), 'Wrong passwords one after the other that lock an operator out'), 6),
  lockMinutes: v.optional(
    described(integer(30, 1440), 'For how long, in minutes of the terminal being on; a start begins it anew'),
    30,
  ),
});

export const configurationSchema = v.strictObject({
  $schema: v.optional(v.string()),
  terminal: v.strictObject({
    id: described(v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{8}$/, '8 letters or digits')), '终端编号, field 41'),
    merchantId: described(
      v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{15}$/, '15 letters or digits')),
      '商户编号, field 42',
    ),
    serialNumber: v.optional(
      v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,12}$/, '1 to 12 letters or digits')),
      '000000000001',
    ),
    operator: v.optional(described(digits(2), '操作员号 of who sells where nobody signs on by his own number'), '01'),
    batch: v.optional(described(integer(1, 999_999), 'The first batch, at provisioning'), 1),
  }),
  merchant: v.strictObject({
    name: words(1, 40),
    branch: described(words(0, 40), 'Which shop, for customers who know several'),
    hotline: described(
      v.pipe(v.string(), v.regex(/^[\d +-]{1,11}$/, 'a number of at most 11 characters')),
      'Whom a clerk calls; it must fit the display beside 联系',
    ),
  }),
  language: v.optional(v.picklist(['zh-CN', 'en']), 'zh-CN'),
  storage: v.strictObject({
    directory: described(text(1, 4096), 'Where the ledger and the sealed keys are; relative to this file'),
    deviceKey: v.optional(
      described(text(1, 4096), 'The device key, best on another device than the ledger'),
      'device.key',
    ),
    anchor: v.optional(
      described(text(1, 4096), 'Tells how far the ledger goes. Default: ledger.anchor beside the device key'),
    ),
    mirror: v.optional(
      described(text(1, 4096), 'A second folder for the ledger, best on another disk; without it there is one copy'),
    ),
    keepYears: v.optional(described(integer(1, 10), '签购单保管年限: how long closed batches are kept, in years'), 2),
  }),
  keypad,
  cardReader,
  pinPad,
  printer,
  secondPrinter: v.optional(
    described(printerOrFolder, 'Another printer, or a folder, for when the first is down: a supervisor turns to it'),
  ),
  display,
  acquirer,
  supervisor: v.optional(supervisor),
  operators: v.optional(operators, {}),
  transactions: v.optional(transactions, {}),
  policy: v.optional(policy, {}),
  settlement: v.optional(settlement, {}),
  fees: v.optional(fees, {}),
  slip: v.optional(slip, {}),
  maintenance: v.optional(maintenance, {}),
  timers: v.optional(timers, {}),
  metrics: v.optional(
    v.strictObject({
      file: described(text(1, 4096), 'Where Prometheus metrics are written; relative to storage.directory'),
    }),
  ),
  control: v.optional(
    v.strictObject({
      socket: v.optional(
        described(
          text(1, 107),
          'Where terminalctl asks the running terminal, a unix socket; relative to storage.directory',
        ),
        'control.sock',
      ),
    }),
    {},
  ),
  log: v.optional(
    v.strictObject({
      level: v.optional(v.picklist(['debug', 'info', 'warn', 'error']), 'info'),
    }),
    {},
  ),
});

type Checked = v.InferOutput<typeof configurationSchema>;
/** `acquirer.tls`: files are named by absolute paths. */
export type TlsFiles = NonNullable<Checked['acquirer']['tls']>;

/** With all paths absolute, and the printer's profile read. */
export type Configuration = Omit<Checked, 'printer' | 'secondPrinter'> & {
  readonly storage: { readonly anchor: string };
  readonly printer: ConfiguredPrinter;
  readonly secondPrinter?: ConfiguredPrinter | ConfiguredFolder;
};

export type ConfiguredFolder = Extract<Checked['secondPrinter'], { readonly driver: 'file' }>;
export type ConfiguredPrinter = Omit<Checked['printer'], 'port' | 'profile'> & {
  readonly port: PrinterPort;
  readonly profile: PrinterProfile;
};

export type ConfigurationResult =
  | { readonly valid: true; readonly configuration: Configuration }
  | { readonly valid: false; readonly errors: readonly string[] };

/** What is never shown, not even where it is wrong: somebody may have typed the password itself. */
export const secretKeys: readonly string[] = ['supervisor.passwordHash'];

/** Checks a parsed file; relative paths are taken from `directory`. */
export const checkConfiguration = (content: unknown, directory: string): ConfigurationResult => {
  const result = v.safeParse(configurationSchema, content);
  if (!result.success) return { valid: false, errors: result.issues.map((issue) => issueWords(issue, secretKeys)) };
  const { storage, policy } = result.output;
  const printer = withProfile('printer', result.output.printer, policy.acceptUnverified, directory);
  if (printer.errors !== undefined) return { valid: false, errors: printer.errors };
  const { secondPrinter: given, ...others } = result.output;
  const at = resolve(directory, storage.directory);
  const isFolder = given?.driver === 'file';
  const second = isFolder
    ? undefined
    : given && withProfile('secondPrinter', given, policy.acceptUnverified, directory);
  if (second?.errors !== undefined) return { valid: false, errors: second.errors };
  const secondPrinter = isFolder ? { ...given, directory: resolve(at, given.directory) } : second?.configured;
  const deviceKey = resolve(at, storage.deviceKey);
  const anchor = resolve(at, storage.anchor ?? join(dirname(deviceKey), 'ledger.anchor'));
  const mirror = storage.mirror === undefined ? {} : { mirror: resolve(at, storage.mirror) };
  const { acquirer, slip } = result.output;
  const tls = acquirer.tls === undefined ? {} : { tls: resolved(acquirer.tls, directory) };
  return {
    valid: true,
    configuration: {
      ...others,
      printer: printer.configured,
      ...(secondPrinter !== undefined && { secondPrinter }),
      acquirer: { ...acquirer, ...tls },
      slip: { ...slip, ...(slip.logo !== undefined && { logo: resolve(directory, slip.logo) }) },
      storage: { ...storage, directory: at, deviceKey, anchor, ...mirror },
      ...(result.output.metrics !== undefined && { metrics: { file: resolve(at, result.output.metrics.file) } }),
      control: { socket: resolve(at, result.output.control.socket) },
    },
  };
};

const withProfile = (
  key: 'printer' | 'secondPrinter',
  { port: given, profile: name, ...rest }: Checked['printer'],
  acceptUnverified: boolean,
  directory: string,
): { readonly errors: readonly string[] } | { readonly errors?: never; readonly configured: ConfiguredPrinter } => {
  const read = readPrinterProfile(name, rest.paper, directory);
  if (!read.valid) return { errors: read.errors.map((error) => `${key}.profile: ${error}`) };
  const { drawer, ...withoutDrawer } = read.profile;
  if (rest.openDrawer && drawer === undefined) {
    return { errors: [`${key}.openDrawer: the profile ${name} has no drawer; see docs/printers.md`] };
  }
  const profile = rest.openDrawer ? read.profile : withoutDrawer;
  if (profile.fence === 'none' && !acceptUnverified) {
    const why = `${profile.name} cannot say whether a slip came out`;
    return { errors: [`${key}.profile: ${why}: choose it knowingly with policy.acceptUnverified = true`] };
  }
  const port = given.transport === 'tcp' ? given : { ...given, baudRate: given.baudRate ?? profile.baudRate };
  return { configured: { ...rest, port, profile } };
};

const resolved = (tls: TlsFiles, directory: string): TlsFiles => ({
  ...tls,
  ...(tls.ca !== undefined && { ca: resolve(directory, tls.ca) }),
  ...(tls.certificate !== undefined && { certificate: resolve(directory, tls.certificate) }),
  ...(tls.key !== undefined && { key: resolve(directory, tls.key) }),
});

export const readConfiguration = (path: string): ConfigurationResult => {
  let content: string;
  try {
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) return { valid: false, errors: [`${path}: it is not UTF-8; save it as UTF-8, not as GBK`] };
    // A byte order mark, as some editors put first, is dropped.
    content = new TextDecoder().decode(bytes);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it can not be read';
    return { valid: false, errors: [`${path}: ${why}; give its path with --config`] };
  }
  try {
    return checkConfiguration(JSON.parse(content), dirname(resolve(path)));
  } catch (error) {
    return { valid: false, errors: [`${path}: no valid JSON (${(error as Error).message})`] };
  }
};
