/**
 * The operators' accounts (柜员) and their passwords. docs/operators.md is its description.
 *
 * A try is counted durably before the password is compared: pulling the plug in between costs a try and never gives one.
 * A lock-out runs on the monotonic clock, while the terminal is on, and a start begins it anew: the board's clock can be
 * set by hand, by the acquirer and by a flat battery, and what passed while the terminal was off nobody but that clock can
 * tell.
 */
import { Low } from 'lowdb';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { SealedFile, type SealedFileNote } from '../../drivers/vault/sealed-file.ts';
import type { Vault } from '../../drivers/vault/vault.ts';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import type { Clock } from '../../hal/clock.ts';
import type { MonotonicMs } from '../../hal/units.ts';
import {
  isOperatorId,
  mayManage,
  mostClerks,
  type PasswordFlaw,
  passwordFlaw,
  passwordRules,
  presetIds,
  type Role,
  roleOf,
  supervisorId,
} from './roles.ts';

/** How passwords are hashed: firmware/password.ts, save in a simulation. */
export interface PasswordHashing {
  readonly hash: (password: string) => Promise<string>;
  readonly check: (password: string, stored: string) => Promise<boolean>;
}

export interface OperatorsSettings {
  /** The file; the generation before it is beside it. */
  readonly path: string;
  readonly vault: Pick<Vault, 'seal' | 'unseal'>;
  /** Wrong tries one after the other that lock an account. */
  readonly tries: number;
  readonly lockMinutes: number;
}

/** What an installation had before there were accounts; used once, when there is no file yet. */
export interface Seed {
  /** Two digits; has an account from the start, if it isn't one of the presets. */
  readonly operator: string;
  /** Of the supervisor that the configuration knows: 00 goes on with that password. */
  readonly supervisorHash?: string;
}

export interface OpenedOperators {
  readonly operators: Operators;
  /** There was no file: the accounts are the presets. Worth an audit record: somebody may have taken the file away. */
  readonly seeded: boolean;
  /** The file was damaged or altered, and the generation before it is used. */
  readonly note?: SealedFileNote;
}

export interface OperatorRow {
  readonly id: string;
  readonly role: Role;
  /** Its password is the initial one, or was given to him: it opens nothing but the changing of it. */
  readonly mustChange: boolean;
  readonly triesLeft: number;
  readonly lockedMinutes?: number;
}

interface NotRight {
  readonly result: 'wrong';
  readonly triesLeft: number;
}
interface LockedOut {
  readonly result: 'lockedOut';
  /** How long the terminal must be on until the next try, rounded up. */
  readonly minutes: number;
}
interface Unknown {
  readonly result: 'unknown';
}
/** The disk failed or is full: nobody is let in, and nothing is changed as far as is known. */
interface NotStored {
  readonly result: 'notStored';
  readonly what: string;
  readonly remedy: string;
}
interface Refused<Why> {
  readonly result: 'refused';
  readonly why: Why;
}

type Proof = { readonly result: 'right' } | NotRight | LockedOut | Unknown | NotStored;

export type CheckResult =
  | { readonly result: 'accepted'; readonly role: Role }
  /** The password is right and opens the changing of it, nothing else. */
  | { readonly result: 'mustChange'; readonly role: Role }
  | Exclude<Proof, { readonly result: 'right' }>;

/** `usedBefore`: it is one of the last four. */
export type Unfit = PasswordFlaw | 'usedBefore';

export type ChangeResult =
  | { readonly result: 'changed' }
  | Refused<Unfit>
  | Exclude<Proof, { readonly result: 'right' }>;

export type ManageResult =
  | { readonly result: 'done' }
  | Refused<Unfit | 'notAllowed' | 'exists' | 'full' | 'noSuchNumber' | 'currentOperator'>
  | Unknown
  | NotStored;

interface Account {
  readonly id: string;
  /** The newest first, the last four. None: the initial password counts. */
  readonly hashes: readonly string[];
  readonly mustChange: boolean;
  /** Tries since the last right one. */
  readonly tries: number;
}

interface Data {
  readonly version: 1;
  readonly accounts: readonly Account[];
}

const keptHashes = 4;
const msPerMinute = 60_000;

