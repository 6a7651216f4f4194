/** The display as a function of the state: four lines of 16 columns, in the shop's language. */

import type { Screen } from '../hal/display.ts';
import type { MinorUnits } from '../hal/units.ts';
import { parameterLines, selfTestLines, versionLines } from './administering-view.ts';
import { copiesDue, doubtful, findSale, openSale, reversalSlipsDue, totalsOf } from './book.ts';
import { findingLines } from './finding-view.ts';
import { kinds } from './kinds.ts';
import { menus } from './menu.ts';
import { told } from './notices.ts';
import { operatorLines } from './operating-view.ts';
import { responseCode } from './response-codes.ts';
import type { Copy } from './sale.ts';
import type { PhaseOf, State } from './state.ts';
import {
  absent,
  causes,
  columns,
  decimal,
  type Identity,
  type Language,
  type Lines,
  say,
  voucher,
  widthOf,
} from './words.ts';

export type { Identity, Language } from './words.ts';
export { columns, decimal, widthOf } from './words.ts';

const fit = (text: string, most = columns): string => {
  let width = 0;
  let fitted = '';
  for (const character of text) {
    width += widthOf(character);
    if (width > most) break;
    fitted += character;
  }
  return fitted;
};

/** Why nothing is taken any more. */
const outOfOrder = {
  'zh-CN': { storage: '存储故障', keys: '密钥故障', bug: '程序故障' },
  en: { storage: 'Storage failed', keys: 'Key fault', bug: 'Program fault' },
} as const;

const withCode = (text: string, code: string | undefined): string => (code === undefined ? text : `${text} ${code}`);

/** Why the acquirer isn't reached: its answer in words, what is wrong with that, or that there was none. */
const why = (language: Language, code: string | undefined, trouble?: 'keys' | 'answer'): string => {
  if (code !== undefined) return responseCode(code).text[language];
  if (trouble === 'keys') return say(language, '主密钥不符', 'Wrong master key');
  return trouble === 'answer' ? say(language, '应答有误', 'Bad answer') : say(language, '线路不通', 'Line is down');
};

/** Why the printer doesn't print, as its last word was; `well` when it does. */
const printerTrouble = (state: State, language: Language, well: string): string =>
  state.printer.ready ? well : causes[language][state.printer.cause];

/** What the idle screen must not hide (M2), most urgent first; else the terminal's number. */
const badge = (state: State, identity: Identity, language: Language): string => {
  const owed = copiesDue(state.book).length;
  if (reversalSlipsDue(state.book).length > 0) return say(language, '冲正凭证待打印', 'Rev. slip is due');
  if (state.book.lastSettlement?.printed === false) return say(language, '结算单待打印', 'Settl. slip due');
  const doubts = doubtful(state.book).length;
  if (doubts > 0) return say(language, `待查交易 ${doubts}`, `In doubt: ${doubts}`);
  if (state.book.locked) return say(language, '终端已锁定', 'Locked');
  if (owed > 0) return say(language, `待补打小票 ${owed}`, `Slips due: ${owed}`);
  if (state.offline.includes('keypad')) return absent[language].keypad;
  if (!state.printer.ready) return causes[language][state.printer.cause];
  const missing = (['cardReader', 'pinPad', 'acquirer', 'ledger'] as const).find((device) =>
    state.offline.includes(device),
  );
  if (missing !== undefined) return absent[language][missing];
  if (state.printer.paperNearEnd) return say(language, '打印纸将用完', 'Paper runs low');
  if (state.maintenanceDue) return say(language, '请维护终端', 'Maintenance due');
  return `${say(language, '终端', 'Term.')} ${identity.terminalId}`;
};

/** A slip that is due stands above the reason why it doesn't come, which must be read as well. */
const idle = (state: State, identity: Identity, language: Language): Lines => {
  const first = badge(state, identity, language);
  const enter = say(language, '请输入金额', 'Enter amount');
  const last = printerTrouble(state, language, enter);
  return [identity.merchant, identity.branch, first, last === first ? enter : last];
};

const cardTrouble = (state: State, failures: number, language: Language): string => {
  if (state.offline.includes('cardReader')) return absent[language].cardReader;
  return failures > 0 ? say(language, '读卡失败 请重刷', 'Swipe again') : '';
};

