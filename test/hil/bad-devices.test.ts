/**
 * The built firmware with everything that can be wrong outside of it: ports, devices, the acquirer's line, its own
 * configuration. Each is told in words to the technician (the log, or standard error) and to the clerk (the display),
 * loses nothing, and trading goes on when it is mended.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SerialPort } from 'serialport';
import tap, { type Test, test } from 'tap';
import type { Line, VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import { runFirmware } from '../bench/firmware-process.ts';
import { plugIn } from '../support/pty.ts';
import { boardFor, countOf, faultOf, nothingLost, online } from './in-test.ts';

tap.jobs = 4;

const devices: readonly Line[] = ['keypad', 'cardReader', 'pinPad', 'printer', 'display'];

/** Sells, and waits until the terminal rests again. */
const sellWhole = async (board: VirtualBoard): Promise<void> => {
  const printed = countOf(board, (line) => line.fact === 'printed');
  await board.sell('1250');
  await board.firmware.fact('printed', printed + 1);
  await board.display.until('请输入金额');
};

/** How many financial requests the acquirer has seen. */
const requests = (board: VirtualBoard): number =>
  board.acquirer.messages.filter((message) => message.direction === 'received' && message.kind === 'sale').length;

// ---- ports ----

const ports: readonly {
  readonly what: string;
  readonly code: string;
  /** Makes a path wrong, and returns how to make it right again, up to plugging in. */
  readonly spoil: (board: VirtualBoard, line: Line) => Promise<() => Promise<void>>;
}[] = [
  {
    what: 'paths where nothing is',
    code: 'missing',
    spoil: async (board, line) => {
      await board.unplug(line);
      return () => board.plugIn(line);
    },
  },
  {
    what: 'plain files in the place of ports',
    code: 'notSuitable',
    spoil: async (board, line) => {
      await board.unplug(line);
      writeFileSync(board.portPath(line), 'no port');
      return () => {
        rmSync(board.portPath(line));
        return board.plugIn(line);
      };
    },
  },
  {
    what: 'ports that another program holds',
    code: 'locked',
    spoil: async (board, line) => {
      const holder = new SerialPort({ path: board.portPath(line), baudRate: 9600, autoOpen: false });
      holder.on('data', () => undefined);
      await new Promise<void>((resolve, reject) => holder.open((error) => (error ? reject(error) : resolve())));
      return () => new Promise((resolve) => holder.close(() => resolve()));
    },
  },
];

for (const { what, code, spoil } of ports) {
  test(`M10: ${what}: told for each device, and taken up when they are right`, { buffered: true }, async (t) => {
    const board = await boardFor(t);
    const mend = new Map<Line, () => Promise<void>>();
    for (const line of devices) mend.set(line, await spoil(board, line));
    await board.powerOnToIdle();
    for (const line of devices) {
      const fault = await faultOf(t, board, line, code);
      t.equal(fault.where, board.portPath(line));
    }
    await mend.get('display')?.();
    await board.display.until('按键盘未连接');
    for (const line of ['keypad', 'cardReader', 'pinPad', 'printer'] as const) await mend.get(line)?.();
    for (const line of devices) await online(board, line);
    await board.display.until('终端 00000001');
    await sellWhole(board);
    await nothingLost(t, board);
  });
}

test('M10: each cable pulled out and put back at idle: the display says which', { buffered: true }, async (t) => {
  const board = await boardFor(t);
  await board.powerOnToIdle();
  const badges = {
    keypad: '按键盘未连接',
    cardReader: '读卡器未连接',
    pinPad: '密码键盘未连接',
    printer: '打印机未连接',
  };
  for (const [line, badge] of Object.entries(badges) as [keyof typeof badges, string][]) {
    await board.unplug(line);
    await faultOf(t, board, line, 'unplugged');
    await board.display.until(badge);
    await board.plugIn(line);
    await online(board, line, 2);
    await board.display.until('终端 00000001');
  }
  await board.unplug('display');
  await faultOf(t, board, 'display', 'unplugged');
  board.keypad.type('7');
  await board.phase('amount');
  await board.plugIn('display');
  await board.display.until('RMB 0.07');
  board.press('cancel');
  await board.display.until('请输入金额');
  await sellWhole(board);
  await nothingLost(t, board);
});

