/** Where a command's words go. */
export interface Output {
  /** A line of what was asked for. */
  line(text: string): void;
  /** What was asked for, with its own line ends. */
  text(content: string): void;
  /** What a person is told beside it. */
  problem(text: string): void;
}

export const standardOutput: Output = {
  line: (text) => void process.stdout.write(`${text}\n`),
  text: (content) => void process.stdout.write(content),
  problem: (text) => void process.stderr.write(`terminalctl: ${text}\n`),
};
