/** What the tests at the virtual board share: a board that goes away with its test, and what is asked of every run. */
import type { Test } from 'tap';
import { type BoardOptions, VirtualBoard } from '../bench/board.ts';
import type { LogLine } from '../bench/firmware-process.ts';
import { agree } from './agreement.ts';

/** The end of the log, for a test that failed. */
const lastLines = (board: VirtualBoard): string =>
  board.firmware.log
    .slice(-40)
    .map((line) => JSON.stringify(line))
    .join('\n');

/** A terminal, still off, on a board of its own. */
export const boardFor = async (t: Test, options: BoardOptions = {}): Promise<VirtualBoard> => {
  const board = await VirtualBoard.build(options);
  t.teardown(async () => {
    if (!t.passing()) t.comment(`the display: ${board.display.lines().join('|')}\n${lastLines(board)}`);
    await board.dismantle();
  });
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

/** How many such lines the log of this run has so far. */
export const countOf = (board: VirtualBoard, fits: (line: LogLine) => boolean): number =>
  board.firmware.log.filter(fits).length;

/** How often the device has been taken up in this run. */
export const onlineCount = (board: VirtualBoard, device: string): number =>
  countOf(board, (line) => line.msg === 'online' && line.device === device);

/** Resolves when the device has been taken up, for the nth time of this run. */
export const online = async (board: VirtualBoard, device: string, nth = 1): Promise<void> => {
  await board.firmware.until(() => onlineCount(board, device) >= nth);
};

/** All that came out of the printer, slip by slip. */
export const papers = ({ printer: { paper } }: VirtualBoard): readonly string[] =>
  paper.copies.map(({ number }) => paper.text(number));

const sixDigits = (stan: number): string => String(stan).padStart(6, '0');

/** Every copy on paper that names the voucher, in order, as its kind; `part` when the end of it is missing. */
export const copiesOf = (board: VirtualBoard, stan: number): readonly string[] =>
  board.printer.paper.copies
    .map(({ number, complete }) => ({ text: board.printer.paper.text(number), complete }))
    .filter(({ text }) => new RegExp(`(?<!原)凭证号:${sixDigits(stan)}`).test(text))
    .map(({ text, complete }) => {
      const kind = /冲正凭证|商户存根|持卡人存根/.exec(text)?.[0] ?? 'unknown';
      return complete && (kind === '冲正凭证' || text.includes('客服热线')) ? kind : `part of ${kind}`;
    });

/** Nothing is lost and nothing is a bug, whatever happened: paper, acquirer and ledger agree. */
export const nothingLost = async (t: Test, board: VirtualBoard): Promise<void> => {
  await agree(t, board);
  t.strictSame(
    board.firmware.log.filter((line) => line.level === 'fatal' || line.level === 'error'),
    [],
    'no bug',
  );
};
