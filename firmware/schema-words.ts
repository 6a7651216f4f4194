/** The small words that the configuration's schema is made of. */
import * as v from 'valibot';

export const text = (min: number, max: number) => v.pipe(v.string(), v.minLength(min), v.maxLength(max));
export const digits = (length: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^\\d{${length}}$`), `${length} digits`));
export const integer = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
export const milliseconds = (low: number, high: number) => integer(low, high);
export const described = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));

/** Words for paper: nothing in them that a printer would obey, or that isn't a character. */
export const words = (min: number, max: number) =>
  v.pipe(
    text(min, max),
    v.check((it) => !/\p{Cc}|\p{Cs}/u.test(it), 'text without control characters or halves of characters'),
  );
