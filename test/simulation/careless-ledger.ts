import { errorCode, type FileSystem, writeFully } from '../../drivers/storage/file-system.ts';
import type { DeviceFault } from '../../hal/device.ts';
import type { Ledger, LedgerAppend, LedgerOpening } from '../../hal/ledger.ts';

const path = '/state/ledger.json';
const temporary = '/state/.ledger.json.tmp';

/** The facts in such a ledger's file; undefined when there is none, or it can't be read as JSON. */
export const readCareless = <Fact>(files: FileSystem): Fact[] | undefined => {
  try {
    const file = files.open(path, 'read');
    const content = Buffer.alloc(file.stat().sizeBytes);
    file.pread(content, 0);
    return JSON.parse(content.toString('utf8')) as Fact[];
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return undefined;
    throw error;
  }
};

/**
 * A negative control: facts kept as lowdb's own `JSONFile` keeps its data, written whole to a temporary file that is
 * then renamed, and never synced. The simulation must find out what that loses.
 */
export class CarelessLedger<Fact> implements Ledger<Fact> {
  readonly #files: FileSystem;
  readonly #first: Fact;
  #facts: Fact[] = [];

  /** @param first stands in it as long as there is no file */
  constructor(files: FileSystem, first: Fact) {
    this.#files = files;
    this.#first = first;
  }

  open(): Promise<LedgerOpening<Fact>> {
    this.#facts = readCareless<Fact>(this.#files) ?? [this.#first];
    return Promise.resolve({ opened: true, facts: [...this.#facts], tail: 'whole', notes: [] });
  }

  append(fact: Fact): Promise<LedgerAppend> {
    return this.#write([...this.#facts, fact]);
  }

  rotate(first: readonly [Fact, ...Fact[]]): Promise<LedgerAppend> {
    return this.#write([...this.#facts, ...first]);
  }

  rest(): Promise<DeviceFault | undefined> {
    return Promise.resolve(undefined);
  }

  tailCode(): string {
    return '00000000';
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #write(facts: Fact[]): Promise<LedgerAppend> {
    try {
      this.#rewrite(facts);
      return Promise.resolve({ result: 'stored' });
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      const what = 'The file could not be written.';
      const fault = { device: 'ledger', code: 'failed', where: path, what, remedy: 'Restart.' } as const;
      return Promise.resolve({ result: 'failed', fault });
    }
  }

  #rewrite(facts: Fact[]): void {
    if (this.#files.readdir('/state').includes('.ledger.json.tmp')) this.#files.unlink(temporary);
    const file = this.#files.open(temporary, 'create');
    writeFully(file, Buffer.from(JSON.stringify(facts)), 0);
    file.close();
    this.#files.rename(temporary, path);
    this.#facts = facts;
  }
}
