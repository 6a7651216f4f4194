/** terminalctl: the technician's tool. One command a task; `--json` gives machines what a person reads as text. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import { asking } from './ask-secretly.ts';
import { Refusal } from './configured.ts';
import * as keys from './keys-command.ts';
import * as ledger from './ledger-command.ts';

import type { Output } from './output.ts';
import { probePrinter } from './printer-command.ts';
import { replayCommand } from './replay-command.ts';
import { showSlip, slipNames } from './slip-command.ts';

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on is expected.');
  return value;
};

const shortCode = (text: string, before: readonly string[] = []): readonly string[] => {
  if (!/^[0-9A-Fa-f]{8}$/.test(text)) throw new InvalidArgumentError('8 hex digits are expected, as on a slip.');
  return [...before, text];
};

const publicKey = (text: string): string => {
  if (!/^[0-9A-Fa-f]{64}$/.test(text)) throw new InvalidArgumentError('64 hex digits are expected.');
  return text;
};

const withSource = (command: Command): Command =>
  command
    .option('-c, --config <file>', "the terminal's configuration: its ledger is meant")
    .option('-d, --directory <dir>', 'a folder of batch files, such as a copy; with --device-key')
    .option('-k, --device-key <file>', 'the device key under which its records are checked')
    .option('--anchor <file>', 'the anchor that belongs to it');

const json = (): Option => new Option('--json', 'one JSON object a line, for machines');

/**
 * @param leave is given the exit code
 * @param input where secrets are typed
 */
export const program = (
  out: Output,
  leave: (code: number) => void,
  input: NodeJS.ReadableStream = process.stdin,
): Command => {
  const root = new Command('terminalctl')
    .description("The technician's tool of a Slipsafe terminal.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.text(text), writeErr: (text) => out.problem(text.trimEnd()) })
    .addHelpText('after', '\nExit code: 0 as it should be; 1 something is wrong, and said; 2 the command line is.');

  const ledgerCommand = root.command('ledger').description('look into the ledger, prove it, take it along');
  withSource(ledgerCommand.command('verify'))
    .argument('[export]', 'an export to check, instead of a ledger: needs no key')
    .description('is it intact? else the first altered, missing or torn record')
    .option('--code <code>', 'is this 账本校验 of a slip in it? may be repeated', shortCode)
    .option('--public-key <hex>', 'of an export: the key that the terminal is known by', publicKey)
    .addOption(json())
    .addHelpText(
      'after',
      `
A code that is not there means that the end was cut off or that an older copy was put in its place. It may be run while
the terminal trades.
  terminalctl ledger verify -c /etc/slipsafe/terminal.json --code 1A2B3C4D
  terminalctl ledger verify -d copy/ledger -k copy/device.key
  terminalctl ledger verify march.jsonl --public-key 9f…`,
    )
    .action((file, options) => leave(ledger.verify(file, options, out)));
  withSource(ledgerCommand.command('show'))
    .description('its transactions, a line each; with --facts every record')
    .option('-b, --batch <n>', 'only that batch file', positive)
    .option('-v, --voucher <n>', 'only that voucher (凭证号)', positive)
    .option('--facts', 'the records themselves, each with its code')
    .addOption(json())
    .action((options) => leave(ledger.show(options, out)));
  withSource(ledgerCommand.command('export'))
    .description('JSON lines, masked and signed, that anybody can check: docs/ledger-export.md')
    .option('-b, --batch <n>', 'only that batch file', positive)
    .option('-o, --output <file>', 'where to; else standard output')
    .action((options) => leave(ledger.exportLedger(options, out)));
  withSource(ledgerCommand.command('key'))
    .description('the public key that its exports are signed with')
    .addOption(json())
    .action((options) => leave(ledger.key(options, out)));

  const keysCommand = root.command('keys').description("the acquirer's master key (终端主密钥)");
  const withConfig = (command: Command): Command =>
    command.option('-c, --config <file>', "the terminal's configuration").addOption(json());
  withConfig(keysCommand.command('load'))
    .description('put it together from components, each with its check value; nothing typed is shown')
    .option('-n, --components <n>', 'how many there are', positive, 2)
    .addHelpText(
      'after',
      `
Each keeper types his component (16 or 32 hex digits) and the check value that he has in writing. Nothing is changed
unless all fit. From a pipe it takes a line each: component, check value, component, check value.
  terminalctl keys load -c /etc/slipsafe/terminal.json --components 3`,
    )
    .action(async (options) => {
      const { ask, end } = asking(input, process.stderr);
      try {
        leave(await keys.load(options, ask, out));
      } finally {
        end();
      }
    });
  withConfig(keysCommand.command('check'))
    .description('its check value, to be compared with the one that came with it; never the key')
    .action((options) => leave(keys.check(options, out)));

  withConfig(root.command('slip').description('slips, made of the ledger alone').command('show'))
    .description('a slip as it is on paper; without a voucher the last settlement')
    .option('-v, --voucher <n>', '凭证号, of the newest batch in which it is', positive)
    .option('-b, --batch <n>', 'only that batch file', positive)
    .addOption(
      new Option('-s, --slip <name>', 'which of its slips; else the one that tells how it stands').choices(slipNames),
    )
    .addHelpText('after', '\n  terminalctl slip show -c /etc/slipsafe/terminal.json --voucher 101 --slip cardholder')
    .action((options) => leave(showSlip(options, out)));

  root
    .command('printer')
    .description('printers that are new to the terminal')
    .command('probe')
    .description('asks a printer what it answers, and proposes its profile; prints nothing without --print')
    .option('-p, --port <path>', 'the serial port at which it is; the terminal must not run meanwhile')
    .option('-b, --baud <n>', 'bits a second', positive, 9600)
    .addOption(new Option('--flow <how>', 'flow control').choices(['none', 'rtscts', 'xonxoff']).default('none'))
    .option('-t, --tcp <host:port>', 'or where it is in the network; port 9100 unless given')
    .option('--print', 'also prints rulers, which show its columns and its Hanzi, and times its answer')
    .addOption(json())
    .addHelpText('after', '\n  terminalctl printer probe --port /dev/ttyS4 --baud 9600 --print > panel.json')
    .action(async (options) => leave(await probePrinter(options, out)));

  withSource(root.command('replay'))
    .argument('<export>', 'an export of the ledger')
    .description('a dispute as it happened: each event, screen, fact and effect, stepped again')
    .option('--flight <dir>', "the flight recorder's folder; else that of --config")
    .option('-v, --voucher <n>', 'only what belongs to that voucher (凭证号)', positive)
    .addOption(json())
    .action((file, options) => leave(replayCommand(file, options, out)));
  return root;
};

/** Runs a command line (without node and script), and gives its exit code. */
export const run = async (
  args: readonly string[],
  out: Output,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<number> => {
  let code = 0;
  try {
    await program(out, (given) => (code = given), input).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Refusal || error instanceof VaultError || error instanceof ledger.NotAnExport) {
      out.problem(error.message);
      return 2;
    }
    throw error;
  }
};
