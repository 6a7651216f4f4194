/** The configuration's schema as a table: each key once, with what it may be. Nothing of it is said twice. */
import type * as v from 'valibot';
import { configurationSchema, secretKeys } from './configuration.ts';

export type Scalar = string | number | boolean;
export type Value = Scalar | readonly number[];
/** A configuration as its file has it. */
export type Content = { readonly [key: string]: unknown };

export type ParameterKind =
  | { readonly kind: 'number'; readonly low?: number; readonly high?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly Scalar[] }
  /** Some numbers, in an order. */
  | { readonly kind: 'numbers' }
  | { readonly kind: 'text' };

export type Parameter = ParameterKind & {
  /** With its group, such as `timers.cardMs`. */
  readonly key: string;
  readonly description?: string;
  readonly unit?: string;
  readonly default?: Value;
  /** Its value is never shown. */
  readonly isSecret: boolean;
};

/** What of valibot's objects is read here. */
type Schema = v.GenericSchema & {
  readonly type: string;
  readonly entries?: { readonly [key: string]: Schema };
  readonly wrapped?: Schema;
  readonly default?: unknown;
  readonly options?: readonly (Schema & Scalar)[];
  readonly literal?: Scalar;
  readonly pipe?: readonly Action[];
};
type Action = Partial<Schema> & {
  readonly type: string;
  readonly requirement?: unknown;
  readonly description?: string;
};

/** The actions of a pipe, and of those within it. */
const actionsOf = (schema: Schema): readonly Action[] =>
  (schema.pipe ?? []).flatMap((item) => (item === schema.pipe?.[0] ? actionsOf(item as Schema) : [item]));

const found = (schema: Schema, type: string): Action | undefined =>
  actionsOf(schema).findLast((action) => action.type === type);

const kindOf = (schema: Schema): ParameterKind => {
  switch (schema.type) {
    case 'number': {
      const low = found(schema, 'min_value')?.requirement;
      const high = found(schema, 'max_value')?.requirement;
      return {
        kind: 'number',
        ...(typeof low === 'number' && { low }),
        ...(typeof high === 'number' && { high }),
      };
    }
    case 'boolean':
      return { kind: 'boolean' };
    case 'picklist':
      return { kind: 'choice', options: schema.options ?? [] };
    case 'tuple_with_rest':
      return { kind: 'numbers' };
    case 'string':
      return { kind: 'text' };
    default:
      throw new Error(`The schema has a ${schema.type}, which has no kind`);
  }
};

/** The house's names carry their units. */
const units: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, 'ms'],
  [/Minutes$/, 'min'],
  [/Days$/, 'days'],
  [/Years$/, 'years'],
  [/Percent$/, '%'],
  [/BasisPoints$/, '0.01 %'],
];

const isObject = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const leaf = (key: string, schema: Schema, given: unknown): Parameter => {
  const description = found(schema, 'description')?.description;
  const unit = units.find(([suffix]) => suffix.test(key))?.[1];
  return {
    key,
    ...kindOf(schema),
    ...(description !== undefined && { description }),
    ...(unit !== undefined && { unit }),
    ...(given !== undefined && { default: given as Value }),
    isSecret: secretKeys.includes(key),
  };
};

/** A device's keys are those of its driver; of one that isn't known, none. */
const ofVariant = (key: string, options: readonly Schema[], content: Content): Parameter[] => {
  const drivers = options.map(({ entries }) => entries?.driver?.literal ?? '');
  const driver: Parameter = {
    key: `${key}.driver`,
    kind: 'choice',
    options: drivers,
    isSecret: false,
  };
  const chosen = options[drivers.indexOf((content.driver as string) ?? '')];
  const rest = chosen === undefined ? [] : walk(key, chosen, content, undefined);
  return [driver, ...rest.filter((each) => each.key !== driver.key)];
};

const walk = (key: string, schema: Schema, content: unknown, given: unknown): Parameter[] => {
  const inside = isObject(content) ? content : {};
  if (schema.wrapped !== undefined) {
    return walk(key, schema.wrapped, content, schema.default);
  }
  if (schema.type === 'variant') return ofVariant(key, schema.options ?? [], inside);
  if (schema.type === 'literal') return [];
  if (schema.entries === undefined) return [leaf(key, schema, given)];
  return Object.entries(schema.entries).flatMap(([name, entry]) =>
    name === '$schema' ? [] : walk(key === '' ? name : `${key}.${name}`, entry, inside[name], undefined),
  );
};

/** All keys that a configuration has or may have, in the order of the schema. */
export const parametersOf = (content: Content): readonly Parameter[] =>
  walk('', configurationSchema as unknown as Schema, content, undefined);

export const valueAt = (content: Content, key: string): Value | undefined => {
  let at: unknown = content;
  for (const name of key.split('.')) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return at as Value | undefined;
};

/** What holds: what the file says, or else the default. */
export const valueIn = (content: Content, parameter: Parameter): Value | undefined =>
  valueAt(content, parameter.key) ?? parameter.default;

/** The content with a value at a key; without one the key is gone, and with it a group that is left empty. */
export const withValue = (content: Content, key: string, value: Value | undefined): Content => {
  const [name, ...rest] = key.split('.') as [string, ...string[]];
  const { [name]: before, ...others } = content;
  if (rest.length > 0) {
    const inner = withValue(isObject(before) ? before : {}, rest.join('.'), value);
    if (Object.keys(inner).length === 0) return others;
    return name in content ? { ...content, [name]: inner } : { ...others, [name]: inner };
  }
  if (value === undefined) return others;
  return { ...content, [name]: value };
};
