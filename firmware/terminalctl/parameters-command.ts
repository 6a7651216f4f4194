/** `terminalctl params`: list, get, set, diff. A password's hash is never shown. */
import { realpathSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { checkConfiguration } from '../configuration.ts';
import { type Assignment, changesBetween, editConfiguration, readContent } from '../configuration-file.ts';
import {
  type Content,
  type Parameter,
  parametersOf,
  type Value,
  valueAt,
  valueIn,
  withValue,
} from '../parameter-table.ts';
import { configurationPath, Refusal } from './configured.ts';
import type { Output } from './output.ts';

export interface ParametersOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly unset?: readonly string[];
}

const howToFind = '`terminalctl params list` names all';

/** The file that is meant, and what it has; it need not be right yet. @throws Refusal */
const source = (config: string | undefined): { readonly path: string; readonly content: Content } => {
  const named = configurationPath(config);
  try {
    const path = realpathSync(named);
    return { path, content: readContent(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError) throw new Refusal(`${named}: no valid JSON (${message})`);
    throw new Refusal(`${named} can't be read (${code})`);
  }
};

const text = (value: Value | null | undefined): string => {
  if (value === undefined || value === null) return '-';
  if (typeof value === 'object') return value.join(',');
  return value === '' ? '""' : String(value);
};

const shown = (content: Content, parameter: Parameter): string => {
  const value = valueIn(content, parameter);
  return parameter.isSecret && value !== undefined ? '(set)' : text(value);
};

/** The keys of a group, or the one key. */
const chosen = (content: Content, keys: readonly string[]): readonly Parameter[] => {
  const all = parametersOf(content);
  if (keys.length === 0) return all;
  return keys.flatMap((key) => {
    const those = all.filter((each) => each.key === key || each.key.startsWith(`${key}.`));
    if (those.length === 0) throw new Refusal(`${key}: no such key; ${howToFind}`);
    return those;
  });
};

const limits = (parameter: Parameter): string => {
  switch (parameter.kind) {
    case 'number':
      return `${parameter.low ?? ''}–${parameter.high ?? ''}`;
    case 'boolean':
      return 'true|false';
    case 'choice':
      return parameter.options.join('|');
    default:
      return parameter.kind;
  }
};

const asJson = (content: Content, parameter: Parameter): string => {
  const { isSecret, ...rest } = parameter;
  const value = isSecret ? shown(content, parameter) : valueIn(content, parameter);
  return JSON.stringify({ ...rest, value: value ?? null, isDefault: valueAt(content, parameter.key) === undefined });
};

const table = (rows: readonly (readonly string[])[], out: Output): void => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of rows) {
    out.line(
      cells
        .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    );
  }
};

/** Every key: its value, default, what it may be, and what it is for. */
export const list = (keys: readonly string[], options: ParametersOptions, out: Output): number => {
  const { content } = source(options.config);
  const parameters = chosen(content, keys);
  if (options.json === true) for (const each of parameters) out.line(asJson(content, each));
  else {
    const row = (each: Parameter): readonly string[] => [
      each.key,
      shown(content, each),
      text(each.default),
      [limits(each), each.unit ?? ''].join(' ').trim(),
      each.description ?? '',
    ];
    table([['key', 'value', 'default', 'may be', ''], ...parameters.map(row)], out);
  }
  return 0;
};

/** Values alone, to be used by a script; of a group a line each, with the key. */
export const get = (keys: readonly string[], options: ParametersOptions, out: Output): number => {
  const { content } = source(options.config);
  for (const each of chosen(content, keys)) {
    if (options.json === true) out.line(asJson(content, each));
    else
      out.line(
        keys.length === 1 && keys[0] === each.key ? shown(content, each) : `${each.key}=${shown(content, each)}`,
      );
  }
  return 0;
};

const valueFrom = (parameter: Parameter, given: string): Value => {
  const { key } = parameter;
  const wrong = (expected: string) =>
    new Refusal(`${key}: expected ${expected}, found "${given}"; nothing was changed`);
  switch (parameter.kind) {
    case 'number':
      if (!/^\d+$/.test(given)) throw wrong(`a whole number, ${limits(parameter)}`);
      return Number(given);
    case 'boolean':
      if (given !== 'true' && given !== 'false') throw wrong('true or false');
      return given === 'true';
    case 'choice': {
      const option = parameter.options.find((each) => String(each) === given);
      if (option === undefined) throw wrong(limits(parameter));
      return option;
    }
    case 'numbers':
      if (!/^\d+(?:,\d+)*$/.test(given)) throw wrong('whole numbers with commas between');
      return given.split(',').map(Number);
    case 'text':
      return given;
  }
};

