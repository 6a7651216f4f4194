/**
 * The parameters that operator 99 may change at the terminal, in digits: its keypad has no others. What each may be is
 * read off the configuration's schema; here stands which, in which unit, and how it is called on four lines of sixteen
 * columns. docs/parameters.md lists them.
 */
import type {
  DigitKind,
  ParameterFlaw,
  ParameterOutcome,
  ParameterUnit,
  TerminalParameter,
} from '../hal/parameters.ts';
import { type EntryKind, kinds } from '../state-machine/kinds.ts';
import type { Language } from '../state-machine/view.ts';
import type { Words } from '../state-machine/words.ts';
import type { Configuration } from './configuration.ts';
import {
  boardFiles,
  type Change,
  type EditedFiles,
  type EditResult,
  editConfiguration,
  readContent,
} from './configuration-file.ts';
import { type Content, type Parameter, parametersOf, type Value, valueIn } from './parameter-table.ts';

interface Row {
  readonly key: string;
  readonly label: Words;
  readonly unit?: ParameterUnit;
  /** How many of the configuration's units one of the terminal's is. */
  readonly scale?: number;
  readonly isTime?: boolean;
}

const row = (key: string, zh: string, en: string, unit?: ParameterUnit): Row => ({
  key,
  label: { 'zh-CN': zh, en },
  ...(unit !== undefined && { unit }),
  ...(unit === 's' && { scale: 1000 }),
});

/** In the order of the list at the terminal. */
const rows: readonly Row[] = [
  row('policy.maxAmount', '单笔限额', 'Limit per sale', 'fen'),
  row('policy.maxDay', '日累计限额', 'Limit per day', 'fen'),
  row('policy.maxRefund', '退货限额', 'Refund limit', 'fen'),
  row('policy.refundBeyondNet', '退货可超净额', 'Refund over net'),
  row('policy.completionPercent', '预授权完成比例', 'Auth completion', '%'),
  row('policy.voidMinutes', '撤销期限', 'Void within', 'min'),
  row('policy.refundDays', '退货期限', 'Refund within', 'days'),
  row('policy.lateRefunds', '主管可延期退货', 'Late refunds'),
  row('policy.askOrderNumber', '输订单号', 'Ask order no.'),
  row('policy.askNote', '输备注码', 'Ask for a note'),
  row('policy.chipFallback', '芯片卡可刷卡', 'Swipe chip cards'),
  row('policy.pinBypass', '持卡人可不输密', 'PIN may be left'),
  row('policy.twinMinutes', '重复交易提示', 'Ask if twice', 'min'),
  row('policy.maxBatch', '最大交易笔数', 'Batch size', 'pieces'),
  row('policy.keepBySupervisor', '主管可保留交易', 'Keep w/o slip'),
  ...(Object.keys(kinds) as EntryKind[]).map(
    (kind): Row => ({
      key: `transactions.${kind}`,
      label: kinds[kind].name,
    }),
  ),
  row('timers.amountMs', '输金额时限', 'Time: amount', 's'),
  row('timers.confirmMs', '确认时限', 'Time: confirm', 's'),
  row('timers.cardMs', '刷卡时限', 'Time: card', 's'),
  row('timers.pinMs', '输密时限', 'Time: PIN', 's'),
  row('timers.passwordMs', '柜员密码时限', 'Time: password', 's'),
  row('acquirer.answerTimeoutMs', '联机应答时限', 'Time: answer', 's'),
  row('timers.paperGraceMs', '等待装纸时限', 'Time: paper', 's'),
  row('timers.tearOffMs', '撕单间隔', 'Time: tear off', 's'),
  row('timers.noticeMs', '提示显示时间', 'Time: messages', 's'),
  row('timers.refusalMs', '拒绝显示时间', 'Time: refusals', 's'),
  row('settlement.signOff', '结算后自动签退', 'Sign off after'),
  { ...row('settlement.at', '自动结算时间', 'Settle at'), isTime: true },
  row('slip.copies', '打印张数', 'Copies', 'pieces'),
  row('storage.keepYears', '签购单保管年限', 'Keep slips', 'years'),
  row('maintenance.everyDays', '维护提醒', 'Maintain every', 'days'),
  row('operators.mustSignOn', '柜员须签到', 'Must sign on'),
  row('operators.tries', '密码可试次数', 'Password tries', 'pieces'),
  row('operators.lockMinutes', '密码锁定时间', 'Lock-out', 'min'),
  row('language', '显示语言', 'Language'),
];

export type WriteResult =
  | { readonly result: 'changed'; readonly change: Change; readonly configuration: Configuration }
  | { readonly result: 'unchanged' }
  | { readonly result: 'refused'; readonly why: Exclude<ParameterFlaw, 'notRight'> | 'noSuchParameter' }
  /** It doesn't go with what else holds. */
  | { readonly result: 'refused'; readonly why: 'notRight'; readonly errors: readonly string[] }
  | Extract<EditResult, { readonly result: 'notStored' }>;

