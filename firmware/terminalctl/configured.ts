import { type Configuration, readConfiguration } from '../configuration.ts';

/** A fault that a person is told in one line; the exit code is 2. */
export class Refusal extends Error {}

/** The configuration of the terminal that is meant. @throws Refusal */
export const configured = (config: string | undefined): Configuration => {
  if (config === undefined) throw new Refusal('say which terminal: --config FILE');
  const result = readConfiguration(config);
  if (!result.valid) throw new Refusal(`the configuration is not right:\n  ${result.errors.join('\n  ')}`);
  return result.configuration;
};
