/** What the tests at the virtual board share: a board that goes away with its test, and what is asked of every run. */
import type { Test } from 'tap';
import { type BoardOptions, VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import type { LogLine } from '../bench/firmware-process.ts';

/** A terminal, still off, on a board of its own. */
export const boardFor = async (t: Test, options: BoardOptions = {}): Promise<VirtualBoard> => {
  const board = await VirtualBoard.build(options);
  t.teardown(() => board.dismantle());
  return board;
};

/** Resolves with the fault that the log tells of a device; its three sentences must be there. */
export const faultOf = async (t: Test, board: VirtualBoard, device: string, code: string): Promise<LogLine> => {
  const fault = await board.firmware.until(
    (line) => line.msg === 'fault' && line.device === device && line.code === code,
  );
  t.match(fault, { level: 'warn', where: /./, what: /^[A-Z].*\.$/, remedy: /^[A-Z].*\.$/ }, `${device}: ${code}`);
  t.notMatch(JSON.stringify(fault), /\n {4}at |\.[jt]s:\d/, 'no stack trace');
  return fault;
};

/** Resolves when the device has been taken up, for the nth time of this run. */
export const online = async (board: VirtualBoard, device: string, nth = 1): Promise<void> => {
  let count = 0;
  await board.firmware.until((line) => {
    if (line.msg === 'online' && line.device === device) count += 1;
    return count === nth;
  });
};

const sixDigits = (stan: number): string => String(stan).padStart(6, '0');

/** Every copy on paper that names the voucher, in order, as its kind; `part` when the end of it is missing. */
export const copiesOf = (board: VirtualBoard, stan: number): readonly string[] =>
  board.printer.paper.copies
    .map(({ number, complete }) => ({ text: board.printer.paper.text(number), complete }))
    .filter(({ text }) => text.includes(`凭证号:${sixDigits(stan)}`))
    .map(({ text, complete }) => {
      const kind = /冲正凭证|商户存根|持卡人存根/.exec(text)?.[0] ?? 'unknown';
      return complete && (kind === '冲正凭证' || text.includes('客服热线')) ? kind : `part of ${kind}`;
    });

/**
 * Nothing is lost, whatever happened: each sale that the acquirer holds is captured in the ledger and its merchant
 * copy whole on paper, each that it took back is reversed (M2); nothing else was taken; no copy of a reversed sale is
 * the last paper that names it (M4); and neither the log nor standard error has what doesn't belong there (M9).
 */
export const nothingLost = async (t: Test, board: VirtualBoard): Promise<void> => {
  const facts = await board.ledger();
  const idOf = (stan: unknown) => facts.find((fact) => fact.fact === 'intended' && fact.stan === stan)?.saleId;
  const has = (type: string, stan: unknown) => facts.some((fact) => fact.fact === type && fact.saleId === idOf(stan));
  for (const { stan, state } of board.acquirer.book.entries()) {
    const copies = copiesOf(board, stan);
    if (state === 'approved') {
      t.ok(has('captured', stan) && !has('reversed', stan), `M2: ${stan} is captured`);
      t.ok(copies.includes('商户存根'), `M2: the merchant copy of ${stan} is out`);
    } else if (state === 'reversed') {
      t.ok(has('reversed', stan) && !has('captured', stan), `M2: ${stan} is reversed`);
      if (copies.length > 0) t.equal(copies.at(-1), '冲正凭证', `M4: the last paper of ${stan} calls it void`);
    }
  }
  for (const fact of facts) {
    if (fact.fact !== 'captured') continue;
    const stan = facts.find((other) => other.fact === 'intended' && other.saleId === fact.saleId)?.stan;
    t.equal(
      board.acquirer.book.entries().find((entry) => entry.stan === stan)?.state,
      'approved',
      `the acquirer holds what is captured (${String(stan)})`,
    );
  }
  t.strictSame(board.acquirer.complaints, [], 'the acquirer has nothing to complain of');
  clean(t, board);
};

/** No bug, no word on standard error, no card data in the log. */
export const clean = (t: Test, board: VirtualBoard): void => {
  const { errors, log } = board.firmware;
  t.equal(errors, '', 'nothing on standard error');
  t.strictSame(
    log.filter((line) => line.level === 'fatal' || line.level === 'error'),
    [],
    'no bug',
  );
  const text = JSON.stringify(log);
  for (const { pan, discretionary } of Object.values(testCards)) {
    if (text.includes(pan) || text.includes(discretionary)) t.fail('M9: card data in the log');
  }
};
