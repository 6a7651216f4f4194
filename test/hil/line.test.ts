/** The line to the acquirer, with the built firmware: TLS, a second address, keys and batches that change in mid-day. */
import { type Test, test } from 'tap';
import { type BoardOptions, VirtualBoard } from '../bench/board.ts';
import { certificate, certificatePath, ownCertificate } from '../support/certificates.ts';
import { agree } from './agreement.ts';

const boardOf = async (t: Test, options: BoardOptions): Promise<VirtualBoard> => {
  const built = await VirtualBoard.build(options);
  t.teardown(() => built.dismantle());
  return built;
};

const sold = async (t: Test, it: VirtualBoard): Promise<void> => {
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
  const sales = await agree(t, it);
  t.strictSame(
    sales.map(({ status }) => status),
    ['captured'],
  );
};

/** The second sale of a day, once the terminal is at rest again. */
const sellsOn = async (t: Test, it: VirtualBoard): Promise<void> => {
  await it.display.until('请输入金额');
  await it.sell('500');
  await it.firmware.fact('printed', 2);
  await it.display.until('请输入金额');
  t.strictSame(
    (await agree(t, it)).map(({ status }) => status),
    ['captured', 'captured'],
  );
};

test('TLS: a sale with an acquirer that the authority vouches for, which knows the terminal by its certificate', async (t) => {
  const it = await boardOf(t, {
    acquirerTls: { ...ownCertificate('acquirer'), ca: certificate('authority'), requestCert: true },
    acquirer: {
      tls: {
        ca: certificatePath('authority'),
        certificate: certificatePath('terminal'),
        key: certificatePath('terminal.key'),
      },
    },
  });
  await it.powerOnToIdle();
  await sold(t, it);
});

test('TLS: a wrong certificate gets not a byte; the log says why, and nothing is sold', async (t) => {
  const it = await boardOf(t, {
    acquirerTls: ownCertificate('other-acquirer'),
    acquirer: { tls: { ca: certificatePath('authority') } },
  });
  await it.powerOn();
  t.match(await it.display.until('POS未签到'), ['POS未签到', '线路不通']);
  const told = await it.firmware.until((line) => line.device === 'acquirer');
  t.match(told, { what: /can not prove to be the acquirer; nothing was sent/, remedy: /acquirer\.tls/ });
  it.press('5');
  t.strictSame(it.acquirer.messages, []);
});

test('the backup address takes over when no connection comes about at the first one', async (t) => {
  const it = await boardOf(t, { backup: true });
  await it.powerOnToIdle();
  it.acquirer.refuseConnections();
  await sold(t, it);
});

test('a connection that is kept serves sign-on and sale, and an acquirer that closed it meanwhile costs nothing', async (t) => {
  const it = await boardOf(t, { acquirer: { keepConnection: true } });
  const opened = new Set<number>();
  it.acquirer.on('message', ({ connection }) => opened.add(connection));
  await it.powerOnToIdle();
  await sold(t, it);
  t.equal(opened.size, 1);
  it.acquirer.dropConnections();
  await it.sell('500');
  await it.firmware.fact('printed', 2);
  t.equal(opened.size, 2);
});

test('a sign-on in mid-day brings other keys, and the next sale is under them', async (t) => {
  const it = await boardOf(t, {});
  await it.powerOnToIdle();
  await sold(t, it);
  it.press('menu', '7', '1');
  await it.firmware.fact('signedOn', 2);
  await sellsOn(t, it);
});

test('签退: the acquirer is told, and the next sale comes after another sign-on; without an answer too (M10)', async (t) => {
  const it = await boardOf(t, { acquirer: { answerTimeoutMs: 700 } });
  await it.powerOnToIdle();
  await sold(t, it);
  it.press('menu', '7', '2');
  await it.display.until('签退成功');
  t.notOk(it.acquirer.signedOn);
  it.press('enter');
  await it.answer('确认 签到');
  await it.display.until('请输入金额');
  it.acquirer.next('signOff', { kind: 'noAnswer' });
  it.press('menu', '7', '2');
  await it.answer('收单行未应答');
  await it.answer('确认 签到');
  await sellsOn(t, it);
});

test('an acquirer that turned to another batch refuses with 77: the terminal signs on, and sells in it', async (t) => {
  const it = await boardOf(t, {});
  await it.powerOnToIdle();
  it.acquirer.batch = 9;
  await it.sell('1234');
  t.match(await it.display.until('请重新签到'), ['交易失败 77', '请重新签到再交易']);
  it.press('enter');
  await it.firmware.fact('signedOn', 2);
  await it.display.until('请输入金额');
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
  t.strictSame(
    (await agree(t, it)).map(({ status }) => status),
    ['declined', 'captured'],
  );
  t.equal(it.acquirer.book.openTotal(), 1234);
});

test('an acquirer that asks for a sign-on in its header gets one when the sale is over, and not again and again', async (t) => {
  const it = await boardOf(t, {});
  await it.powerOnToIdle();
  it.acquirer.processingRequest = 3;
  await it.sell('1234');
  await it.firmware.fact('signedOn', 2);
  await it.display.until('请输入金额');
  const kinds = it.acquirer.messages.filter(({ direction }) => direction === 'received').map(({ kind }) => kind);
  t.strictSame(kinds, ['signOn', 'sale', 'signOn']);
  t.strictSame(
    (await agree(t, it)).map(({ status }) => status),
    ['captured'],
  );
});

for (const [keySuite, what] of [
  ['001', 'keys of single length'],
  ['004', 'tracks that are encrypted'],
] as const) {
  test(`key suite ${keySuite}: a sale under ${what}`, async (t) => {
    const it = await boardOf(t, { acquirer: { keySuite } });
    await it.powerOnToIdle();
    await sold(t, it);
  });
}
