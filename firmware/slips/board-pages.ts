/** What tells of the terminal and its printer, not of a transaction. */
import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import { deviceNames } from '../../state-machine/administering-view.ts';
import type { DeviceCheck } from '../../state-machine/effects.ts';
import type { ListMade } from './batch-lists.ts';
import { blank, centred, dateTime, header, type Letterhead, pair, rule, sheet, tall, text, title } from './slip.ts';

/** 终端标签: to be stuck on the terminal, so that nobody takes the wrong one (004-16). */
export const terminalLabel = (head: Letterhead): SlipDocument =>
  sheet(head, [
    rule,
    title(head.merchant),
    title(head.branch),
    rule,
    tall(`终端编号:${head.terminalId}`),
    text(`商户编号:${head.merchantId}`),
    text(`客服热线:${head.hotline}`),
    rule,
  ]);

/** 自检单: each device, whether it is well, and how often it failed since the start (004-19). */
export const selfTestSheet = (
  checks: readonly DeviceCheck[],
  { at, operator }: Pick<ListMade, 'at' | 'operator'>,
  head: Letterhead,
): SlipDocument =>
  sheet(head, [
    title('自检单'),
    centred('SELF-TEST'),
    rule,
    ...header(head, operator),
    text(`日期时间:${dateTime(at)}`),
    rule,
    ...checks.map(({ device, fault, faults }) =>
      pair(deviceNames[device]['zh-CN'], `${fault === undefined ? '正常' : `异常 ${fault}`} 故障${faults}次`),
    ),
    rule,
  ]);

const sizes: readonly SlipElement[] = [
  { type: 'text', text: '正常 Normal' },
  { type: 'text', text: '加粗 Bold', bold: true },
  { type: 'text', text: '倍高 Tall', size: 'doubleHeight' },
  { type: 'text', text: '倍宽高 Big', size: 'double' },
];

/** Characters from 20h to 7Eh: who sees a ¥ or a £ among them has another country's set. */
const ascii = Array.from({ length: 95 }, (_none, at) => String.fromCharCode(0x20 + at)).join('');

/**
 * 打印测试页: does the printer print what is sent? A ruler over all columns, both ends of the code page, sizes, a QR
 * symbol, and a picture that shows dots that don't heat.
 */
export const testPage = (head: Letterhead, columns: number): SlipDocument => {
  const tens = Array.from({ length: columns }, (_none, at) => (at % 10 === 9 ? String(((at + 1) / 10) % 10) : ' '));
  const digits = Array.from({ length: columns }, (_none, at) => String((at + 1) % 10));
  const widthDots = columns * 12;
  // Each row a stripe further to the right: a dot of the head that is dead leaves a white line down the page.
  const stair = Uint8Array.from({ length: (widthDots / 8) * 24 }, (_none, at) => {
    const [row, byte] = [Math.floor(at / (widthDots / 8)), at % (widthDots / 8)];
    return (byte + row) % 4 < 2 ? 0xff : 0x00;
  });
  return sheet(head, [
    title('打印测试页'),
    centred(`PRINTER TEST ${columns}`),
    rule,
    pair(`终端编号:${head.terminalId}`, 'GBK'),
    text(tens.join('').trimEnd()),
    text(digits.join('')),
    ...sizes,
    text(ascii),
    text('中文 啊阿埃 丂丄丅 鼋鼍龟 ￥①Ⅷ℃'),
    { type: 'image', widthDots, heightDots: 24, bits: stair },
    blank(1),
    { type: 'qr', data: `SLIPSAFE ${head.terminalId}` },
    centred('-- 切纸 CUT --'),
  ]);
};