// ---- devices that misbehave ----

test('M10: a keypad that babbles is ignored until it is quiet', { buffered: true }, async (t) => {
  const board = await boardFor(t);
  await board.powerOnToIdle();
  board.babble('keypad', Buffer.alloc(3000, '5\r'));
  t.match(await faultOf(t, board, 'keypad', 'babbling'), { where: board.portPath('keypad') });
  await board.display.until('按键盘未连接');
  await online(board, 'keypad', 2);
  await board.display.until('终端 00000001');
  t.equal(requests(board), 0, 'the flood has sold nothing');
  await sellWhole(board);
  await nothingLost(t, board);
});

test('M10: a PIN pad that is mute, broken, unplugged or noisy sells nothing, and then sells', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t);
  await board.powerOnToIdle();
  const refusedBy = async (spoil: () => Promise<void> | void, code: string): Promise<void> => {
    const before = requests(board);
    await spoil();
    t.match(await board.display.until('密码键盘故障'), ['密码键盘故障', '未扣款']);
    await faultOf(t, board, 'pinPad', code);
    t.equal(requests(board), before, 'nothing was sent');
    board.press('enter');
    await board.display.until('请输入金额');
  };
  await refusedBy(() => {
    board.pinPad.mute();
    return board.sell('100');
  }, 'silent');
  board.pinPad.unmute();
  await refusedBy(async () => {
    await board.sell('200');
    board.pinPad.willFail('5');
  }, 'failed');
  await refusedBy(async () => {
    board.pinPad.willStaySilent();
    const request = board.pinPad.events.filter(({ type }) => type === 'request').length + 1;
    board.keypad.type('300');
    board.press('enter', 'enter');
    await board.display.until('请刷卡');
    board.cardReader.swipe(testCards.debit);
    await board.pinPad.until('request', request);
    await board.unplug('pinPad');
  }, 'unplugged');
  await board.plugIn('pinPad');
  await online(board, 'pinPad', 2);
  await board.display.until('终端 00000001');
  board.babble('pinPad', Buffer.from('\x00\xff\x15\x06\x02no message of its own\x03?', 'latin1'));
  await sellWhole(board);
  t.equal(requests(board), 1);
  await nothingLost(t, board);
});

test('M10: something else babbles at the printer’s port: no card is asked for, until the printer is back', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t);
  await board.powerOnToIdle();
  await board.unplug('printer');
  const other = await plugIn(board.portPath('printer'));
  const babble = setInterval(() => other.send.write(Buffer.alloc(40, 'login: ')), 20);
  t.teardown(() => clearInterval(babble));
  other.received.resume();
  t.match(await faultOf(t, board, 'printer', 'babbling'), { where: board.portPath('printer') });
  const trouble = /^打印机(无应答|故障|脱机)$/;
  await board.display.until((lines) => trouble.test(lines[2] ?? ''));
  board.keypad.type('1250');
  board.press('enter', 'enter');
  t.match(await board.display.until('处理后按确认'), [trouble, '未扣款']);
  t.equal(requests(board), 0, 'no card was asked for');
  clearInterval(babble);
  await other.unplug();
  await board.plugIn('printer');
  await board.display.until('请刷卡');
  board.pinPad.willEnter(testCards.debit.pin);
  board.cardReader.swipe(testCards.debit);
  await board.firmware.fact('printed');
  await nothingLost(t, board);
});

test('M2, M4: noise on the printer’s line while slips are printed makes no slip PRINTED that is not', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t, { printerProfile: 'clone', printerSpeed: 1, timers: { paperGraceMs: 0 } });
  await board.powerOnToIdle();
  // A paper-status answer and the tail of an automatic status, just before the paper ends in the slip.
  board.printer.fault({ line: 10 }, () => {
    for (const bytes of ['00', '00', '120000', '00']) board.babble('printer', Buffer.from(bytes, 'hex'));
    board.printer.endPaper();
  });
  await board.sell('1250');
  await board.firmware.fact('reversed');
  board.printer.loadPaper();
  await board.firmware.fact('printed');
  await nothingLost(t, board);
});

