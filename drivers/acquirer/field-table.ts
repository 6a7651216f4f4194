/**
 * The fields of a message (Q/CUP, ISO 8583:1987 with one bitmap of 64), as a table.
 *
 * | encoding | value in a program | on the line |
 * |---|---|---|
 * | n   | text of digits 0–9 | two digits a byte |
 * | z   | track text, characters 30h–3Fh, `=` between its parts | two characters a byte, as their low nibbles: `=` is D |
 * | an  | text, 20h–7Eh | a byte a character |
 * | ans | text, **one character a byte** (latin1): what is GBK in it is decoded by the sub-field that knows | a byte a character |
 * | b   | bytes | bytes |
 *
 * | length | prefix | counts |
 * |---|---|---|
 * | fixed | none | |
 * | LL  | one byte BCD | digits for n and z (they stand left), bytes for the others |
 * | LLL | two bytes BCD | the same |
 *
 * A fixed n of an odd length stands right (`001` is 00 01), but field 22 stands left (`021` is 02 10). A fixed an or
 * ans is filled with spaces on the right, which a reader does not see.
 *
 * The lengths are the largest that UnionPay's terminals and hosts are seen to send; where their tables differ, or a
 * host adds sub-fields of its own (54, 60–63), the wider one of ISO 8583 holds, so that an approval isn't refused for
 * what the terminal has no use for.
 */
export type Encoding = 'n' | 'z' | 'an' | 'ans' | 'b';

export interface FieldSpec<E extends Encoding = Encoding> {
  readonly encoding: E;
  readonly length: 'fixed' | 'LL' | 'LLL';
  /** The length of a fixed field, the most that another may have: digits for n and z, bytes for the others. */
  readonly max: number;
  /** Where the digits of an odd length stand. */
  readonly align: 'left' | 'right';
  /** The length of a fixed field under SM4, whose blocks have 16 bytes, where that is another. */
  readonly wide: number | undefined;
}

const fixed = <E extends Encoding>(encoding: E, max: number, align: FieldSpec['align'] = 'right'): FieldSpec<E> => ({
  encoding,
  length: 'fixed',
  max,
  align,
  wide: undefined,
});

const variable = <E extends Encoding>(encoding: E, length: 'LL' | 'LLL', max: number): FieldSpec<E> => ({
  encoding,
  length,
  max,
  align: 'left',
  wide: undefined,
});

export const fieldTable = {
  /** Primary account number, 主账号. Not in a swiped sale. */
  2: variable('n', 'LL', 19),
  /** Processing code, 交易处理码. */
  3: fixed('n', 6),
  /** Amount in minor units, 交易金额. */
  4: fixed('n', 12),
  /** System trace audit number, 受卡方系统跟踪号 (流水号). */
  11: fixed('n', 6),
  /** Local time hhmmss, 受卡方所在地时间. */
  12: fixed('n', 6),
  /** Local date MMDD, 受卡方所在地日期. */
  13: fixed('n', 4),
  /** Expiry YYMM, 卡有效期. */
  14: fixed('n', 4),
  /** Settlement date MMDD, 清算日期. */
  15: fixed('n', 4),
  /** Point of service entry mode, 服务点输入方式码. */
  22: fixed('n', 3, 'left'),
  /** Card sequence number, 卡序列号. */
  23: fixed('n', 3),
  /** Point of service condition code, 服务点条件码. */
  25: fixed('n', 2),
  /** PIN capture code, 服务点PIN获取码: the longest PIN that can be entered. */
  26: fixed('n', 2),
  /** Acquiring institution, 受理方标识码. */
  32: variable('n', 'LL', 11),
  /** Track 2, 2磁道数据. */
  35: variable('z', 'LL', 37),
  /** Track 3, 3磁道数据. */
  36: variable('z', 'LLL', 104),
  /** Retrieval reference number, 检索参考号. */
  37: fixed('an', 12),
  /** Authorisation code, 授权标识应答码. */
  38: fixed('an', 6),
  /** Response code, 应答码; in a reversal its reason, 冲正原因码. */
  39: fixed('an', 2),
  /** Terminal, 受卡机终端标识码. */
  41: fixed('ans', 8),
  /** Merchant, 受卡方标识码. */
  42: fixed('ans', 15),
  /** Merchant's name and place, 商户名称; some hosts send it. */
  43: fixed('ans', 40),
  /** Issuer and acquirer, 附加响应数据: 11 + 11. */
  44: variable('ans', 'LL', 25),
  /** Acquirer's own data; some hosts send it. */
  46: variable('ans', 'LLL', 999),
  /** Settlement totals, batch records, 附加数据－私有. */
  48: variable('n', 'LLL', 322),
  /** Currency, 交易货币代码. */
  49: fixed('an', 3),
  /** Encrypted PIN block, 个人标识码数据: one block of the cipher. */
  52: { ...fixed('b', 8), wide: 16 },
  /** Security control, 安全控制信息. */
  53: fixed('n', 16),
  /** Balance, 附加金额. */
  54: variable('ans', 'LLL', 120),
  /** Chip card data, IC卡数据域. */
  55: variable('b', 'LLL', 999),
  /** Response text; some hosts send it. */
  56: variable('ans', 'LLL', 999),
  /** PBOC electronic purse data, PBOC电子钱包标准的交易信息. */
  58: variable('ans', 'LLL', 999),
  /** Acquirer's own data; some hosts send it. */
  59: variable('ans', 'LLL', 999),
  /** Transaction type, batch, network code and what the terminal can read, 自定义域. */
  60: variable('n', 'LLL', 99),
  /** The original transaction, 原始信息域. */
  61: variable('n', 'LLL', 99),
  /** Working keys and other data by transaction, 自定义域. */
  62: variable('b', 'LLL', 999),
  /** Operator; card organisation and texts, 自定义域. */
  63: variable('ans', 'LLL', 999),
  /** Message authentication code, 报文鉴别码. */
  64: fixed('b', 8),
} as const;

export type FieldNumber = keyof typeof fieldTable;

/** The fields that a message has, by number. */
export type Fields = {
  readonly [N in FieldNumber]?: (typeof fieldTable)[N]['encoding'] extends 'b' ? Uint8Array : string;
};

export const fieldNumbers = Object.keys(fieldTable).map(Number) as readonly FieldNumber[];
