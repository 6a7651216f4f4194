import { test } from 'tap';
import { checkConfiguration } from '../../../firmware/configuration.ts';
import { parametersOf } from '../../../firmware/terminalctl/shown-configuration.ts';
import { smallest } from '../smallest.ts';

/** What is left out on purpose, or stands under another name. */
const elsewhere = ['$schema', 'metrics'];

test('every section of the configuration is shown, and a printer in the network by its address', (t) => {
  const port = { transport: 'tcp', host: '10.0.0.9', port: 9100 };
  const secondPrinter = { driver: 'file' };
  const printer = { driver: 'escpos', profile: 'epson', port };
  const checked = checkConfiguration({ ...smallest(), printer, secondPrinter }, '/');
  if (!checked.valid) throw new Error(checked.errors.join());
  const shown = parametersOf(checked.configuration) as Readonly<Record<string, unknown>>;
  t.match(shown, { printer: { port: '10.0.0.9:9100' }, keypad: { port: /^\/.* at \d+$/ }, secondPrinter });
  const missing = Object.keys(checked.configuration).filter((key) => !(key in shown) && !elsewhere.includes(key));
  t.strictSame(missing, []);
  t.end();
});