/** What `KEY=VALUE …` asks for. A device's keys depend on its driver, so a driver is taken first. */
const assignmentsOf = (content: Content, given: readonly string[]): readonly Assignment[] => {
  const pairs = given.map((each) => {
    const [, key, value] = /^([\w.]+)=(.*)$/s.exec(each) ?? [];
    if (key === undefined || value === undefined) throw new Refusal(`${each}: KEY=VALUE is expected`);
    return { key, value };
  });
  const drivers = pairs.filter(({ key }) => key.endsWith('.driver'));
  const known = parametersOf(drivers.reduce((sum, { key, value }) => withValue(sum, key, value), content));
  return pairs.map(({ key, value }) => {
    const parameter = known.find((each) => each.key === key);
    if (parameter === undefined) throw new Refusal(`${key}: no such key; ${howToFind}; nothing was changed`);
    return { key, value: valueFrom(parameter, value) };
  });
};

/** @throws Refusal, with nothing changed */
export const set = async (given: readonly string[], options: ParametersOptions, out: Output): Promise<number> => {
  const { path, content } = source(options.config);
  const unset = (options.unset ?? []).map((key) => ({ key, value: undefined }));
  const known = parametersOf(content);
  for (const { key } of unset) {
    if (known.some((each) => each.key === key || each.key.startsWith(`${key}.`))) continue;
    throw new Refusal(`${key}: no such key; ${howToFind}; nothing was changed`);
  }
  const assignments = [...unset, ...assignmentsOf(content, given)];
  if (assignments.length === 0) throw new Refusal('say what: KEY=VALUE, or --unset KEY');
  const edited = await editConfiguration(path, assignments);
  if (edited.result === 'refused') throw new Refusal(`nothing was changed:\n  ${edited.errors.join('\n  ')}`);
  if (edited.result === 'notStored') throw new Refusal(`${edited.what} ${edited.remedy}`);
  const { changes } = edited;
  for (const { key, from, to } of changes) {
    out.line(options.json === true ? JSON.stringify({ key, from, to }) : `${key}: ${text(from)} → ${text(to)}`);
  }
  out.problem(
    changes.length === 0
      ? 'all of that held already'
      : `${changes.length} changed in ${path}; the terminal reads it at its next start`,
  );
  return 0;
};

/** What isn't as by default, or as in another file. */
export const diff = (other: string | undefined, options: ParametersOptions, out: Output): number => {
  const { path, content } = source(options.config);
  const theirs = other === undefined ? undefined : source(other).content;
  const differing =
    theirs === undefined
      ? parametersOf(content).flatMap((each) => {
          const [from, to] = [each.default, valueIn(content, each)];
          if (from === undefined || JSON.stringify(from) === JSON.stringify(to)) return [];
          return [{ key: each.key, from, to: to ?? null }];
        })
      : changesBetween(theirs, content);
  for (const { key, from, to } of differing) {
    out.line(options.json === true ? JSON.stringify({ key, from, to }) : `${key}: ${text(from)} → ${text(to)}`);
  }
  const than = other === undefined ? 'by default' : `in ${other}`;
  out.problem(`${differing.length === 0 ? 'every key is' : `${differing.length} not`} as ${than}`);
  const checked = checkConfiguration(content, '/');
  if (!checked.valid) throw new Refusal(`${path} is not right:\n  ${checked.errors.join('\n  ')}`);
  return 0;
};

const repeated = (key: string, before: readonly string[] = []): readonly string[] => [...before, key];

/** `params` and what is below it. */
export const addParameters = (root: Command, json: () => Option, out: Output, leave: (code: number) => void): void => {
  const params = root
    .command('params')
    .description("the configuration's keys: what they are, and to change them safely");
  const below = (name: string, description: string): Command =>
    params
      .command(name)
      .description(description)
      .option('-c, --config <file>', "the terminal's configuration")
      .addOption(json());
  below('list', 'each key: value, default, what it may be, what it is for')
    .argument('[key...]', 'keys or groups, such as timers; else all')
    .action((keys, options) => leave(list(keys, options, out)));
  below('get', 'values, for a script')
    .argument('<key...>', 'keys or groups')
    .action((keys, options) => leave(get(keys, options, out)));
  below('set', 'change keys; all of them or none, and only to what is right')
    .argument('[assignments...]', 'KEY=VALUE')
    .option('--unset <key>', 'take it out of the file, so that its default holds; may be repeated', repeated)
    .addHelpText(
      'after',
      `
The file is checked as at a start, written whole, and the one before stays beside it as .old. Restart the terminal after.
  terminalctl params set -c /etc/slipsafe/terminal.json timers.cardMs=45000 slip.copies=1
  terminalctl params set -c /etc/slipsafe/terminal.json --unset settlement.at`,
    )
    .action(async (given, options) => leave(await set(given, options, out)));
  below('diff', 'what is not as by default, or as in another file')
    .argument('[file]', 'another configuration')
    .action((other, options) => leave(diff(other, options, out)));
};