// ---- the acquirer's line ----

test('M10: an acquirer that refuses, lies or breaks off, at sign-on and in sales', { buffered: true }, async (t) => {
  const board = await boardFor(t, {
    acquirer: { answerTimeoutMs: 1000, lateAnswerMs: 0 },
    timers: { retryMs: [200] },
  });
  const { acquirer } = board;

  await t.test('a port that takes no connections, at the start', async (st) => {
    acquirer.refuseConnections();
    await board.powerOn();
    st.match(await faultOf(st, board, 'acquirer', 'missing'), { where: /^127\.0\.0\.1:\d+$/, remedy: /port/ });
    st.match(await board.display.until('POS未签到'), ['POS未签到', '线路不通']);
    await acquirer.acceptConnections();
    await board.phase('idle');
  });

  await t.test('garbage in the place of an answer to the sign-on', async (st) => {
    acquirer.next('signOn', { kind: 'garbage' });
    board.press('menu', '7', '1');
    await faultOf(st, board, 'acquirer', 'babbling');
    await board.display.until('终端 00000001');
  });

  await t.test('a port that takes no connections, in a sale: nothing was sent, nothing is reversed', async (st) => {
    acquirer.refuseConnections();
    await board.sell('1250');
    await board.firmware.fact('notSent');
    st.match(await board.display.until('未扣款'), ['未扣款', /^线路不通/]);
    await board.display.until('通讯线路不通');
    st.pass('the idle screen says that the line is down');
    await acquirer.acceptConnections();
    await sellWhole(board);
    await board.display.until('终端 00000001');
  });

  const answers = [
    ['garbage', { kind: 'garbage' }],
    ['half of a frame, then the connection closes', { kind: 'truncated', closes: true }],
    ['a length that is longer than the frame', { kind: 'lyingLength', by: 9 }],
    ['a length that is shorter than the frame', { kind: 'lyingLength', by: -9 }],
    ['a length of nothing', { kind: 'garbage', bytes: Buffer.of(0, 0) }],
    ['the connection closes after the request', { kind: 'closeAfterRequest' }],
    ['a wrong MAC', { kind: 'badMac' }],
    ['another terminal’s answer', { kind: 'wrongField', field: 41 }],
  ] as const;
  for (const [what, behaviour] of answers) {
    await t.test(`M2: ${what}: the sale is reversed, and the next one works`, async (st) => {
      const reversed = countOf(board, (line) => line.fact === 'reversed');
      acquirer.next('sale', behaviour);
      await board.sell('1250');
      await board.firmware.fact('reversed', reversed + 1);
      await board.display.until('已冲正 未扣款');
      st.equal(acquirer.book.entries().at(-1)?.state, 'reversed');
      await board.display.until('终端 00000001');
    });
  }

  await t.test('a front end that hangs up on every connection', async (st) => {
    acquirer.always('connection', { kind: 'closeOnAccept' });
    await board.sell('1250');
    await board.firmware.until((line) => line.event === 'authorised' && line.outcome === 'unanswered');
    st.match(await board.display.until('勿交货 勿重刷'), [/^待冲正/, '勿交货 勿重刷', /95516/]);
    acquirer.behave('connection');
    await board.display.until('终端 00000001');
  });

  await sellWhole(board);
  await nothingLost(t, board);
});

// ---- its own files ----

type Json = Record<string, unknown>;
const section = (configuration: Json, name: string): Json => configuration[name] as Json;

const brokenConfigurations: readonly [what: string, spoil: (it: Json) => unknown, told: RegExp][] = [
  ['no JSON', () => '{ "terminal": ', /no valid JSON/],
  ['a section missing', (it) => ({ ...it, printer: undefined }), /printer: missing/],
  [
    'a mistyped key',
    (it) => ({ ...it, acquirer: { ...section(it, 'acquirer'), prot: 1 } }),
    /acquirer\.prot: no such key/,
  ],
  [
    'a wrong type',
    (it) => ({ ...it, acquirer: { ...section(it, 'acquirer'), port: '80' } }),
    /acquirer\.port: .*number.*"80"/,
  ],
  [
    'an unknown driver',
    (it) => ({ ...it, keypad: { driver: 'bluetooth' } }),
    /keypad\.driver: .*"serial".*"hid".*"bluetooth"/,
  ],
  [
    'a mute printer that nobody chose knowingly',
    (it) => ({ ...it, printer: { ...section(it, 'printer'), profile: 'mute' } }),
    /printer\.profile: .*acceptUnverified/,
  ],
];

