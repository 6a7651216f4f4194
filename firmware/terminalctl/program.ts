/** terminalctl: the technician's tool. One command a task; `--json` gives machines what a person reads as text. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { errorCode } from '../../drivers/storage/file-system.ts';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import { build } from '../build.ts';
import { NotReached } from '../control/control-client.ts';
import { ConfiguredFileError } from '../tls-files.ts';
import { askAndFollow } from './ask-command.ts';
import { asking } from './ask-secretly.ts';
import { Refusal } from './configured.ts';
import { doctor } from './doctor-command.ts';
import { addFind, find } from './find-command.ts';
import * as keys from './keys-command.ts';
import * as ledger from './ledger-command.ts';

import { bashCompletion, manualPage } from './manual.ts';
import type { Output } from './output.ts';
import { addParameters } from './parameters-command.ts';
import { probePrinter } from './printer-command.ts';
import { replayCommand } from './replay-command.ts';
import { showSlip, slipImage, slipNames } from './slip-command.ts';
import { showDevices, showStatus, watch } from './status-command.ts';
import { supportBundle } from './support-bundle.ts';
import * as update from './update-command.ts';

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
    .version(build, '--version', 'which build this is')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.text(text), writeErr: (text) => out.problem(text.trimEnd()) })
    .addHelpText(
      'after',
      '\nExit code: 0 as it should be; 1 something is wrong, and said; 2 the command line is,\nor what it names can not be asked or read.',
    );

  const running = (name: string, description: string, parent = root): Command =>
    parent
      .command(name)
      .description(description)
      .option('-s, --socket <path>', "the running terminal's control socket; else that of --config, else a board's own")
      .option('-c, --config <file>', "the terminal's configuration")
      .addOption(json());
  running('status', 'how the running terminal stands: phase, screen, what is open or due').action(async (options) =>
    leave(await showStatus(options, out)),
  );
  running('watch', 'the same, a line at each change, until Ctrl-C').action(async (options) =>
    leave(await watch(options, out)),
  );
  running('devices', 'its devices: there or not, and what to do').action(async (options) =>
    leave(await showDevices(options, out)),
  );
  running('settle', 'has the terminal settle (结算), when nothing is in hand; tells what becomes of it').action(
    async (options) => leave(await askAndFollow('settle', options, out)),
  );
  const reversal = root.command('reversal').description('the open reversal (冲正)');
  running('retry', 'has it sent again now, and tells what becomes of it', reversal).action(async (options) =>
    leave(await askAndFollow('reversal-retry', options, out)),
  );
  running('doctor', 'named checks: good, or bad and what to do').action(async (options) =>
    leave(await doctor(options, out)),
  );
  running('support-bundle', 'one file for whoever helps from afar, looked through for card data before it is written')
    .option('-o, --output <file>', 'where to; it must not be there yet')
    .action(async (options) => leave(await supportBundle(options, out)));
  const updateCommand = root.command('update').description("builds: the board's side of scripts/flash; for root");
  const withBoard = (command: Command): Command =>
    command
      .option('--root <dir>', "where builds are; else a board's own")
      .option('-s, --socket <path>', "the running terminal's control socket")
      .option('-c, --config <file>', "the terminal's configuration")
      .option('--restart <command>', 'how the terminal is started anew; else by systemd')
      .addOption(json());
  withBoard(updateCommand.command('stage'))
    .argument('<bundle>', 'with its signature beside it, .minisig')
    .option('--key <file>', 'the public key that it must be signed with; else /etc/slipsafe/update.pub')
    .description('check a bundle and put it into a slot; what runs goes on untouched')
    .action(async (file, options) => leave(await update.stageBundle(file, options, out)));
  withBoard(updateCommand.command('apply'))
    .argument('<build>', 'as stage names it')
    .description('start it, on trial; refused while anything is open')
    .action(async (build, options) => leave(await update.apply(build, options, out)));
  withBoard(updateCommand.command('rollback'))
    .description('go back to the build before; refused while anything is open')
    .action(async (options) => leave(await update.rollBack(options, out)));
  withBoard(updateCommand.command('show'))
    .description('which build runs, which one before, which is on trial or was taken back')
    .action((options) => leave(update.show(options, out)));
  withBoard(updateCommand.command('health'))
    .description('may a build on trial be confirmed?')
    .action(async (options) => leave(await update.health(options, out)));

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

  const slipCommand = root.command('slip').description('slips, made of the ledger alone');
  const withSlip = (command: Command): Command =>
    withConfig(command)
      .option('-v, --voucher <n>', '凭证号, of the newest batch in which it is', positive)
      .option('-b, --batch <n>', 'only that batch file', positive)
      .addOption(
        new Option('-s, --slip <name>', 'which slip; else the one that tells how it stands').choices(slipNames),
      );
  withSlip(slipCommand.command('show'))
    .description('a slip as it is on paper; without a voucher the last settlement')
    .addHelpText(
      'after',
      `
Of a voucher: merchant, cardholder, bank, reversal, query (for the bank), incident, refundRequest. Without one: settlement,
detail, totals, label, test.
  terminalctl slip show -c /etc/slipsafe/terminal.json --voucher 101 --slip cardholder`,
    )
    .action((options) => leave(showSlip(options, out)));
  withSlip(slipCommand.command('image'))
    .description('the same as a PNG of one bit a dot, as wide as the paper')
    .option('-o, --out <file>', 'where to')
    .addHelpText('after', '\n  terminalctl slip image -c /etc/slipsafe/terminal.json --voucher 101 --out 101.png')
    .action((options) => leave(slipImage(options, out)));

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
  addFind(root, withSource, json, positive, (options) => leave(find(options, out)));
  addParameters(root, json, out, leave);

  root
    .command('manual')
    .description('this as a manual page, for man(1)')
    .action(() => out.text(manualPage(root)));
  root
    .command('completion')
    .description("bash's completion of terminalctl")
    .action(() => out.text(bashCompletion(root)));
  return root;
};

/** What a person is told of a file that can't be used. */
const fileWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of this path is no folder',
  EISDIR: 'it is a folder, and a file is expected',
  EEXIST: 'it is there already: name another',
  EACCES: 'this user may not use it: run it as root, or as its owner',
  EPERM: 'this user may not use it: run it as root, or as its owner',
  ENOSPC: 'the disk is full',
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
    const expected = [Refusal, VaultError, NotReached, ConfiguredFileError, ledger.NotAnExport];
    if (error instanceof Error && expected.some((kind) => error instanceof kind)) {
      out.problem(error.message);
      return 2;
    }
    if (errorCode(error) === undefined) throw error;
    const { code = '', path, message } = error as NodeJS.ErrnoException;
    out.problem(path === undefined ? message : `${path}: ${fileWords[code] ?? message}`);
    return 2;
  }
};
