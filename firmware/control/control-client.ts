import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askersFolder } from './askers.ts';
import type { Answer } from './control-server.ts';

/** Why the terminal can't be asked, for the person who asks. */
export class NotReached extends Error {}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not run (systemctl status slipsafe), or its socket is elsewhere (--socket)',
  ECONNREFUSED: 'it does not run (systemctl status slipsafe)',
  EACCES: 'you are not in the group pos',
};

/**
 * Sends one command, and gives each answer as it comes.
 *
 * @throws NotReached
 */
export async function* ask(socket: string, command: string, proof?: string): AsyncGenerator<Answer> {
  const connection = createConnection(socket);
  // The lines end when it does, with its error or without; this one tells which.
  let failed: NodeJS.ErrnoException | undefined;
  connection.on('error', (error) => (failed = error));
  connection.write(`${JSON.stringify({ command, proof })}\n`);
  try {
    for await (const line of createInterface({ input: connection })) yield JSON.parse(line) as Answer;
  } catch (error) {
    if (error !== failed) throw error;
  } finally {
    connection.destroy();
  }
  if (failed !== undefined) {
    throw new NotReached(`the terminal can't be asked at ${socket}: ${reasons[failed.code ?? ''] ?? failed.message}`);
  }
}

/** The one answer. @throws NotReached */
export const askOnce = async (socket: string, command: string, proof?: string): Promise<Answer> => {
  for await (const answer of ask(socket, command, proof)) return answer;
  throw new NotReached(`the terminal did not answer at ${socket}`);
};

/** The same of a command whose asker is recorded. @throws NotReached */
export const askByName = async (socket: string, command: string): Promise<Answer> => {
  const proof = randomBytes(16).toString('hex');
  const file = join(askersFolder(socket), proof);
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o400 });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new NotReached(`the terminal can't be asked at ${socket}: ${reasons[code] ?? code}`);
  }
  try {
    return await askOnce(socket, command, proof);
  } finally {
    rmSync(file, { force: true });
  }
};
