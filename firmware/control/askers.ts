/**
 * Who asks at the control socket, as the kernel says: Node does not tell the user at the far end of a unix socket. So
 * the asker makes a file in a folder beside it, named by chance, and names it: whose file it is, he is. The folder is
 * sticky and can be listed by nobody but the terminal: no file there is found or moved by another, and each counts once.
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isProof = (text: unknown): text is string => typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);

export const askersFolder = (socket: string): string => join(dirname(socket), 'askers');

/** `tech (1001)`; only the number where the board doesn't know a name. */
const userOf = (uid: number): string => {
  const rows = readFileSync('/etc/passwd', 'utf8').split('\n');
  const row = rows.map((each) => each.split(':')).find((fields) => fields[2] === String(uid));
  return row === undefined ? `(${uid})` : `${row[0]} (${uid})`;
};

/** Makes the folder, for the group of `socket`'s, and throws away what is left in it. @throws the file system's error */
export const makeAskersFolder = (socket: string, gid: number): void => {
  const folder = askersFolder(socket);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
  if (lstatSync(folder).gid !== gid) chownSync(folder, -1, gid);
  chmodSync(folder, 0o1730);
};

/** The Unix user who made this file; undefined where there is no such file. It is gone then. */
export const askerBy = (socket: string, proof: unknown): string | undefined => {
  if (!isProof(proof)) return undefined;
  const file = join(askersFolder(socket), proof);
  try {
    const { uid, nlink } = lstatSync(file);
    unlinkSync(file);
    return nlink === 1 ? userOf(uid) : undefined;
  } catch {
    return undefined;
  }
};
