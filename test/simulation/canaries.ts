import pino from 'pino';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { reporter } from '../../firmware/log.ts';
import type { Report } from '../../firmware/runtime.ts';
import { testCards } from '../bench/cards.ts';
import { Violation } from './violation.ts';

/** Every form in which a card's number, its issuer's digits or its PIN block could be found again. */
const formsOf = (digits: string): readonly Buffer[] => {
  const even = digits.length % 2 === 0 ? digits : digits.slice(0, -1);
  return [
    Buffer.from(digits, 'latin1'),
    Buffer.from(Buffer.from(digits, 'latin1').toString('hex'), 'latin1'),
    Buffer.from(Buffer.from(digits, 'latin1').toString('base64').slice(0, -4), 'latin1'),
    Buffer.from(even, 'hex'),
  ];
};

/**
 * M9: looks for clear card data in everything that the terminal has written, logged, shown or printed. Its log is
 * written for this, by the firmware's own reporter.
 */
export class Canaries {
  readonly #secrets = new Set<string>(
    Object.values(testCards).flatMap(({ pan, discretionary }) => [pan, discretionary]),
  );
  readonly #said: string[] = [];
  readonly #report: (report: Report) => void;

  constructor() {
    const log = pino(
      { level: 'debug', base: null, timestamp: false },
      { write: (line: string) => void this.#said.push(line) },
    );
    this.#report = reporter(log);
  }

  /** A PIN block that went over the line to the acquirer: it must be nowhere else. */
  add(secret: string): void {
    this.#secrets.add(secret);
  }

  report(report: Report): void {
    this.#report(report);
  }

  /** Something that was shown or printed. */
  say(text: string): void {
    this.#said.push(text);
  }

  look(files: FileSystem, folders: readonly string[]): void {
    const places: [string, Buffer][] = [
      ['log, display or paper', Buffer.from(this.#said.splice(0).join('\n'), 'utf8')],
    ];
    for (const folder of folders) {
      for (const name of files.readdir(folder)) {
        const path = `${folder}/${name}`;
        const content = contentOf(files, path);
        if (content !== undefined) places.push([path, content]);
      }
    }
    for (const secret of this.#secrets) {
      for (const form of formsOf(secret)) {
        const found = places.find(([, content]) => content.includes(form));
        if (found !== undefined) throw new Violation('M9', `clear card data is in: ${found[0]}`);
      }
    }
  }
}

const contentOf = (files: FileSystem, path: string): Buffer | undefined => {
  try {
    const file = files.open(path, 'read');
    const content = Buffer.alloc(file.stat().sizeBytes);
    file.pread(content, 0);
    file.close();
    return content;
  } catch {
    return undefined; // a folder
  }
};
