/**
 * The built firmware with a USB keypad and a USB swipe reader: the real node-hid finds, opens, reads and loses devices
 * that umockdev shows it, while PIN pad, printer and display stay on their serial lines.
 */
import { type Test, test } from 'tap';
import type { BoardOptions, VirtualBoard } from '../bench/board.ts';
import { trackOf } from '../bench/card-reader/tracks.ts';
import { type TestCard, testCards } from '../bench/cards.ts';
import { magTekReport, usageOf } from '../support/hid-reports.ts';
import { type HidRig, hidIdentities, startHidRig } from '../support/hid-rig.ts';
import { boardFor, copiesOf, faultOf, nothingLost, online } from './in-test.ts';

/** The first sale of a terminal: trace number 1 is the sign-on's. */
const firstSale = 2;
/** What a service manager's patience is measured against; the firmware takes a fraction of it. */
const patienceMs = 5000;

const hidBoard = async (t: Test, options: BoardOptions = {}): Promise<{ rig: HidRig; board: VirtualBoard }> => {
  const rig = await startHidRig();
  t.teardown(() => rig.stop());
  const { vendorId, productId } = hidIdentities.keypad;
  const board = await boardFor(t, {
    ...options,
    env: rig.env,
    sections: {
      keypad: { driver: 'hid', vendorId: Number.parseInt(vendorId, 16), productId: Number.parseInt(productId, 16) },
      cardReader: { driver: 'magtek' },
    },
  });
  return { rig, board };
};

const press = async (rig: HidRig, ...keys: readonly (keyof typeof usageOf)[]): Promise<void> => {
  for (const key of keys) await rig.press(usageOf[key]);
};

const swipe = (rig: HidRig, card: TestCard): Promise<void> =>
  rig.swipe(magTekReport({ track1: trackOf(card, 1), track2: trackOf(card, 2) }));

/** The clerk's and the customer's part, by USB. */
const sell = async (rig: HidRig, board: VirtualBoard, card: TestCard = testCards.debit): Promise<void> => {
  await press(rig, '1', '2', '5', '0', 'Enter');
  await board.display.until('请顾客核对');
  board.pinPad.willEnter(card.pin);
  await press(rig, 'Enter');
  await board.display.until('请刷卡');
  await swipe(rig, card);
};

