#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { BenchAcquirer, type LineMessage } from './bench-acquirer.ts';
import type { BenchCard } from './book.ts';

const help = `A UnionPay acquirer to test one terminal against: sign-on, echo, sale, reversal, settlement, batch upload.

  node dist/test/bench/acquirer/main.js --terminal 00000001 --merchant 898110154110001 --master-key HEX [options]

  --terminal ID      field 41, 8 characters
  --merchant ID      field 42, 15 characters
  --master-key HEX   terminal master key (TMK), 16 or 32 hex digits; a test key only, others can see it
  --port N           9999 by default; 0 takes a free one
  --host ADDRESS     127.0.0.1 by default
  --batch N          the open batch, 1 … 999999, 1 by default
  --card SPEC        PAN[:PIN[:BALANCE]], the balance in 分; ",foreign" behind it for the foreign half. May be repeated.
                     By default 6212345678901232:123456 and 4111111111111111:123456,foreign
  --help             this text

One line a message: time, direction, MTI, kind, STAN, batch, amount, masked card, field 39 (of a reversal its reason).
A line with !! is a complaint: something that a right terminal never sends. It ends on SIGINT or SIGTERM and then
tells the book; its exit code is 1 when there was a complaint.
`;

class UsageError extends Error {}

const readCard = (spec: string): BenchCard => {
  const [, pan, pin, balance, foreign] = /^(\d{12,19})(?::(\d{4,12})?)?(?::(\d{1,12}))?(,foreign)?$/.exec(spec) ?? [];
  if (pan === undefined) throw new UsageError('--card takes PAN[:PIN[:BALANCE]][,foreign]');
  return {
    pan,
    issuer: '01020000',
    ...(pin !== undefined && { pin }),
    ...(balance !== undefined && { balance: Number(balance) }),
    foreign: foreign !== undefined,
  };
};

const readNumber = (name: string, value: string, low: number, high: number): number => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < low || number > high) {
    throw new UsageError(`--${name} takes a number from ${low} to ${high}`);
  }
  return number;
};

const demand = (name: string, value: string | undefined, form: RegExp, what: string): string => {
  if (value === undefined || !form.test(value)) throw new UsageError(`--${name} takes ${what}`);
  return value;
};

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      terminal: { type: 'string' },
      merchant: { type: 'string' },
      'master-key': { type: 'string' },
      port: { type: 'string', default: '9999' },
      host: { type: 'string', default: '127.0.0.1' },
      batch: { type: 'string', default: '1' },
      card: {
        type: 'string',
        multiple: true,
        default: ['6212345678901232:123456', '4111111111111111:123456,foreign'],
      },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const masterKey = demand('master-key', values['master-key'], /^(?:[\dA-Fa-f]{16}){1,2}$/, '16 or 32 hex digits');
  return {
    port: readNumber('port', values.port, 0, 65_535),
    host: values.host,
    acquirer: {
      terminalId: demand('terminal', values.terminal, /^[\x20-\x7e]{8}$/, '8 characters'),
      merchantId: demand('merchant', values.merchant, /^[\x20-\x7e]{15}$/, '15 characters'),
      masterKey: Buffer.from(masterKey, 'hex'),
      batch: readNumber('batch', values.batch, 1, 999_999),
      cards: values.card.map(readCard),
    },
  };
};

const yuan = (minor: number): string => `${Math.floor(minor / 100)}.${`${minor % 100}`.padStart(2, '0')}`;
const six = (value: number): string => `${value}`.padStart(6, '0');

const arrows = { received: '<-', sent: '->', withheld: '-x' } as const;

const lineOf = ({ direction, mti, kind, stan, batch, amount, pan, code }: LineMessage): string =>
  [
    new Date().toISOString().slice(11, 23),
    arrows[direction],
    mti,
    kind ?? 'unknown',
    stan === undefined ? '' : `STAN ${six(stan)}`,
    batch === undefined ? '' : `batch ${six(batch)}`,
    amount === undefined ? '' : yuan(amount),
    pan ?? '',
    code === undefined ? '' : `39=${code}`,
  ]
    .filter((part) => part !== '')
    .join(' ');

const run = async (): Promise<void> => {
  const wanted = readArguments();
  if (wanted === undefined) {
    process.stdout.write(help);
    return;
  }
  const acquirer = new BenchAcquirer(wanted.acquirer);
  let told = 0;
  const tellComplaints = (): void => {
    for (; told < acquirer.complaints.length; told++) console.log(`!! ${acquirer.complaints[told]}`);
  };
  acquirer.on('message', (message) => {
    console.log(lineOf(message));
    tellComplaints();
  });
  acquirer.on('connection', ({ connection, state, midFrame, error }) => {
    tellComplaints();
    const how = `${midFrame ? ', inside of a request' : ''}${error === undefined ? '' : `, ${error}`}`;
    console.log(`${new Date().toISOString().slice(11, 23)} == connection ${connection} ${state}${how}`);
  });
  const { host, port } = await acquirer.listen(wanted.port, wanted.host);
  console.log(`listening on ${host}:${port}, terminal ${wanted.acquirer.terminalId}`);
  const stop = (): void => {
    acquirer.close().then(() => {
      tellComplaints();
      const entries = acquirer.book.entries();
      console.log(`${entries.length} sales booked, ${yuan(acquirer.book.openTotal())} open, batch ${acquirer.batch}`);
      process.exitCode = told > 0 ? 1 : 0;
    }, fail);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
};

const fail = (error: unknown): void => {
  const { message, code } = error as NodeJS.ErrnoException;
  console.error(message);
  const usage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
  if (usage) console.error('--help tells the options');
  process.exitCode = usage ? 2 : 1;
};

run().catch(fail);
