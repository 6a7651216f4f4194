/**
 * M9 over a whole day on the virtual board: the numbers, tracks and PIN blocks of the cards and every key are looked
 * for in all that leaves the process.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { run } from '../../firmware/terminalctl/program.ts';
import { VirtualBoard } from '../bench/board.ts';
import { trackOf } from '../bench/card-reader/tracks.ts';
import { testCards } from '../bench/cards.ts';
import { programs } from '../bench/firmware-process.ts';
import { clearPinBlock, encrypt } from '../bench/pin-pad/pin-block.ts';
import { found, type Needle, secretBytes, secretDigits } from '../support/needles.ts';
import { agree } from './agreement.ts';

const cards = Object.values(testCards);

/** What the cards carry, and what came of them under these keys. */
const needlesOf = (keys: readonly Buffer[]): readonly Needle[] => [
  ...cards.flatMap((card) => [
    secretDigits(`the number of ${card.name}`, card.pan),
    secretDigits(`the issuer's digits of ${card.name}`, card.discretionary),
    secretBytes(`track 1 of ${card.name}`, Buffer.from(trackOf(card, 1))),
    secretBytes(`track 2 of ${card.name}`, Buffer.from(trackOf(card, 2))),
    secretBytes(`the clear PIN block of ${card.name}`, clearPinBlock(card.pin, card.pan)),
    ...keys.map((key, n) =>
      secretBytes(`a PIN block of ${card.name} under key ${n}`, encrypt(key, clearPinBlock(card.pin, card.pan))),
    ),
  ]),
  ...keys.map((key, n) => secretBytes(`key ${n}`, key)),
];

test('the search finds each secret in each form, wherever it begins', (t) => {
  const key = randomBytes(16);
  const needles = needlesOf([key]);
  const card = testCards.debit;
  const around = (bytes: Buffer, shift: number) => Buffer.concat([Buffer.alloc(shift, 1), bytes, Buffer.alloc(5, 2)]);
  for (const shift of [0, 1, 2, 3]) {
    for (const [name, bytes] of [
      ['the number of debit', Buffer.from(card.pan)],
      ['the number of debit', Buffer.from(`${card.pan}0`, 'hex')],
      ['the number of debit', Buffer.from(`0${card.pan}`, 'hex')],
      ['the clear PIN block of debit', clearPinBlock(card.pin, card.pan)],
      ['key 0', key],
    ] as const) {
      const hay = around(bytes, shift);
      for (const text of [hay, hay.toString('hex'), hay.toString('hex').toUpperCase(), hay.toString('base64')])
        t.ok(found(Buffer.from(text), needles).includes(name), `${name}, ${shift}`);
    }
  }
  t.strictSame(found(randomBytes(1 << 16), needles), []);
  t.end();
});

test('M9: of a whole day no number, track, PIN block or key is in any file, line, answer, slip, screen or bundle', async (t) => {
  const keys: Buffer[] = [];
  const it = await VirtualBoard.build({
    onKey: (key) => keys.push(Buffer.from(key)),
    supervisorPassword: '246810',
    acquirer: { answerTimeoutMs: 500, lateAnswerMs: 5000 },
    timers: { retryMs: [300], paperGraceMs: 500 },
    sections: { metrics: { file: 'slipsafe.prom' } },
  });
  t.teardown(() => it.dismantle());
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-canary-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  await it.powerOnToIdle();

  const watching = spawn(process.execPath, [programs.terminalctl, 'watch', '--json', '--config', it.configurationPath]);
  let watched = '';
  watching.stdout.on('data', (chunk) => (watched += String(chunk)));
  const watchEnded = once(watching, 'close');
  await once(watching.stdout, 'data');

  // A sale with each card; one declined, one whose answer is lost, one without paper, one that the power cuts.
  let idles = 1;
  const rest = async (): Promise<void> => {
    idles += 1;
    await it.phase('idle', idles);
  };
  for (const card of cards) {
    await it.sell('1234', card);
    await rest();
  }
  it.acquirer.next('sale', { kind: 'decline', code: '51' });
  await it.sell('1500');
  await rest();
  it.acquirer.next('sale', { kind: 'noAnswer' });
  await it.sell('1600');
  await rest();
  await it.sell('1700', testCards.visa);
  await it.phase('printingMerchant', cards.length + 1);
  await it.firmware.stop();
  await watchEnded;
  await it.powerOnToIdle();
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  await it.phase('signingOn', 2);

  const said: string[] = [watched];
  const say = (text: string): void => void said.push(text);
  const out = { line: say, text: say, problem: say };
  const config = ['--config', it.configurationPath];
  const bundle = join(folder, 'support.json');
  const exported = join(folder, 'ledger.jsonl');
  for (const args of [
    ['status'],
    ['devices', '--json'],
    ['doctor'],
    ['params'],
    ['ledger', 'show', '--facts', '--json'],
    ['ledger', 'export', '--output', exported],
    ['ledger', 'verify'],
    ['keys', 'check'],
    ['support-bundle', '--output', bundle],
    ['replay', exported],
    ...[2, 3, 4].map((voucher) => ['slip', 'show', '--batch', '1', '--voucher', String(voucher)]),
  ])
    await run([...args, ...config], out);
  await it.firmware.stop();

  const needles = needlesOf(keys);
  t.ok(keys.length >= 5, 'there were a master key and the working keys of two sign-ons');
  const board = dirname(it.configurationPath);
  const files = readdirSync(board, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const places: (readonly [string, Buffer])[] = [
    ...files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name))] as const),
    ['the support bundle', readFileSync(bundle)],
    ['the export', readFileSync(exported)],
    ['the log', Buffer.from(it.runs.map(({ log }) => log.map((line) => JSON.stringify(line)).join('\n')).join('\n'))],
    ['standard error', Buffer.from(it.runs.map(({ errors }) => errors).join('\n'))],
    ['what terminalctl said', Buffer.from(said.join('\n'))],
    ['the paper', Buffer.from(it.printer.paper.lines.map(({ text }) => text).join('\n'))],
    ['the screens', Buffer.from(it.display.history.map(String).join('\n'))],
  ];
  for (const name of ['device.key', 'master.key', 'slipsafe.prom'])
    t.ok(
      files.some((file) => file.name === name),
      `${name} was looked through`,
    );
  t.match(said.join('\n'), /622848\*|621626\*/, 'cards are told, masked');
  for (const [place, content] of places) t.strictSame(found(content, needles), [], place);
  t.notOk(
    files.some(({ name }) => name.startsWith('core')),
    'no core was written',
  );
  const statuses = (await agree(t, it)).map(({ status }) => status);
  t.strictSame(statuses, [...cards.map(() => 'captured'), 'declined', 'reversed', 'reversed']);
});