/** Ends the firmware by a signal, and says how it ended; a process that hangs is killed, and the test fails. */
const endBySignal = async (t: Test, board: VirtualBoard, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> => {
  const { firmware } = board;
  let hung = false;
  const alarm = setTimeout(() => {
    hung = true;
    void firmware.kill();
  }, patienceMs);
  await firmware.stop(signal);
  clearTimeout(alarm);
  t.notOk(hung, `${signal} ends the process`);
  t.equal(firmware.exitCode, 0);
  t.equal(firmware.errors, '');
};

test('USB: a whole sale, and the reader and the keypad pulled out and put back', async (t) => {
  const { rig, board } = await hidBoard(t);
  await board.powerOnToIdle();

  await t.test('a sale is approved, printed and captured (M1, M2)', async (st) => {
    await sell(rig, board);
    await board.firmware.fact('printed');
    st.strictSame(copiesOf(board, firstSale), ['商户存根', '持卡人存根']);
    st.match(board.acquirer.book.find({ batch: 1, stan: firstSale }), { amount: 1250, state: 'approved' });
    await board.phase('idle', 2);
  });

  await t.test('M10: the reader is pulled out at idle, put back, and a sale works', async (st) => {
    await rig.unplug('reader');
    const fault = await faultOf(st, board, 'cardReader', 'unplugged');
    st.match(fault, { where: 'HID 0801:0002' });
    await board.display.until('读卡器未连接');
    await rig.replug('reader');
    await online(board, 'cardReader', 2);
    await board.display.until('终端 00000001');
    await sell(rig, board, testCards.credit);
    await board.firmware.fact('printed', 2);
    await board.phase('idle', 3);
  });

  await t.test('M10: the keypad is pulled out while an amount is typed, put back, and the sale goes on', async (st) => {
    await press(rig, '7');
    await board.display.until('RMB 0.07');
    await rig.unplug('keypad');
    await faultOf(st, board, 'keypad', 'unplugged');
    await rig.replug('keypad');
    await online(board, 'keypad', 2);
    await press(rig, '+');
    await board.display.until('RMB 0.00');
    await sell(rig, board);
    await board.firmware.fact('printed', 3);
    await board.phase('idle', 4);
  });

  await t.test('M10: the keypad is pulled out at idle: the display says so', async (st) => {
    await rig.unplug('keypad');
    await board.display.until('按键盘未连接');
    await rig.replug('keypad');
    await online(board, 'keypad', 3);
    await board.display.until('终端 00000001');
    st.pass('and that it is back');
  });

  await t.test('M10: the reader is pulled out while a card is asked for: nothing is sent', async (st) => {
    await press(rig, '5', 'Enter', 'Enter');
    await board.display.until('请刷卡');
    await rig.unplug('reader');
    await board.display.until('读卡器未连接');
    await rig.replug('reader');
    await online(board, 'cardReader', 3);
    board.pinPad.willEnter(testCards.debit.pin);
    await swipe(rig, testCards.debit);
    await board.firmware.fact('printed', 4);
    await board.phase('idle', 5);
    st.equal(board.acquirer.book.entries().length, 4, 'the card that was swiped then was taken once');
  });

  await nothingLost(t, board);
  await endBySignal(t, board);
});

test('USB: devices that are not there when the terminal starts are taken up when they come (M10)', async (t) => {
  const { rig, board } = await hidBoard(t);
  await Promise.all([rig.unplug('keypad'), rig.unplug('reader')]);
  await board.powerOnToIdle();
  t.match(await faultOf(t, board, 'keypad', 'missing'), { where: 'HID 0c45:7690', remedy: /lsusb/ });
  await faultOf(t, board, 'cardReader', 'missing');
  await Promise.all([rig.replug('keypad'), rig.replug('reader')]);
  await Promise.all([online(board, 'keypad'), online(board, 'cardReader')]);
  await sell(rig, board);
  await board.firmware.fact('printed');
  await nothingLost(t, board);
});

test('M10: SIGTERM and SIGINT end the process with its USB devices open, in every state', async (t) => {
  const { rig, board } = await hidBoard(t, { timers: { retryMs: [100] } });

  await t.test('at idle', async (st) => {
    await board.powerOnToIdle();
    await endBySignal(st, board, 'SIGINT');
  });

  await t.test('while a card is asked for', async (st) => {
    await board.powerOnToIdle();
    await press(rig, '5', 'Enter', 'Enter');
    await board.phase('card');
    await endBySignal(st, board);
  });

  await t.test('while a PIN is asked for', async (st) => {
    await board.powerOnToIdle();
    await press(rig, '5', 'Enter', 'Enter');
    await board.phase('card');
    board.pinPad.willStaySilent();
    await swipe(rig, testCards.debit);
    await board.pinPad.until('request');
    await endBySignal(st, board);
    await board.pinPad.until('withdrawn');
    st.pass('the pad asks nobody any more');
  });

  await t.test('while a device is looked for', async (st) => {
    await board.powerOnToIdle();
    await rig.unplug('reader');
    await faultOf(st, board, 'cardReader', 'unplugged');
    await endBySignal(st, board);
    await rig.replug('reader');
  });

  await t.test('while the devices are being opened', async (st) => {
    const on = board.powerOn();
    await board.firmware.until((line) => line.msg === 'online');
    await Promise.all([endBySignal(st, board), on.catch(() => undefined)]);
  });

  await t.test('while the acquirer is asked: the sale is taken up at the next start, and ends (M1, M2)', async (st) => {
    await board.powerOnToIdle();
    board.acquirer.next('sale', { kind: 'noAnswer' });
    await sell(rig, board);
    await board.acquirer.until(() => board.acquirer.book.entries().length > 0);
    await endBySignal(st, board);
    await board.powerOn();
    await board.firmware.fact('reversed');
    await board.phase('idle');
    await nothingLost(st, board);
  });
});
