/** The tables of docs/parameters.md. */
import { type Parameter, parametersOf, type Value } from '../firmware/parameter-table.ts';
import { terminalParameters } from '../firmware/parameters.ts';
import type { TerminalParameter } from '../hal/parameters.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const code = (value: Value | undefined): string =>
  value === undefined ? '' : `\`${typeof value === 'object' ? value.join(', ') : String(value)}\``;

const mayBe = (parameter: Parameter): string => {
  switch (parameter.kind) {
    case 'number':
      return [`${parameter.low ?? ''} … ${parameter.high ?? ''}`, parameter.unit ?? ''].join(' ').trim();
    case 'boolean':
      return '`true`, `false`';
    case 'choice':
      return parameter.options.map(code).join(', ');
    default:
      return parameter.kind;
  }
};

/** Every key but those of the devices, which depend on their drivers. */
export const allParameters = (): string =>
  table(
    ['key', 'default', 'may be', 'what it is for'],
    parametersOf({})
      .filter(({ key }) => !key.endsWith('.driver'))
      .map((each) => [code(each.key), code(each.default), mayBe(each), each.description ?? '']),
  );

const typed = (parameter: TerminalParameter): string => {
  switch (parameter.kind) {
    case 'number':
      return `${parameter.low} … ${parameter.high} ${parameter.unit === 'pieces' ? '' : parameter.unit}`.trim();
    case 'boolean':
      return '1 yes, 0 no';
    case 'choice':
      return parameter.options.map((option, index) => `${index + 1} ${option}`).join(', ');
    case 'time':
      return 'hhmm; nothing for never';
  }
};

/** What operator 99 may change at the terminal. */
export const atTheTerminal = (): string => {
  const english = terminalParameters({}, 'en');
  return table(
    ['中文', 'English', 'typed', 'key'],
    terminalParameters({}, 'zh-CN').map((each, index) => [
      each.label,
      english[index]?.label ?? '',
      typed(each),
      code(each.key),
    ]),
  );
};