const presets = ({ operator, supervisorHash }: Seed): Data => ({
  version: 1,
  accounts: [...new Set([...presetIds, operator])].map((id) =>
    id === supervisorId && supervisorHash !== undefined
      ? { id, hashes: [supervisorHash], mustChange: false, tries: 0 }
      : { id, hashes: [], mustChange: true, tries: 0 },
  ),
});

export class Operators {
  readonly #settings: OperatorsSettings;
  readonly #db: Low<Data>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #hashing: PasswordHashing;
  /** Since when an account's lock-out runs in this process. */
  readonly #lockedSince = new Map<string, MonotonicMs>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    settings: OperatorsSettings,
    db: Low<Data>,
    clock: Pick<Clock, 'monotonic'>,
    hashing: PasswordHashing,
  ) {
    this.#settings = settings;
    this.#db = db;
    this.#clock = clock;
    this.#hashing = hashing;
    for (const { id, tries } of db.data.accounts) if (tries >= settings.tries) this.#lock(id);
  }

  /** @throws VaultError */
  static async open(
    settings: OperatorsSettings,
    seed: Seed,
    clock: Pick<Clock, 'monotonic'>,
    hashing: PasswordHashing,
    fileSystem: FileSystem,
  ): Promise<OpenedOperators> {
    const file = new SealedFile<Data>(settings.path, 'operators', settings.vault, fileSystem);
    const nobody: Data = { version: 1, accounts: [] };
    const db = new Low<Data>(file, nobody);
    await db.read();
    const seeded = db.data === nobody;
    if (seeded) {
      db.data = presets(seed);
      await db.write();
    }
    if (db.data.version !== 1) {
      throw new VaultError(
        'malformed',
        settings.path,
        'The accounts were written by a newer version of Slipsafe.',
        'Install that version again.',
      );
    }
    const operators = new Operators(settings, db, clock, hashing);
    return { operators, seeded, ...(file.note !== undefined && { note: file.note }) };
  }

  /** By number. */
  list(): readonly OperatorRow[] {
    return this.#db.data.accounts
      .map(({ id, mustChange, tries }) => {
        const lockedMinutes = this.#lockedMinutes(id);
        const triesLeft = Math.max(0, this.#settings.tries - tries);
        return { id, role: roleOf(id), mustChange, triesLeft, ...(lockedMinutes > 0 && { lockedMinutes }) };
      })
      .sort((a, b) => a.id.localeCompare(b.id));
  }

  check(id: string, password: string): Promise<CheckResult> {
    return this.#alone(async () => {
      const proof = await this.#prove(id, password);
      if (proof.result !== 'right') return proof;
      const role = roleOf(id);
      return this.#find(id)?.mustChange === true ? { result: 'mustChange', role } : { result: 'accepted', role };
    });
  }

  /** Who changes his own password proves the old one, which costs a try as any other. */
  change(id: string, old: string, password: string): Promise<ChangeResult> {
    return this.#alone(async () => {
      const proof = await this.#prove(id, old);
      if (proof.result !== 'right') return proof;
      const why = await this.#unfit(id, password);
      if (why !== undefined) return { result: 'refused', why };
      return (await this.#give(id, password, false)) ?? { result: 'changed' };
    });
  }

  /**
   * A new clerk, with a password that he must change at once.
   *
   * @param by who is signed on and has proved it
   */
  add(id: string, password: string, by: string): Promise<ManageResult> {
    return this.#alone(async () => {
      const { accounts } = this.#db.data;
      if (!isOperatorId(id)) return { result: 'refused', why: 'noSuchNumber' };
      if (!mayManage(by, id)) return { result: 'refused', why: 'notAllowed' };
      if (this.#find(id) !== undefined) return { result: 'refused', why: 'exists' };
      if (accounts.filter((each) => roleOf(each.id) === 'clerk').length >= mostClerks)
        return { result: 'refused', why: 'full' };
      const why = passwordFlaw(roleOf(id), password);
      if (why !== undefined) return { result: 'refused', why };
      return (await this.#give(id, password, true)) ?? { result: 'done' };
    });
  }

  /** Of one that is locked out or forgot his password: a new one, which he must change at once. */
  reset(id: string, password: string, by: string): Promise<ManageResult> {
    return this.#alone(async () => {
      if (!mayManage(by, id)) return { result: 'refused', why: 'notAllowed' };
      if (this.#find(id) === undefined) return { result: 'unknown' };
      const why = await this.#unfit(id, password);
      if (why !== undefined) return { result: 'refused', why };
      return (await this.#give(id, password, true)) ?? { result: 'done' };
    });
  }

  /**
   * Whether a clerk's slips are settled the caller knows.
   *
   * @param current whose shift it is
   */
  remove(id: string, by: string, current: string): Promise<ManageResult> {
    return this.#alone(async () => {
      if (roleOf(id) !== 'clerk' || !mayManage(by, id)) return { result: 'refused', why: 'notAllowed' };
      if (this.#find(id) === undefined) return { result: 'unknown' };
      if (id === current) return { result: 'refused', why: 'currentOperator' };
      const { accounts } = this.#db.data;
      this.#lockedSince.delete(id);
      return (await this.#store(accounts.filter((each) => each.id !== id))) ?? { result: 'done' };
    });
  }

  /** Counts a try, durably, and only then compares. */
  async #prove(id: string, password: string): Promise<Proof> {
    const account = this.#find(id);
    if (account === undefined) return { result: 'unknown' };
    const minutes = this.#lockedMinutes(id);
    if (minutes > 0) return { result: 'lockedOut', minutes };
    const hasServed = account.tries >= this.#settings.tries;
    const tries = hasServed ? 1 : account.tries + 1;
    const uncounted = await this.#put({ ...account, tries });
    if (uncounted !== undefined) return uncounted;
    this.#lockedSince.delete(id);
    if (await this.#isRight(account, password)) {
      return (await this.#put({ ...account, tries: 0 })) ?? { result: 'right' };
    }
    const triesLeft = this.#settings.tries - tries;
    if (triesLeft > 0) return { result: 'wrong', triesLeft };
    this.#lock(id);
    return { result: 'lockedOut', minutes: this.#settings.lockMinutes };
  }

  async #isRight({ id, hashes }: Account, password: string): Promise<boolean> {
    const [hash] = hashes;
    return hash === undefined ? password === passwordRules[roleOf(id)].initial : this.#hashing.check(password, hash);
  }

  async #unfit(id: string, password: string): Promise<Unfit | undefined> {
    const flaw = passwordFlaw(roleOf(id), password);
    if (flaw !== undefined) return flaw;
    for (const hash of this.#find(id)?.hashes ?? []) {
      if (await this.#hashing.check(password, hash)) return 'usedBefore';
    }
    return undefined;
  }

  async #give(id: string, password: string, mustChange: boolean): Promise<NotStored | undefined> {
    const before = this.#find(id)?.hashes ?? [];
    const hashes = [await this.#hashing.hash(password), ...before].slice(0, keptHashes);
    const failed = await this.#put({ id, hashes, mustChange, tries: 0 });
    if (failed === undefined) this.#lockedSince.delete(id);
    return failed;
  }

  #put(account: Account): Promise<NotStored | undefined> {
    const others = this.#db.data.accounts.filter(({ id }) => id !== account.id);
    return this.#store([...others, account]);
  }

  /** Durable when it resolves with nothing. */
  async #store(accounts: readonly Account[]): Promise<NotStored | undefined> {
    const before = this.#db.data;
    this.#db.data = { version: 1, accounts };
    try {
      await this.#db.write();
      return undefined;
    } catch (error) {
      this.#db.data = before;
      if (!(error instanceof VaultError)) throw error;
      return { result: 'notStored', what: error.what, remedy: error.remedy };
    }
  }

  #find(id: string): Account | undefined {
    return this.#db.data.accounts.find((each) => each.id === id);
  }

  #lock(id: string): void {
    this.#lockedSince.set(id, this.#clock.monotonic());
  }

  #lockedMinutes(id: string): number {
    const since = this.#lockedSince.get(id);
    if (since === undefined) return 0;
    const leftMs = since + this.#settings.lockMinutes * msPerMinute - this.#clock.monotonic();
    return Math.max(0, Math.ceil(leftMs / msPerMinute));
  }

  /** One call after the other: two at once must not share a try. */
  #alone<T>(call: () => Promise<T>): Promise<T> {
    const next = this.#last.then(call);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
