/** The display as a function of the state: four lines of 16 columns, in the shop's language. */

import type { TransactionKind } from '../hal/acquirer.ts';
import type { DeviceName } from '../hal/device.ts';
import type { Screen } from '../hal/display.ts';
import type { PrinterCause } from '../hal/printer.ts';
import type { MinorUnits } from '../hal/units.ts';
import { copiesDue, findSale, openSale, reversalSlipsDue, totalsOf } from './book.ts';
import { kinds } from './kinds.ts';
import { responseCode } from './response-codes.ts';
import type { Notice, PhaseOf, State } from './state.ts';

export type Language = 'zh-CN' | 'en';

/** Who this terminal is, for the clerk and the customer to read. */
export interface Identity {
  readonly merchant: string;
  readonly branch: string;
  readonly terminalId: string;
  /** Whom to call when the acquirer must help. */
  readonly hotline: string;
}

type Lines = readonly [string, string, string, string];

export const columns = 16;

/** Hanzi and other wide characters take two columns. */
export const widthOf = (character: string): number => ((character.codePointAt(0) ?? 0) < 0x80 ? 1 : 2);

const fit = (text: string): string => {
  let width = 0;
  let fitted = '';
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    fitted += character;
  }
  return fitted;
};

/** 1234 分 → `12.34`. */
export const decimal = (amount: MinorUnits): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;

const voucher = (stan: number): string => String(stan).padStart(6, '0');

const causes: { readonly [L in Language]: { readonly [C in PrinterCause]: string } } = {
  'zh-CN': {
    linkLost: '打印机未连接',
    unrecoverable: '打印机故障',
    cutter: '切刀卡住',
    coverOpen: '打印机盖打开',
    paperEnd: '打印机缺纸',
    overheat: '打印头过热',
    offline: '打印机脱机',
    silence: '打印机无应答',
  },
  en: {
    linkLost: 'No printer',
    unrecoverable: 'Printer broken',
    cutter: 'Cutter jammed',
    coverOpen: 'Printer cover',
    paperEnd: 'Out of paper',
    overheat: 'Printer too hot',
    offline: 'Printer offline',
    silence: 'Printer is mute',
  },
};

/**
 * Devices whose line is down; the printer's is among its causes, and a display that is away shows nothing. Of the
 * ledger it is the second copy: without the first nothing is traded.
 */
const absent: {
  readonly [L in Language]: { readonly [D in Exclude<DeviceName, 'printer' | 'display'>]: string };
} = {
  'zh-CN': {
    keypad: '按键盘未连接',
    cardReader: '读卡器未连接',
    pinPad: '密码键盘未连接',
    acquirer: '通讯线路不通',
    ledger: '账本备份故障',
  },
  en: {
    keypad: 'No keypad',
    cardReader: 'No card reader',
    pinPad: 'No PIN pad',
    acquirer: 'Line is down',
    ledger: 'No ledger copy',
  },
};

/** Why nothing is taken any more. */
const outOfOrder = {
  'zh-CN': { storage: '存储故障', keys: '密钥故障', bug: '程序故障' },
  en: { storage: 'Storage failed', keys: 'Key fault', bug: 'Program fault' },
} as const;

/** A phrase in both languages, Chinese first. */
const say = (language: Language, zh: string, en: string): string => (language === 'zh-CN' ? zh : en);

const withCode = (text: string, code: string | undefined): string => (code === undefined ? text : `${text} ${code}`);

/** Why the acquirer isn't reached: its answer in words, what is wrong with that, or that there was none. */
const why = (language: Language, code: string | undefined, trouble?: 'keys' | 'answer'): string => {
  if (code !== undefined) return responseCode(code).text[language];
  if (trouble === 'keys') return say(language, '主密钥不符', 'Wrong master key');
  return trouble === 'answer' ? say(language, '应答有误', 'Bad answer') : say(language, '线路不通', 'Line is down');
};

/** What the idle screen must not hide (M2), most urgent first; else the terminal's number. */
const badge = (state: State, identity: Identity, language: Language): string => {
  const owed = copiesDue(state.book).length;
  if (reversalSlipsDue(state.book).length > 0) return say(language, '冲正凭证待打印', 'Rev. slip is due');
  if (state.book.lastSettlement?.printed === false) return say(language, '结算单待打印', 'Settl. slip due');
  if (owed > 0) return say(language, `待补打小票 ${owed}`, `Slips due: ${owed}`);
  if (state.offline.includes('keypad')) return absent[language].keypad;
  if (!state.printer.ready) return causes[language][state.printer.cause];
  const missing = (['cardReader', 'pinPad', 'acquirer', 'ledger'] as const).find((device) =>
    state.offline.includes(device),
  );
  if (missing !== undefined) return absent[language][missing];
  return `${say(language, '终端', 'Term.')} ${identity.terminalId}`;
};