/** Branch and terminal on one line: who stands before several terminals sees whose this one is (004-08). */
const whichTerminal = ({ branch, terminalId }: Identity, language: Language): string => {
  if (branch === '') return `${say(language, '终端', 'Term.')} ${terminalId}`;
  const place = fit(branch, columns - terminalId.length);
  return `${place}${' '.repeat(columns - terminalId.length - widthOf(place))}${terminalId}`;
};

const waitingForPaper = (phase: PhaseOf<'paperWait'>, identity: Identity, language: Language): Lines => [
  causes[language][phase.cause],
  say(language, '装纸后自动续打', 'Load paper, or'),
  identity.secondPrinter === true
    ? say(language, '确认再打 00换机', 'ENTER 00: other')
    : say(language, '确认 再打', 'ENTER: try again'),
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
const reportName = (report: PhaseOf<'printingReport'>['report'], language: Language): string => {
  switch (report) {
    case 'incident':
      return say(language, '事件记录单', 'Incident sheet');
    case 'query':
      return say(language, '交易查询单', 'Query sheet');
    case 'detail':
      return say(language, '交易明细', 'List of sales');
    case 'totals':
      return say(language, '交易汇总', 'Totals');
    case 'test':
      return say(language, '打印测试页', 'Test page');
    case 'label':
      return say(language, '终端标签', 'Terminal label');
    case 'selfTest':
      return say(language, '自检', 'Self-test');
  }
};

const copyName = (copy: Copy, language: Language): string => {
  switch (copy) {
    case 'merchant':
      return say(language, '商户存根', 'Merchant copy');
    case 'bank':
      return say(language, '银行存根', 'Bank copy');
    default:
      return say(language, '持卡人存根', 'Cardholder copy');
  }
};

export const wordsOf = (state: State, identity: Identity, language: Language): Lines => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  const { phase } = state;
  const wait = t('请稍候', 'Please wait');
  const enterClear = t('确认 清除 取消', 'ENTER CLEAR');
  const ok = t('按确认键返回', 'ENTER to go on');
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
    case 'signingOff':
      return [identity.merchant, t('正在签退', 'Signing off'), '', wait];
    case 'signedOff':
      return [
        identity.merchant,
        badge(state, identity, language),
        t('已签退', 'Signed off'),
        t('确认 签到', 'ENTER: sign on'),
      ];
    case 'idle':
      return idle(state, identity, language);
    case 'menu': {
      const [first = '', second = '', third = ''] = menus[phase.menu].map((line) => {
        const items = line.map(({ key, words }) => `${key}${words[language]}`);
        const apart = items.join(' ');
        return fit(apart) === apart ? apart : items.join('');
      });
      return [first, second, third, t('取消返回', 'CANCEL: back')];
    }
    case 'number':
    case 'finding':
    case 'found':
    case 'remedies':
    case 'incidentReport':
    case 'lateRefund':
    case 'original':
    case 'slipTerminal':
    case 'reference':
    case 'date':
      return findingLines(phase, state.book, language);
    case 'feeNotice': {
      const [first = '', second = '', third = ''] = phase.lines;
      return [first, second, third, t('告知顾客后确认', 'Told him? ENTER')];
    }
    case 'remark':
      return [
        money,
        phase.what === 'orderNumber' ? t('请输入订单号:', 'Order no.:') : t('请输入备注码:', 'Note, digits:'),
        phase.entered,
        t('确认 可不输', 'ENTER, or skip'),
      ];
    case 'operatorNumber':
    case 'operatorPassword':
    case 'checkingOperator':
    case 'managing':
    case 'newPassword':
    case 'listingOperators':
    case 'operators':
      return operatorLines(phase, identity, badge(state, identity, language), language);
    case 'listingParameters':
      return [t('参数', 'Parameters'), '', '', wait];
    case 'parameters':
    case 'parameterValue':
    case 'parameterConfirm':
    case 'writingParameter':
    case 'parameterTold':
      return parameterLines(phase, language);
    case 'inspecting':
      return [t('正在检查', 'Looking'), '', '', wait];
    case 'version':
      return versionLines(phase, identity, language);
    case 'selfTest':
      return selfTestLines(phase, language);
    case 'switchingTraining':
      return [t('培训模式', 'Training'), t('正在保存', 'Storing'), '', wait];
    case 'restarting':
      return ['Slipsafe', t('正在重启', 'Restarting'), '', wait];
    case 'totals': {
      const { domestic, foreign } = totalsOf(state.book);
      const line = (column: 'debit' | 'credit'): string => {
        const amount = (domestic[column].amount + foreign[column].amount) as MinorUnits;
        return `${domestic[column].count + foreign[column].count} ${decimal(amount)}`;
      };
      return [
        `${t('批次', 'Batch')} ${voucher(state.book.batch)}`,
        `${t('借记', 'Debit')} ${line('debit')}`,
        `${t('贷记', 'Cred.')} ${line('credit')}`,
        ok,
      ];
    }
    case 'amount': {
      const { differenceOf } = phase.draft;
      const rest = differenceOf === undefined ? '' : `${t('补收', 'More on')} ${voucher(differenceOf.stan)}`;
      return [
        t('请输入金额:', 'Amount:'),
        money,
        state.offline.includes('keypad') ? absent[language].keypad : rest,
        enterClear,
      ];
    }
    case 'confirm':
      return [identity.merchant, identity.branch, money, t('请顾客核对 确认', 'Right? ENTER')];
    case 'checkingPrinter':
      return [identity.merchant, money, t('检查打印机', 'Checking printer'), wait];
    case 'printerNotReady':
      return [
        causes[language][phase.cause],
        undone,
        t('处理后按确认', 'Mend, then ENTER'),
        identity.secondPrinter === true ? t('功能换机 取消', 'FUNC: the other') : t('取消返回', 'CANCEL: back'),
      ];
    case 'card':
      return [
        money,
        t('请刷卡 取消返回', 'Swipe; or CANCEL'),
        cardTrouble(state, phase.failures, language) || fit(identity.merchant),
        whichTerminal(identity, language),
      ];
    case 'twin': {
      const twin = findSale(state.book, phase.twin);
      return [
        t(`同卡同额 ${voucher(twin.stan)}`, `Twin of ${voucher(twin.stan)}`),
        twin.copies.merchant > 0 ? t('上笔已批准已打票', 'Approved, slip') : t('上笔已批准未打票', 'Approved, no slip'),
        t('1重打上笔', '1 print it again'),
        t('2继续收款 取消', '2 take it again'),
      ];
    }
    case 'pin':
      return [
        money,
        phase.draft.card?.masked.slice(-10) ?? '',
        t('请持卡人输入密码', 'Cardholder: PIN'),
        t('取消返回', 'CANCEL: back'),
      ];
    case 'inquiring':
      return [kinds.balance.name[language], t('正在联机交易', 'Asking the bank'), '', wait];
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
      return waitingForPaper(phase, identity, language);
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
        ? [
            printerTrouble(state, language, t('打印失败', 'Not printed')),
            t('正在冲正', 'Reversing'),
            t('勿交货', 'Give no goods'),
            wait,
          ]
        : [
            t('打印未完成', 'Not printed'),
            t('正在清打印机', 'Clearing printer'),
            printerTrouble(state, language, ''),
            wait,
          ];
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
    case 'closingDoubt': {
      const { kind, stan } = findSale(state.book, phase.saleId);
      return [
        `${kinds[kind].short[language]} ${voucher(stan)}`,
        t('1收单行已入账', '1 They booked it'),
        t('2收单行未入账', '2 They did not'),
        t('取消返回', 'CANCEL: back'),
      ];
    }
    case 'doubt': {
      const sale = findSale(state.book, phase.saleId);
      const all = doubtful(state.book);
      const several = all.length > 1;
      const place = several ? ` ${all.indexOf(sale) + 1}/${all.length}` : '';
      return [
        `${kinds[sale.kind].short[language]} ${voucher(sale.stan)}`,
        `${several ? '' : 'RMB '}${decimal(sale.amount)}${place}`,
        `${t('联系', 'Call')} ${identity.hotline}`,
        several ? t('确认 清除下一笔', 'ENTER CLEAR: next') : t('确认 人工处理', 'ENTER: hand over'),
      ];
    }
    case 'printingReport':
      return [t('正在打印', 'Printing'), reportName(phase.report, language), '', wait];
    case 'printingArchived':
      return [t('正在打印', 'Printing'), t('重打印凭证', 'Slip again'), '', wait];
    case 'printingCopy':
      return [t('正在打印', 'Printing'), copyName(phase.copy, language), '', wait];
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