/** What a command says on standard error when it refuses. */
/** What a command says that ends with an error. */
const refusal = async (...args: string[]): Promise<string> => {
  const ended = await runFirmware(args).then(
    () => 'it was taken',
    (error: Error) => error.message,
  );
  return ended;
};

const isForPeople = (t: Test, words: string): void => {
  t.match(words, /^\S[^\n]* ended with 1: slipsafe: /);
  t.notMatch(words, /\n\s+at |node:internal|\.[jt]s:\d/, 'no stack trace');
};

test('a broken configuration: check and run name the key, what is expected and what was found', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t);
  const right = JSON.parse(readFileSync(board.configurationPath, 'utf8')) as Json;
  const path = join(dirname(board.configurationPath), 'broken.json');
  const state = join(dirname(board.configurationPath), 'state');
  const files = readdirSync(state, { recursive: true });
  t.equal(await runFirmware(['check', '--config', board.configurationPath]), 'the configuration is right\n');
  for (const [what, spoil, told] of brokenConfigurations) {
    const spoilt = spoil(structuredClone(right));
    writeFileSync(path, typeof spoilt === 'string' ? spoilt : JSON.stringify(spoilt));
    const checked = await refusal('check', '-c', path);
    t.match(checked, told, what);
    isForPeople(t, checked);
  }
  const several = { ...right, language: 'fr', log: { level: 'loud' } };
  writeFileSync(path, JSON.stringify(several));
  const all = await refusal('check', '-c', path);
  t.match(all, /language: .*"fr"/);
  t.match(all, /log\.level: .*"loud"/, 'all errors at once');
  t.equal((await refusal('run', '-c', path)).replace(/^run/, 'check'), all, 'run says the same');
  t.match(await refusal('run', '-c', join(state, 'none.json')), /none\.json: there is no such file/);
  t.match(await refusal('run'), /--config FILE is missing/);
  t.match(await refusal('trade', '-c', path), /no such command: trade/);
  t.strictSame(readdirSync(state, { recursive: true }), files, 'nothing was written');
});

test('M10: keys or ledger that are missing or damaged: told, and never traded on', { buffered: true }, async (t) => {
  const board = await boardFor(t);
  const state = join(dirname(board.configurationPath), 'state');
  const refused = async (path: string, what: string): Promise<void> => {
    await board.powerOn();
    t.match(await board.firmware.until((line) => line.msg === 'not trading'), { where: path, remedy: /./ }, what);
    t.match(await board.display.until('密钥故障'), ['密钥故障', '停止交易', '请重启终端', /95516/], what);
    await board.firmware.stop();
    t.equal(board.firmware.errors, '');
    t.equal(board.firmware.exitCode, 0);
  };
  for (const name of ['device.key', 'master.key']) {
    const path = join(state, name);
    const content = readFileSync(path);
    writeFileSync(path, content.subarray(0, -8));
    await refused(path, `${name} is damaged`);
    rmSync(path);
    await refused(path, `${name} is missing`);
    writeFileSync(path, content, { mode: 0o600 });
  }
  const ledger = join(state, 'ledger');
  const kept = readdirSync(ledger).map((name) => [join(ledger, name), readFileSync(join(ledger, name))] as const);
  for (const [path] of kept) rmSync(path);
  await board.powerOn();
  await faultOf(t, board, 'ledger', 'missing');
  t.match(await board.display.until('存储故障'), ['存储故障', '停止交易', '请重启终端', /95516/]);
  await board.firmware.stop();
  t.equal(board.firmware.errors, '');
  for (const [path, content] of kept) writeFileSync(path, content, { mode: 0o600 });
  await board.powerOnToIdle();
  await sellWhole(board);
  await nothingLost(t, board);
});
