/** A board that has no configuration yet, or a wrong one: it says which board it is and what to do, and waits. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../hal/clock.ts';
import type { Screen } from '../hal/display.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { withFiles } from './configured-files.ts';

/** How often the configuration is looked for. */
const lookMs = 3000;

/** Of the board's own numbers the first that there is; the last eight characters are enough to know it among others. */
const numberFiles = ['/sys/firmware/devicetree/base/serial-number', '/etc/machine-id'];

export const boardNumber = (files: readonly string[] = numberFiles): string => {
  for (const file of files) {
    try {
      const number = readFileSync(file, 'latin1').replaceAll(/[^0-9A-Za-z]/g, '');
      if (number !== '') return number.slice(-8).toUpperCase();
    } catch {
      // Not this kind of board: the next file tells.
    }
  }
  return 'UNKNOWN';
};

/** In both languages: which one is to be shown stands in the configuration. */
const screen = (missing: boolean): Screen => ({
  lines: ['Slipsafe', missing ? '未配置 No config' : '配置错 Wrong cfg', `Board ${boardNumber()}`, '见手册 device.md'],
});

export interface Waiting {
  readonly path: string;
  readonly errors: readonly string[];
  readonly clock: Clock;
  readonly show: (screen: Screen) => void;
  readonly log: (line: object, words: string) => void;
}

/** Resolves when there is a right configuration. */
export const waitForConfiguration = async ({ path, errors, clock, show, log }: Waiting): Promise<Configuration> => {
  const remedy = `Put the terminal's configuration at ${path} (slipsafe check says whether it is right); it is taken up by itself.`;
  const tell = (wrong: readonly string[]): void => {
    const missing = wrong.some((error) => error.startsWith(`${path}: there is no such file`));
    show(screen(missing));
    log({ board: boardNumber(), errors: wrong, remedy }, missing ? 'not configured' : 'configuration is not right');
  };
  tell(errors);
  for (let told = errors; ; ) {
    await new Promise<void>((resolve) => void clock.schedule(lookMs, resolve));
    const read = withFiles(readConfiguration(path));
    if (read.valid) return read.configuration;
    if (read.errors.join() !== told.join()) tell(read.errors);
    told = read.errors;
  }
};
