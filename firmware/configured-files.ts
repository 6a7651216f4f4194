/** The files that a configuration names: one that a start can't use makes the configuration a wrong one. */
import type { ConfigurationResult } from './configuration.ts';
import { readLogo } from './slips/logo.ts';
import { ConfiguredFileError, readTls } from './tls-files.ts';

/** As it was, or what is wrong with the files that it names. */
export const withFiles = (result: ConfigurationResult): ConfigurationResult => {
  if (!result.valid) return result;
  const { acquirer, printer, secondPrinter = printer, slip } = result.configuration;
  try {
    if (acquirer.tls !== undefined) readTls(acquirer.tls);
    if (slip.logo !== undefined) readLogo(slip.logo, Math.min(printer.paper, secondPrinter.paper) as 58 | 80);
  } catch (error) {
    if (!(error instanceof ConfiguredFileError)) throw error;
    return { valid: false, errors: [error.message] };
  }
  return result;
};