const idle = (state: State, identity: Identity, language: Language): Lines => [
  identity.merchant,
  identity.branch,
  badge(state, identity, language),
  say(language, '请输入金额', 'Enter amount'),
];

const told = (state: State, identity: Identity, language: Language, what: Notice): Lines => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  const ok = t('按确认键返回', 'ENTER to go on');
  const undone = (kind: TransactionKind): string => kinds[kind].undone[language];
  switch (what.says) {
    case 'approved': {
      const sale = findSale(state.book, what.saleId);
      return what.cardholderCopy === 'printed'
        ? [t('交易成功', 'Approved'), `RMB ${decimal(sale.amount)}`, `${t('凭证', 'No.')} ${voucher(sale.stan)}`, ok]
        : [
            t('交易成功', 'Approved'),
            t('商户联已打', 'Merchant: done'),
            t('持卡人联未打', 'Cardholder: due'),
            t('确认补打 取消', 'ENTER to print'),
          ];
    }
    case 'kept':
      return [
        t('交易成功', 'Approved'),
        t('小票待补', 'Slip is due'),
        `${t('凭证', 'No.')} ${voucher(findSale(state.book, what.saleId).stan)}`,
        ok,
      ];
    case 'declined':
      return [
        `${t('交易失败', 'Declined')} ${what.responseCode}`,
        responseCode(what.responseCode).text[language],
        undone(what.kind),
        ok,
      ];
    case 'notSent':
      return [undone(what.kind), t('线路不通 未发出', 'Not sent: line'), t('可重新刷卡', 'May try again'), ok];
    case 'reversed': {
      const { kind } = findSale(state.book, what.saleId);
      const reversed = kind === 'sale' ? t('已冲正 未扣款', 'Reversed') : t('已冲正', 'Reversed');
      return [reversed, kinds[kind].takenBack[language], slipState(state, language), ok];
    }
    case 'handedOver':
      return [
        t('已转人工处理', 'Handed over'),
        `${t('事件', 'No. ')}${findSale(state.book, what.saleId).incident ?? ''}`,
        slipState(state, language),
        ok,
      ];
    case 'cancelled':
      return [t('交易已取消', 'Cancelled'), undone(what.kind), '', ok];
    case 'cardUnreadable':
      return [t('读卡失败', 'Card unreadable'), undone(what.kind), t('请换卡重试', 'Try another card'), ok];
    case 'pinNeeded':
      return [t('须输入密码', 'PIN is needed'), undone(what.kind), '', ok];
    case 'pinPadFailed':
      return [t('密码键盘故障', 'PIN pad failed'), undone(what.kind), t('请检查连线', 'Check its cable'), ok];
    case 'noOriginal':
      return [t('原交易不存在', 'No such voucher'), t('已结算的请退货', 'in this batch'), '', ok];
    case 'alreadyVoided':
      return [t('该交易已经撤销', 'Voided already'), '', '', ok];
    case 'notVoidable':
      return [t('原交易不符条件', 'Not a sale that'), t('不能撤销', 'can be voided'), '', ok];
    case 'otherCard':
      return [
        t('与原交易卡不符', 'Another card'),
        t('请用原卡', 'Use the same one'),
        t('未撤销', 'Nothing voided'),
        ok,
      ];
    case 'batchFull':
      return [t('存储满 请结算', 'Batch is full'), t('菜单 1 结算', 'MENU 1 settles'), '', ok];
    case 'nothingToSettle':
      return [t('无流水', 'No transactions'), t('不允许结算', 'to settle'), '', ok];
    case 'nothingToPrint':
      return [t('无可打印的小票', 'No slip to print'), '', '', ok];
    case 'settled':
      return [t('结算完成', 'Settled'), t('新批次 请签到', 'A new batch'), '', ok];
    case 'copyPrinted':
      return [t('打印完成', 'Printed'), '', '', ok];
    case 'copyNotPrinted':
      return [
        t('小票未打印', 'Not printed'),
        what.cause === undefined ? '' : causes[language][what.cause],
        t('待补打', 'Slip is due'),
        t('确认补打 取消', 'ENTER to print'),
      ];
    case 'storageRefused':
      return [
        t('存储故障', 'Storage is full'),
        t('未扣款 未发出', 'Nothing sent'),
        `${t('请联系', 'Call')} ${identity.hotline}`,
        ok,
      ];
  }
};

