import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { AskSecretly } from './keys-command.ts';

/**
 * Asks on a terminal without an echo; from a pipe it takes lines as they come.
 *
 * @returns the question, and what ends it
 */
export const asking = (
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
): { readonly ask: AskSecretly; readonly end: () => void } => {
  const isTerminal = input.isTTY === true;
  // readline echoes into its output: into this one nothing comes but the prompts.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: isTerminal });
  const typed = lines[Symbol.asyncIterator]();
  return {
    ask: async (prompt) => {
      if (isTerminal) output.write(prompt);
      const line = await typed.next();
      if (isTerminal) output.write('\n');
      return line.done === true ? undefined : line.value;
    },
    end: () => lines.close(),
  };
};