type Typed = { readonly value: Value | undefined } | Extract<WriteResult, { readonly result: 'refused' }>;

const refused = (why: Exclude<ParameterFlaw, 'notRight'> | 'noSuchParameter') => ({ result: 'refused', why }) as const;

const kindOf = ({ isTime, scale = 1, unit = 'pieces' }: Row, parameter: Parameter): DigitKind => {
  if (isTime === true) return { kind: 'time' };
  switch (parameter.kind) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'choice':
      return { kind: 'choice', options: parameter.options.map(String) };
    case 'number': {
      const { low = 0, high = Number.MAX_SAFE_INTEGER } = parameter;
      return { kind: 'number', low: Math.ceil(low / scale), high: Math.floor(high / scale), unit };
    }
    default:
      throw new Error(`${parameter.key} can't be typed in digits`);
  }
};

const digitsOf = ({ scale = 1 }: Row, parameter: Parameter, value: Value | undefined): string => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (parameter.kind === 'choice') return String((parameter.options as readonly Value[]).indexOf(value ?? '') + 1);
  return typeof value === 'number' ? String(Math.round(value / scale)) : String(value ?? '').replace(':', '');
};

const typed = (row: Row, parameter: Parameter, digits: string): Typed => {
  const kind = kindOf(row, parameter);
  switch (kind.kind) {
    case 'boolean':
      return digits === '0' || digits === '1' ? { value: digits === '1' } : refused('notAChoice');
    case 'choice': {
      const option = parameter.kind === 'choice' ? parameter.options[Number(digits) - 1] : undefined;
      return option === undefined ? refused('notAChoice') : { value: option };
    }
    case 'time':
      if (digits === '') return { value: undefined };
      return /^(?:[01]\d|2[0-3])[0-5]\d$/.test(digits)
        ? { value: `${digits.slice(0, 2)}:${digits.slice(2)}` }
        : refused('noTime');
    case 'number': {
      if (digits === '' || Number(digits) < kind.low) return refused('tooLow');
      return Number(digits) > kind.high ? refused('tooHigh') : { value: Number(digits) * (row.scale ?? 1) };
    }
  }
};

const rowsIn = (content: Content): readonly { readonly row: Row; readonly parameter: Parameter }[] => {
  const parameters = new Map(parametersOf(content).map((each) => [each.key, each]));
  return rows.map((row) => {
    const parameter = parameters.get(row.key);
    if (parameter === undefined) throw new Error(`The schema has no ${row.key}`);
    return { row, parameter };
  });
};

/** All of them, with what holds in a configuration. */
export const terminalParameters = (content: Content, language: Language): readonly TerminalParameter[] =>
  rowsIn(content).map(({ row, parameter }) => ({
    ...kindOf(row, parameter),
    key: row.key,
    label: row.label[language],
    digits: digitsOf(row, parameter, valueIn(content, parameter)),
  }));

/** Writes the file and tells what changed; that it is recorded and takes effect is the caller's. */
export class Parameters {
  readonly #path: string;
  readonly #files: EditedFiles;
  #content: Content;

  /**
   * @param path the configuration's file, which is right
   * @throws the file system's error
   */
  constructor(path: string, files: EditedFiles = boardFiles) {
    this.#path = path;
    this.#files = files;
    this.#content = readContent(path, files.fileSystem);
  }

  list(language: Language): readonly TerminalParameter[] {
    return terminalParameters(this.#content, language);
  }

  async write(key: string, digits: string): Promise<WriteResult> {
    const found = rowsIn(this.#content).find(({ row }) => row.key === key);
    if (found === undefined) return refused('noSuchParameter');
    const { row, parameter } = found;
    const wanted = typed(row, parameter, digits);
    if ('result' in wanted) return wanted;
    const edited = await editConfiguration(this.#path, [{ key, value: wanted.value }], this.#files);
    if (edited.result === 'notStored') return edited;
    if (edited.result === 'refused') return { result: 'refused', why: 'notRight', errors: edited.errors };
    this.#content = edited.content;
    const change = edited.changes.find((each) => each.key === key);
    if (change === undefined) return { result: 'unchanged' };
    return { result: 'changed', change, configuration: edited.configuration };
  }
}

const shown = (value: Change['to']): string => (value === null ? '-' : String(value));

/** What the machine is told of a change. */
export const parameterOutcome = (written: WriteResult): ParameterOutcome => {
  switch (written.result) {
    case 'changed':
      return { result: 'changed', from: shown(written.change.from), to: shown(written.change.to) };
    case 'refused':
      return { result: 'refused', why: written.why === 'noSuchParameter' ? 'notRight' : written.why };
    case 'notStored':
      return { result: 'notStored' };
    case 'unchanged':
      return written;
  }
};
