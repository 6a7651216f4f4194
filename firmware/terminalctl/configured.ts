import { existsSync } from 'node:fs';
import { type Configuration, readConfiguration } from '../configuration.ts';

/** Where a board has its configuration: on a board it need not be named. */
export const boardConfiguration = '/etc/slipsafe/terminal.json';

/** A fault that a person is told in one line; the exit code is 2. */
export class Refusal extends Error {}

/** The file that is meant: the board's own where none is named. @throws Refusal */
export const configurationPath = (config: string | undefined, orElse = ''): string => {
  if (config !== undefined) return config;
  if (existsSync(boardConfiguration)) return boardConfiguration;
  throw new Refusal(`say which terminal: --config FILE${orElse}; there is no ${boardConfiguration} here`);
};

/** The configuration of the terminal that is meant. @throws Refusal */
export const configured = (config: string | undefined): Configuration => {
  const result = readConfiguration(configurationPath(config));
  if (!result.valid) throw new Refusal(`the configuration is not right:\n  ${result.errors.join('\n  ')}`);
  return result.configuration;
};
