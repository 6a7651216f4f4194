/** What a message screen says. */
import type { MinorUnits } from '../hal/units.ts';
import { maintenanceWords } from './administering-view.ts';
import { findSale, reversalSlipsDue } from './book.ts';
import { type EntryKind, kinds } from './kinds.ts';
import { responseCode } from './response-codes.ts';
import { canVoid } from './standing.ts';
import type { Limit, Notice, State } from './state.ts';
import { causes, decimal, type Identity, type Language, type Lines, say, voucher, type Words } from './words.ts';

const slipState = (state: State, language: Language): string =>
  reversalSlipsDue(state.book).length > 0
    ? say(language, '冲正凭证待打印', 'Slip is due')
    : say(language, '凭证已打印', 'Slip printed');

/** Why nobody was let in, in three lines. */
const notLetIn = (
  answer: Extract<Notice, { readonly says: 'notLetIn' }>['answer'],
  language: Language,
): readonly [string, string, string] => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  switch (answer.result) {
    case 'wrong':
      return [t('密码错', 'Wrong password'), t(`还可试 ${answer.triesLeft} 次`, `Tries left: ${answer.triesLeft}`), ''];
    case 'lockedOut':
      return [t('账号已锁', 'Locked out'), t(`请等 ${answer.minutes} 分钟`, `Wait ${answer.minutes} min`), ''];
    case 'unknown':
      return [t('无此操作员', 'No such operator'), '', ''];
    case 'notStored':
      return [t('存储故障', 'Storage failed'), t('未更改', 'Nothing changed'), ''];
    case 'mustChange':
      return [t('初始密码须先改', 'Initial password'), t('菜单742 改密', 'MENU 742 changes'), ''];
    case 'notClerk':
      return [t('主管', 'Not a clerk:'), t('不能执行该交易', 'sells nothing'), ''];
  }
};

const flaws: {
  readonly [F in Extract<Notice, { readonly says: 'accountRefused' }>['why']]: Words;
} = {
  notDigits: { 'zh-CN': '密码须为数字', en: 'Digits only' },
  tooShort: { 'zh-CN': '密码太短', en: 'Too short' },
  tooLong: { 'zh-CN': '密码太长', en: 'Too long' },
  isInitial: { 'zh-CN': '不能用初始密码', en: 'Is an initial one' },
  usedBefore: { 'zh-CN': '密码已用过', en: 'Used before' },
  notAllowed: { 'zh-CN': '无权限', en: 'Not allowed' },
  exists: { 'zh-CN': '操作员已存在', en: 'Exists already' },
  full: { 'zh-CN': '操作员已满', en: 'No room for more' },
  noSuchNumber: { 'zh-CN': '操作员号不符', en: 'No such number' },
  currentOperator: { 'zh-CN': '当前操作员', en: 'Is signed on' },
  differ: { 'zh-CN': '两次输入不同', en: 'They differ' },
  unsettled: { 'zh-CN': '有流水未结算', en: 'Not settled yet' },
};

/** Which limit, in two lines; the third says how much it still allows. */
const overLimit: { readonly [L in Limit]: { readonly [G in Language]: readonly [string, string] } } = {
  refund: { 'zh-CN': ['退货金额超限', '单笔最多'], en: ['Too much', 'A refund may be'] },
  original: { 'zh-CN': ['金额超过原交易', '最多'], en: ['More than', 'the original'] },
  day: { 'zh-CN': ['超过当日限额', '今日还可收'], en: ['Over today’s', 'limit; left:'] },
  card: { 'zh-CN': ['此类卡单笔限额', '最多'], en: ['Cap of this card', 'A sale may be'] },
  batchNet: { 'zh-CN': ['超过本批净额', '可退'], en: ['More than the', 'batch has taken'] },
};

