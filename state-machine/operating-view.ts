/** The screens of the operators' accounts 柜员: a number, a password, a new one twice, and the list. */
import type { PhaseOf } from './state.ts';
import { type Identity, type Language, type Lines, say } from './words.ts';

type OperatorPhase = PhaseOf<
  | 'operatorNumber'
  | 'operatorPassword'
  | 'checkingOperator'
  | 'managing'
  | 'newPassword'
  | 'listingOperators'
  | 'operators'
>;

/** `standing`: what is told where nobody is signed on. */
export const operatorLines = (
  phase: OperatorPhase,
  identity: Identity,
  standing: string,
  language: Language,
): Lines => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  const wait = t('请稍候', 'Please wait');
  const enterClear = t('确认 清除 取消', 'ENTER CLEAR');
  switch (phase.name) {
    case 'operatorNumber':
      return [
        phase.wanted === 'signOn' ? identity.merchant : t('柜员', 'Operators'),
        phase.wanted === 'signOn' ? standing : '',
        `${t('操作员号:', 'Operator no.:')}${phase.entered}`,
        enterClear,
      ];
    case 'operatorPassword':
      return [
        `${t('操作员', 'Operator')} ${phase.operator}`,
        t('请输入密码', 'Password:'),
        '*'.repeat(phase.entered.length),
        enterClear,
      ];
    case 'checkingOperator':
    case 'managing':
      return [`${t('操作员', 'Operator')} ${phase.operator}`, t('核对密码', 'Checking'), '', wait];
    case 'newPassword':
      return [
        `${t('操作员', 'Operator')} ${phase.operator}`,
        phase.first === undefined ? t('请输入新密码', 'New password:') : t('再输一次新密码', 'Once more:'),
        '*'.repeat(phase.entered.length),
        enterClear,
      ];
    case 'listingOperators':
      return [t('柜员列表', 'Operators'), '', '', wait];
    case 'operators': {
      const line = (n: number): string => phase.ids.slice(phase.at + n * 5, phase.at + n * 5 + 5).join(' ');
      return [line(0), line(1), line(2), t('按确认键返回', 'ENTER to go on')];
    }
  }
};
