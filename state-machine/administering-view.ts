/** The screens of 系统管理: parameters, version and self-test. */
import type { DeviceName } from '../hal/device.ts';
import type { ParameterFlaw, ParameterOutcome, ParameterUnit, TerminalParameter } from '../hal/parameters.ts';
import type { MinorUnits } from '../hal/units.ts';
import type { DeviceCheck } from './effects.ts';
import type { MaintenanceWork } from './facts.ts';
import type { PhaseOf } from './state.ts';
import { columns, decimal, type Identity, type Language, type Lines, say, shownAt, type Words } from './words.ts';

const units: { readonly [U in ParameterUnit]: Words } = {
  fen: { 'zh-CN': '', en: '' },
  s: { 'zh-CN': '秒', en: 's' },
  min: { 'zh-CN': '分钟', en: 'min' },
  days: { 'zh-CN': '天', en: 'days' },
  years: { 'zh-CN': '年', en: 'years' },
  '%': { 'zh-CN': '%', en: '%' },
  pieces: { 'zh-CN': '', en: '' },
};

/** A value of that parameter's, by its digits, as a person reads it. */
const valueWords = (parameter: TerminalParameter, digits: string, language: Language): string => {
  switch (parameter.kind) {
    case 'number': {
      const { unit } = parameter;
      if (digits === '') return '';
      return unit === 'fen' ? decimal(Number(digits) as MinorUnits) : `${digits} ${units[unit][language]}`.trimEnd();
    }
    case 'boolean':
      return { '0': say(language, '否', 'no'), '1': say(language, '是', 'yes') }[digits] ?? digits;
    case 'choice':
      return parameter.options[Number(digits) - 1] ?? digits;
    case 'time':
      if (digits === '') return say(language, '不自动', 'never');
      return digits.length < 3 ? digits : `${digits.slice(0, 2)}:${digits.slice(2)}`;
  }
};

/** What may be typed. */
const range = (parameter: TerminalParameter, language: Language): string => {
  switch (parameter.kind) {
    case 'number': {
      const shown = (bound: number): string =>
        parameter.unit === 'fen' ? decimal(bound as MinorUnits) : String(bound);
      const both = `${shown(parameter.low)}-${shown(parameter.high)}`;
      return both.length <= columns ? both : `<=${shown(parameter.high)}`;
    }
    case 'boolean':
      return say(language, '1是 0否', '1 yes 0 no');
    case 'choice':
      return parameter.options.map((option, at) => `${at + 1}:${option}`).join(' ');
    case 'time':
      return say(language, '时分 空为不自动', 'HHMM; none: off');
  }
};

const flaws: { readonly [F in ParameterFlaw]: Words } = {
  notAChoice: { 'zh-CN': '无此选项 可选:', en: 'No such choice:' },
  tooLow: { 'zh-CN': '太小 范围:', en: 'Too low; may be' },
  tooHigh: { 'zh-CN': '太大 范围:', en: 'Too high; may be' },
  noTime: { 'zh-CN': '时间有误', en: 'No time of day' },
  notRight: { 'zh-CN': '与其他参数不符', en: 'Does not fit in' },
};

const became = (answer: ParameterOutcome, language: Language): readonly [string, string] => {
  switch (answer.result) {
    case 'changed':
      return [say(language, '参数已改', 'Changed'), say(language, '重启后生效', 'From a restart')];
    case 'unchanged':
      return [say(language, '未更改', 'Nothing changed'), say(language, '与原值相同', 'It is so already')];
    case 'refused':
      return [say(language, '未更改', 'Nothing changed'), flaws[answer.why][language]];
    case 'notStored':
      return [say(language, '未更改', 'Nothing changed'), say(language, '存储故障', 'Storage failed')];
  }
};

type ParameterPhase = 'parameters' | 'parameterValue' | 'parameterConfirm' | 'writingParameter' | 'parameterTold';