const slipState = (state: State, language: Language): string =>
  reversalSlipsDue(state.book).length > 0
    ? say(language, '冲正凭证待打印', 'Slip is due')
    : say(language, '凭证已打印', 'Slip printed');

const cardTrouble = (state: State, failures: number, language: Language): string => {
  if (state.offline.includes('cardReader')) return absent[language].cardReader;
  return failures > 0 ? say(language, '读卡失败 请重刷', 'Swipe again') : '';
};

const waitingForPaper = (phase: PhaseOf<'paperWait'>, language: Language): Lines => [
  causes[language][phase.cause],
  say(language, '装纸后自动续打', 'Load paper, or'),
  say(language, '确认 再打', 'ENTER: try again'),
  say(language, '取消冲正', 'CANCEL: reverse'),
];

const openReversal = (state: State, identity: Identity, language: Language, attempt: number): Lines => [
  say(language, `待冲正 第${attempt}次`, `Reversal open ${attempt}`),
  say(language, '勿交货 勿重刷', 'Give no goods'),
  `${say(language, '联系', 'Call')} ${identity.hotline}`,
  state.offline.includes('acquirer')
    ? say(language, '线路不通', 'Line is down')
    : say(language, '确认发 功能:人工', 'ENTER: again'),
];

/** The words of a screen, before they are cut to the display's width. */
export const wordsOf = (state: State, identity: Identity, language: Language): Lines => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  const { phase } = state;
  const wait = t('请稍候', 'Please wait');
  const draft = 'draft' in phase ? phase.draft : undefined;
  const money = draft === undefined ? '' : `RMB ${decimal(draft.amount)}`;
  const undone = kinds[draft?.kind ?? 'sale'].undone[language];
  switch (phase.name) {
    case 'starting':
      return ['Slipsafe', t('正在启动', 'Starting'), `${t('终端', 'Term.')} ${identity.terminalId}`, wait];
    case 'signingOn':
      return phase.reversal === undefined
        ? [identity.merchant, t('正在签到', 'Signing on'), '', wait]
        : [t('自动冲正...', 'Reversing...'), t('正在签到', 'Signing on'), t('勿重复刷卡', 'Swipe no card'), wait];
    case 'signOnWait': {
      if (phase.reversal !== undefined) return openReversal(state, identity, language, phase.reversal.attempt);
      return [
        withCode(t('POS未签到', 'No sign-on'), phase.responseCode),
        why(language, phase.responseCode, phase.trouble),
        t('自动重试', 'Trying again'),
        t('确认 立即签到', 'ENTER: now'),
      ];
    }
    case 'idle':
      return idle(state, identity, language);
    case 'menu':
      return [
        t('1结算 2补打重印', '1Settle 2Reprint'),
        t('3签到 4撤销', '3Sign on 4Void'),
        '',
        t('取消返回', 'CANCEL: back'),
      ];
    case 'voucher':
      return [
        kinds[phase.draft.kind].name[language],
        t('请输入原凭证号:', 'Voucher no.:'),
        phase.entered,
        t('确认 清除 取消', 'ENTER CLEAR'),
      ];
    case 'original': {
      const { original } = phase.draft;
      return [
        `${kinds[phase.draft.kind].name[language]} ${voucher(original?.stan ?? 0)}`,
        money,
        original?.card.masked.slice(-10) ?? '',
        t('核对原单 确认', 'Right? ENTER'),
      ];
    }
    case 'amount':
      return [
        t('请输入金额:', 'Amount:'),
        money,
        state.offline.includes('keypad') ? absent[language].keypad : '',
        t('确认 清除 取消', 'ENTER CLEAR'),
      ];
    case 'confirm':
      return [identity.merchant, identity.branch, money, t('请顾客核对 确认', 'Right? ENTER')];
    case 'checkingPrinter':
      return [identity.merchant, money, t('检查打印机', 'Checking printer'), wait];
    case 'printerNotReady':
      return [
        causes[language][phase.cause],
        undone,
        t('处理后按确认', 'Mend, then ENTER'),
        t('取消返回', 'CANCEL: back'),
      ];
    case 'card':
      return [
        money,
        t('请刷卡', 'Swipe card'),
        cardTrouble(state, phase.failures, language),
        t('取消返回', 'CANCEL: back'),
      ];
    case 'pin':
      return [
        money,
        phase.card.masked.slice(-10),
        t('请持卡人输入密码', 'Cardholder: PIN'),
        t('取消返回', 'CANCEL: back'),
      ];
    case 'authorising':
      return [
        `RMB ${decimal(findSale(state.book, phase.saleId).amount)}`,
        t('正在联机交易', 'Asking the bank'),
        t('请勿拔电', 'Keep power on'),
        wait,
      ];
    // M3: nobody reads that it was approved before the capture is durable.
    case 'printingMerchant':
      return [t('正在打印', 'Printing'), t('商户存根', 'Merchant copy'), t('打印完前勿交货', 'Hold the goods'), wait];
    case 'paperWait':
      return waitingForPaper(phase, language);
    case 'tearOff':
      return [
        t('交易成功', 'Approved'),
        t('请撕商户存根', 'Tear off slip'),
        t('请顾客签字', 'Have it signed'),
        t('确认打持卡人联', 'ENTER: next copy'),
      ];
    case 'printingCardholder':
      return [t('交易成功', 'Approved'), t('正在打印', 'Printing'), t('持卡人存根', 'Cardholder copy'), wait];
    case 'reversing':
      return [
        t('自动冲正...', 'Reversing...'),
        t(`第${phase.attempt}次`, `Try ${phase.attempt}`),
        t('勿重复刷卡', 'Swipe no card'),
        wait,
      ];
    case 'reversalWait':
      return openReversal(state, identity, language, phase.attempt);
    case 'printingReversal':
      return [t('正在打印', 'Printing'), t('冲正凭证', 'Reversal slip'), '', wait];
    case 'clearingBuffer':
      return phase.next.do === 'reverse'
        ? [t('打印失败', 'Not printed'), t('正在冲正', 'Reversing'), t('勿交货', 'Give no goods'), wait]
        : [t('打印未完成', 'Not printed'), t('正在清打印机', 'Clearing printer'), '', wait];
    case 'password':
      return [
        t('主管', 'Supervisor'),
        t('请输入主管密码', 'Password:'),
        '*'.repeat(phase.entered.length),
        t('确认 取消', 'ENTER CANCEL'),
      ];
    case 'checkingPassword':
      return [t('主管', 'Supervisor'), t('核对密码', 'Checking'), '', wait];
    case 'incident':
      return [
        t('人工处理', 'Hand over'),
        t('请输入事件号', 'Incident no.:'),
        phase.entered,
        t('确认 取消', 'ENTER CANCEL'),
      ];
    case 'printingCopy':
      return [
        t('正在打印', 'Printing'),
        phase.copy === 'merchant' ? t('商户存根', 'Merchant copy') : t('持卡人存根', 'Cardholder copy'),
        '',
        wait,
      ];
    case 'confirmSettlement': {
      const { domestic, foreign } = totalsOf(state.book);
      const debit = (domestic.debit.amount + foreign.debit.amount) as MinorUnits;
      return [
        t('结算', 'Settlement'),
        t(
          `消费 ${domestic.debit.count + foreign.debit.count} 笔`,
          `Sales: ${domestic.debit.count + foreign.debit.count}`,
        ),
        `RMB ${decimal(debit)}`,
        t('确认结算 取消', 'ENTER: settle'),
      ];
    }
    case 'settling':
      return [t('正在结算', 'Settling'), t('核对总计', 'Totals'), '', wait];
    case 'uploading':
      return [
        t('正在结算', 'Settling'),
        t(`批上送 ${state.book.settlement?.uploaded ?? 0}`, `Uploaded ${state.book.settlement?.uploaded ?? 0}`),
        '',
        wait,
      ];
    case 'endingBatch':
      return [t('正在结算', 'Settling'), t('批结束', 'Batch end'), '', wait];
    case 'settlementWait':
      return [
        withCode(t('结算未完成', 'Not settled'), phase.responseCode),
        why(language, phase.responseCode),
        `${t('联系', 'Call')} ${identity.hotline}`,
        t('确认 继续结算', 'ENTER: go on'),
      ];
    case 'printingSettlement':
      return [t('正在打印', 'Printing'), t('结算总计单', 'Settlement slip'), '', wait];
    case 'notice':
      return told(state, identity, language, phase.notice);
    case 'outOfService':
      return [
        outOfOrder[language][phase.why],
        openSale(state.book) === undefined ? t('停止交易', 'Out of service') : t('停止交易 勿交货', 'Give no goods'),
        t('请重启终端', 'Restart it, or'),
        `${t('联系', 'call')} ${identity.hotline}`,
      ];
  }
};

export const view = (state: State, identity: Identity, language: Language): Screen => {
  const [first, second, third, fourth] = wordsOf(state, identity, language);
  return { lines: [fit(first), fit(second), fit(third), fit(fourth)] };
};
