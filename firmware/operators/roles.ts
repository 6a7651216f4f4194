/** 柜员: who may do what, by number, and what a password must be. As on UnionPay's terminals. */

import type { Role } from '../../hal/operators.ts';

export type { Role };

export const supervisorId = '00';
export const administratorId = '99';

/** Two digits. */
export const isOperatorId = (text: string): boolean => /^\d\d$/.test(text);

export const roleOf = (id: string): Role => {
  if (id === supervisorId) return 'supervisor';
  return id === administratorId ? 'administrator' : 'clerk';
};

/** So many clerks, as UnionPay's terminals have room for. */
export const mostClerks = 20;

/** Who is there from the start. */
export const presetIds = [supervisorId, '01', '02', '03', '04', '05', administratorId] as const;

interface PasswordRule {
  /** How many digits, at least; never more than twelve. */
  readonly least: number;
  /** What everybody knows. It opens nothing but the changing of the password, and nobody may choose it. */
  readonly initial: string;
}

export const mostDigits = 12;

export const passwordRules: { readonly [R in Role]: PasswordRule } = {
  clerk: { least: 4, initial: '0000' },
  supervisor: { least: 6, initial: '123456' },
  administrator: { least: 8, initial: '12345678' },
};

const rank: { readonly [R in Role]: number } = { clerk: 0, supervisor: 1, administrator: 2 };

/** Who may add, remove and reset whom: the supervisor the clerks, the administrator both. */
export const mayManage = (by: string, id: string): boolean => rank[roleOf(by)] > rank[roleOf(id)];

/** Why a password can't be chosen, apart from what was used before. */
export type PasswordFlaw = 'notDigits' | 'tooShort' | 'tooLong' | 'isInitial';

export const passwordFlaw = (role: Role, password: string): PasswordFlaw | undefined => {
  if (!/^\d*$/.test(password)) return 'notDigits';
  if (password.length < passwordRules[role].least) return 'tooShort';
  if (password.length > mostDigits) return 'tooLong';
  return Object.values(passwordRules).some(({ initial }) => initial === password) ? 'isInitial' : undefined;
};
