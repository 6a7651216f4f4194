/** The manual page and bash's completion, made of the commands themselves. */
import type { Command } from 'commander';

/** Text as troff takes it. */
const troff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(['.])/gm, '\\&$1')
    .replaceAll(
      /[^\n -~]/gu,
      (each) => `\\[u${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );

const isHidden = (command: Command): boolean => command.name() === 'help';

/** Each command that does something, with the words before its name. */
const leaves = (command: Command, before = ''): readonly { readonly name: string; readonly command: Command }[] =>
  command.commands
    .filter((each) => !isHidden(each))
    .flatMap((each) => {
      const name = `${before}${each.name()}`;
      return each.commands.length > 0 ? leaves(each, `${name} `) : [{ name, command: each }];
    });

const optionLines = (command: Command): string[] =>
  command.options.flatMap(({ flags, description }) => ['.RS', '.TP', `.B ${troff(flags)}`, troff(description), '.RE']);

/** The page `terminalctl(1)`. */
export const manualPage = (root: Command): string => {
  const commands = leaves(root).flatMap(({ name, command }) => {
    const wanted = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
    return ['.TP', `.B ${troff([name, ...wanted].join(' '))}`, troff(command.description()), ...optionLines(command)];
  });
  return [
    '.TH TERMINALCTL 1',
    '.SH NAME',
    `terminalctl \\- ${troff(root.description())}`,
    '.SH SYNOPSIS',
    '.B terminalctl',
    '.I command',
    '[options]',
    '.SH COMMANDS',
    ...commands,
    '.SH EXIT STATUS',
    '0 as it should be; 1 something is wrong, and said; 2 the command line is, or the terminal can\\(aqt be asked.',
    '.SH FILES',
    '/etc/slipsafe/terminal.json, /run/slipsafe/control.sock, /var/lib/slipsafe, /opt/slipsafe',
    '',
  ].join('\n');
};

/** What bash completes after these words: the next commands, or options; a word of our own names holds no quote. */
export const bashCompletion = (root: Command): string => {
  const rows: string[] = [];
  const walk = (command: Command, path: string): void => {
    const names = command.commands.filter((each) => !isHidden(each)).map((each) => each.name());
    const flags = command.options.flatMap(({ long }) => long ?? []);
    rows.push(`    '${path}') words='${[...names, ...flags, '--help'].join(' ')}' ;;`);
    for (const each of command.commands) if (!isHidden(each)) walk(each, `${path} ${each.name()}`.trim());
  };
  walk(root, '');
  return `# Completion of terminalctl for bash.
_terminalctl() {
  local word path='' words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; *) path="\${path:+$path }$word" ;; esac
  done
  case $path in
${rows.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _terminalctl terminalctl
`;
};