export const parameterLines = (phase: PhaseOf<ParameterPhase>, language: Language): Lines => {
  const { parameters, at } = phase;
  const parameter = shownAt(parameters, at);
  const { label } = parameter;
  const holds = valueWords(parameter, parameter.digits, language);
  switch (phase.name) {
    case 'parameters':
      return [label, holds, `${at + 1}/${parameters.length}`, say(language, '1改 确认下 取消', '1Set ENTER: next')];
    case 'parameterValue':
      return [
        label,
        phase.entered === '' ? '' : valueWords(parameter, phase.entered, language),
        range(parameter, language),
        say(language, '确认 清除 取消', 'ENTER CLEAR'),
      ];
    case 'parameterConfirm':
      return [
        label,
        holds,
        `→ ${valueWords(parameter, phase.entered, language)}`,
        say(language, '确认更改 取消', 'ENTER: change'),
      ];
    case 'writingParameter':
      return [label, say(language, '正在保存', 'Storing'), '', say(language, '请稍候', 'Please wait')];
    case 'parameterTold': {
      const { answer } = phase;
      const isRange = answer.result === 'refused' && answer.why !== 'notRight';
      return [
        ...became(answer, language),
        isRange ? range(parameter, language) : label,
        say(language, '按确认键返回', 'ENTER to go on'),
      ];
    }
  }
};

/** `host:port` over two lines, under its name; one that is longer takes the name's line as well, and then loses its beginning. */
const address = (name: string, text: string): readonly [string, string, string] => {
  const line = (rest: string, n: number): string => rest.slice(n * columns, (n + 1) * columns);
  if (text.length <= 2 * columns) return [name, line(text, 0), line(text, 1)];
  const end = text.slice(-3 * columns);
  return [line(end, 0), line(end, 1), line(end, 2)];
};

export const versionLines = (
  { version, page }: PhaseOf<'version'>,
  { terminalId }: Identity,
  language: Language,
): Lines => {
  const { build, checksum, merchantId, acquirers } = version;
  const next = say(language, '确认 下页', 'ENTER: next');
  if (page === 0) {
    return [say(language, '程序版本', 'Program'), build, `${say(language, '校验', 'Sum')} ${checksum}`, next];
  }
  const isLast = page > acquirers.length;
  const leave = isLast ? say(language, '按确认键返回', 'ENTER to go on') : next;
  if (page === 1) {
    return [say(language, '商户号 终端号', 'Merchant, term.'), merchantId, terminalId, leave];
  }
  const name = page === 2 ? say(language, '收单行', 'Acquirer') : say(language, '收单行 备用', 'Acquirer, other');
  return [...address(name, acquirers[page - 2] ?? ''), leave];
};

export const deviceNames: { readonly [D in DeviceName]: Words } = {
  keypad: { 'zh-CN': '按键盘', en: 'Keypad' },
  cardReader: { 'zh-CN': '读卡器', en: 'Reader' },
  pinPad: { 'zh-CN': '密码键盘', en: 'PIN pad' },
  printer: { 'zh-CN': '打印机', en: 'Printer' },
  display: { 'zh-CN': '显示屏', en: 'Display' },
  acquirer: { 'zh-CN': '线路', en: 'Line' },
  ledger: { 'zh-CN': '账本', en: 'Ledger' },
};

/** A device, whether it is well, and how often it failed since the start. */
export const checkLine = ({ device, fault, faults }: DeviceCheck, language: Language): string => {
  const state = fault === undefined ? say(language, '正常', 'ok') : say(language, '异常', 'BAD');
  return `${deviceNames[device][language]} ${state} ${Math.min(faults, 99)}`;
};

export const selfTestLines = ({ checks, at }: PhaseOf<'selfTest'>, language: Language): Lines => {
  const line = (n: number): string => {
    const check = checks[at + n];
    return check === undefined ? '' : checkLine(check, language);
  };
  return [line(0), line(1), line(2), say(language, '1打印 确认下页', '1Print ENTER')];
};

export const maintenanceWords: { readonly [W in MaintenanceWork]: Words } = {
  inspected: { 'zh-CN': '巡检', en: 'Checked' },
  cleaned: { 'zh-CN': '清洁', en: 'Cleaned' },
  repaired: { 'zh-CN': '维修', en: 'Repaired' },
  replaced: { 'zh-CN': '换件', en: 'Part replaced' },
  updated: { 'zh-CN': '升级', en: 'Updated' },
};
