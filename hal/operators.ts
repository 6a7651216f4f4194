/** 一般柜员 clerk, 主管 supervisor, 系统管理员 administrator. */
export type Role = 'clerk' | 'supervisor' | 'administrator';

/**
 * Why nobody is let in, or nothing was changed.
 * - `wrong`: so many tries are left before the account is locked
 * - `lockedOut`: for so many minutes of the terminal being on
 * - `unknown`: there is no such operator
 * - `notStored`: the disk failed or is full
 */
export type NotLetIn =
  | { readonly result: 'wrong'; readonly triesLeft: number }
  | { readonly result: 'lockedOut'; readonly minutes: number }
  | { readonly result: 'unknown' }
  | { readonly result: 'notStored' };

/** `mustChange`: the password is right and opens the changing of it, nothing else. */
export type PasswordOutcome =
  | { readonly result: 'accepted'; readonly role: Role }
  | { readonly result: 'mustChange'; readonly role: Role }
  | NotLetIn;

/** Why an account or a password is refused; `usedBefore`: it is one of the last four. */
export type AccountFlaw =
  | 'notDigits'
  | 'tooShort'
  | 'tooLong'
  | 'isInitial'
  | 'usedBefore'
  | 'notAllowed'
  | 'exists'
  | 'full'
  | 'noSuchNumber'
  | 'currentOperator';

export type AccountOutcome =
  | { readonly result: 'done' }
  | { readonly result: 'refused'; readonly why: AccountFlaw }
  | NotLetIn;

/** The operators' accounts (柜员). Operators are two digits: 00 the supervisor, 99 the administrator, else clerks. */
export interface OperatorAccounts {
  /** Every operator that there is, in the order of their numbers. */
  ids(): Promise<readonly string[]>;
  check(operator: string, password: string): Promise<PasswordOutcome>;
  change(operator: string, old: string, password: string): Promise<AccountOutcome>;
  /** `by` has proved who he is. */
  add(operator: string, password: string, by: string): Promise<AccountOutcome>;
  remove(operator: string, by: string, current: string): Promise<AccountOutcome>;
}
