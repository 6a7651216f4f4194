import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../storage/file-system.ts';
import { checkPrinterProfile, type PaperWidth, type PrinterProfile, type ProfileResult } from './printer-profile.ts';

/** Beside this module; in a bundle, which is one file without modules, beside the program. */
const { url } = import.meta as { readonly url?: string };
export const shipped = join(
  dirname(url === undefined ? realpathSync(process.argv[1] ?? '.') : fileURLToPath(url)),
  'profiles',
);
const ending = '.json';

/** The profiles that come with Slipsafe, by name: whatever lies in `profiles/`. */
export const profileNames = (): readonly string[] =>
  readdirSync(shipped)
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending))
    .sort();

/**
 * Reads a profile: one of those that come with Slipsafe, by its name, or any file, by a path with a slash or `.json` in
 * it, relative to `directory`. Errors are for the person who wrote it, and name the key.
 */
export const readPrinterProfile = (name: string, width: PaperWidth, directory: string): ProfileResult => {
  const isPath = name.includes('/') || name.endsWith(ending);
  if (!isPath && !profileNames().includes(name)) {
    const known = profileNames()
      .map((each) => `"${each}"`)
      .join(', ');
    return { valid: false, errors: [`expected ${known} or the path of a file, found "${name}"`] };
  }
  const path = isPath ? resolve(directory, name) : resolve(shipped, name + ending);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? `no valid JSON (${error.message})` : whyUnread(errorCode(error));
    return { valid: false, errors: [`${path}: ${why}`] };
  }
  const result = checkPrinterProfile(content, basename(path, ending), width);
  return result.valid ? result : { valid: false, errors: result.errors.map((error) => `${path}: ${error}`) };
};

/** The file of a profile that comes with Slipsafe, to begin another with. */
export const shippedProfileFile = (name: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(resolve(shipped, name + ending), 'utf8')) as Record<string, unknown>;

const whyUnread = (code: string | undefined): string =>
  code === 'ENOENT' ? 'there is no such file' : `it can't be read${code === undefined ? '' : ` (${code})`}`;

/** One of the profiles that come with Slipsafe. Change single values of it by spreading. @throws TypeError */
export const printerProfile = (name: string, width: PaperWidth = 58): PrinterProfile => {
  const result = readPrinterProfile(name, width, shipped);
  if (!result.valid) throw new TypeError(result.errors.join('\n'));
  return result.profile;
};
