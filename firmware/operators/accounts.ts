import { VaultError } from '../../drivers/vault/vault-error.ts';
import type { AccountOutcome, NotLetIn, OperatorAccounts, PasswordOutcome } from '../../hal/operators.ts';
import type { ChangeResult, CheckResult, ManageResult, OpenedOperators, Operators } from './operators.ts';

/** What is wrong with the file, for who reads the log. */
export interface AccountsFault {
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** On a new terminal it is so; on another one somebody has taken the file away, and with it everybody's password. */
const madeAnew: AccountsFault = {
  where: 'operators.json',
  what: 'There were no operator accounts: they were made anew, each with its first password.',
  remedy: 'Have every password changed; where this is no new terminal, find out who removed the file.',
};

const notStored = { result: 'notStored' } as const;

const outcome = (result: ChangeResult | ManageResult): AccountOutcome => {
  if (result.result === 'changed' || result.result === 'done') return { result: 'done' };
  return result.result === 'refused' ? result : notLetIn(result);
};

const notLetIn = (result: Exclude<CheckResult, { role: unknown }> | Extract<ManageResult, NotLetIn>): NotLetIn =>
  result.result === 'notStored' ? notStored : result;

/**
 * The accounts as the runtime asks for them: opened when somebody first types a number, so that no start waits for it.
 * A disk that fails or is full lets nobody in, and is told; it is asked again at the next try.
 */
export class Accounts implements OperatorAccounts {
  readonly #open: () => Promise<OpenedOperators>;
  readonly #tell: (fault: AccountsFault) => void;
  #operators: Promise<Operators> | undefined;

  constructor(open: () => Promise<OpenedOperators>, tell: (fault: AccountsFault) => void) {
    this.#open = open;
    this.#tell = tell;
  }

  ids(): Promise<readonly string[]> {
    return this.#with<readonly string[]>((operators) => operators.list().map(({ id }) => id), []);
  }

  check(operator: string, password: string): Promise<PasswordOutcome> {
    return this.#with<PasswordOutcome>(async (operators) => {
      const result = await operators.check(operator, password);
      return 'role' in result ? result : notLetIn(result);
    }, notStored);
  }

  change(operator: string, old: string, password: string): Promise<AccountOutcome> {
    return this.#with<AccountOutcome>(
      async (operators) => outcome(await operators.change(operator, old, password)),
      notStored,
    );
  }

  add(operator: string, password: string, by: string): Promise<AccountOutcome> {
    return this.#with<AccountOutcome>(
      async (operators) => outcome(await operators.add(operator, password, by)),
      notStored,
    );
  }

  remove(operator: string, by: string, current: string): Promise<AccountOutcome> {
    return this.#with<AccountOutcome>(
      async (operators) => outcome(await operators.remove(operator, by, current)),
      notStored,
    );
  }

  async #with<T>(ask: (operators: Operators) => T | Promise<T>, otherwise: T): Promise<T> {
    let operators: Operators;
    try {
      operators = await this.#opened();
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const { where, what, remedy } = error;
      this.#tell({ where, what, remedy });
      return otherwise;
    }
    return ask(operators);
  }

  #opened(): Promise<Operators> {
    this.#operators ??= this.#open().then(
      ({ operators, note, seeded }) => {
        if (note !== undefined) this.#tell(note);
        if (seeded) this.#tell(madeAnew);
        return operators;
      },
      (error: unknown) => {
        this.#operators = undefined;
        throw error;
      },
    );
    return this.#operators;
  }
}