export const told = (state: State, identity: Identity, language: Language, what: Notice): Lines => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  const ok = t('按确认键返回', 'ENTER to go on');
  const undone = (kind: EntryKind): string => kinds[kind].undone[language];
  switch (what.says) {
    case 'approved': {
      const sale = findSale(state.book, what.saleId);
      return what.cardholderCopy === 'printed'
        ? [
            t('交易成功', 'Approved'),
            `RMB ${decimal(sale.amount)}`,
            `${t('凭证', 'No.')} ${voucher(sale.stan)}`,
            canVoid(sale) ? t('确认返回 2撤销', 'ENTER ok 2 void') : ok,
          ]
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
    case 'inDoubt':
      return [
        t('结果未知 勿重做', 'No answer'),
        t('请致电收单行查询', 'Ask the acquirer'),
        `${t('凭证', 'No.')} ${voucher(findSale(state.book, what.saleId).stan)}`,
        `${t('电话', 'Call')} ${identity.hotline}`,
      ];
    case 'noOriginal':
      return [
        t('原交易不存在', 'No such voucher'),
        what.kind === 'void' ? t('已结算的请退货', 'in this batch') : t('请核对凭证号', 'in this terminal'),
        `${t('本终端', 'Term.')} ${identity.terminalId}`,
        ok,
      ];
    case 'noCode':
      return [t('原交易无授权码', 'It has no code'), undone(what.kind), `${t('联系', 'Call')} ${identity.hotline}`, ok];
    case 'doubtFirst':
      return [
        `${t('待查', 'In doubt')} ${voucher(what.stan)}`,
        t('结果未知 勿重做', 'Not once more'),
        t('先办菜单 7 6', 'MENU 7 6 first'),
        ok,
      ];
    case 'held':
      return [
        t('小票已挂失', 'Slip is on hold'),
        t('不能撤销退货', 'No void, refund'),
        t('主管可解挂', 'Call supervisor'),
        ok,
      ];
    case 'released':
      return [t(`已解挂 ${voucher(what.voucher)}`, `Lifted ${voucher(what.voucher)}`), '', '', ok];
    case 'otherTerminal':
      return [t('他终端小票', 'Slip of terminal'), what.terminalId, t('请到该终端办理', 'Do it over there'), ok];
    case 'refundTooLate':
      return [
        t('已过退货期限', 'Too late: refund'),
        t(`${what.days} 天`, `within ${what.days} days`),
        t('不能退货', 'Nothing refunded'),
        ok,
      ];
    case 'useChip':
      return [t('此卡须插芯片', 'Has a chip: no'), t('本终端只能刷卡', 'swiping here'), undone(what.kind), ok];
    case 'alreadyVoided':
      return [t('该交易已经撤销', 'Voided already'), t('退货或完成', 'or refunded'), '', ok];
    case 'notVoidable':
      return [
        t('原交易不符条件', 'Not one that can'),
        t(`不能${kinds[what.kind].short['zh-CN']}`, 'be taken for it'),
        '',
        ok,
      ];
    case 'noDifference':
      return [t('原交易不符条件', 'Not one that'), t('不能补收', 'took too little'), '', ok];
    case 'otherCard':
      return [t('与原交易卡不符', 'Another card'), t('请用原卡', 'Use the same one'), undone(what.kind), ok];
    case 'overLimit':
      return [...overLimit[what.limit][language], `RMB ${decimal(what.most)}`, ok];
    case 'balance':
      return [
        kinds.balance.name[language],
        t('可用余额', 'Can be spent'),
        `RMB ${what.amount < 0 ? '-' : ''}${decimal(Math.abs(what.amount) as MinorUnits)}`,
        ok,
      ];
    case 'locked':
      return [t('终端已锁定', 'Locked'), t('菜单77 主管解锁', 'MENU 77 unlocks'), '', ok];
    case 'notLetIn':
      return [...notLetIn(what.answer, language), ok];
    case 'accountRefused':
      return [t('未更改', 'Nothing changed'), flaws[what.why][language], '', ok];
    case 'accountDone':
      return [
        `${t('操作员', 'Operator')} ${what.operator}`,
        {
          signedOn: t('签到成功', 'Signed on'),
          passwordChanged: t('密码已改', 'Password changed'),
          added: t('已增加', 'Added'),
          removed: t('已删除', 'Removed'),
        }[what.what],
        '',
        ok,
      ];
    case 'switchedOff':
      return [kinds[what.kind].name[language], t('本终端未开通', 'Not done by'), t('', 'this terminal'), ok];
    case 'voidTooLate':
      return [
        t('已过撤销时限', 'Too late: a void'),
        t(`${what.minutes} 分钟`, `within ${what.minutes} min`),
        t('请退货', 'Refund it'),
        ok,
      ];
    case 'signedOff':
      return what.told
        ? [t('签退成功', 'Signed off'), t('终端不再交易', 'Nothing is sold'), '', ok]
        : [t('已签退', 'Signed off'), t('收单行未应答', 'but no answer'), t('终端不再交易', 'Nothing is sold'), ok];
    case 'notNow':
      return [t('现在不能执行', 'Not now:'), t('有未完成交易', 'something is'), t('或待打凭证', 'open or owed'), ok];
    case 'inTraining':
      return [t('培训模式', 'Training'), t('不能执行', 'Not done in it'), '', ok];
    case 'maintained':
      return [t('维护已登记', 'Recorded'), maintenanceWords[what.work][language], '', ok];
    case 'noSupervisor':
      return [t('未设主管密码', 'No supervisor'), t('不能执行', 'is set up'), '', ok];
    case 'nothingFound':
      return [t('无此交易', 'None found'), t('请核对后重查', 'Look again'), '', ok];
    case 'unread':
      return [t('存储故障', 'Storage failed'), t('未能查找', 'Not looked up'), t('请重试', 'Try again'), ok];
    case 'otherPrinter':
      return [
        t('已换打印机', 'Printer changed'),
        what.printer === 'first' ? t('现用第一台', 'The first is used') : t('现用第二台', 'The second one'),
        '',
        ok,
      ];
    case 'noDoubt':
      return [t('无待查交易', 'Nothing in doubt'), '', '', ok];
    case 'batchFull':
      return [t('存储满 请结算', 'Batch is full'), t('菜单75 结算', 'MENU 75 settles'), '', ok];
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
        `${t('联系', 'Call')} ${identity.hotline}`,
        ok,
      ];
  }
};
