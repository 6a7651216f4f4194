/** What a clerk does at the terminal, and which keys lead there. */
import type { TransactionKind } from '../../hal/acquirer.ts';
import type { Key } from '../../hal/keypad.ts';

/** What a clerk does at the terminal besides selling. A terminal that is locked is unlocked by what locks it. */
export type Chore =
  | Exclude<TransactionKind, 'sale'>
  | 'difference'
  | 'balance'
  | 'settle'
  | 'print'
  | 'signOn'
  | 'signOff'
  | 'lock'
  | 'doubt';

/** Where each is in the menus. */
export const menuKeys: { readonly [C in Chore]: readonly Key[] } = {
  void: ['2'],
  refund: ['3'],
  preAuthorisation: ['4', '1'],
  preAuthorisationVoid: ['4', '2'],
  completion: ['4', '3'],
  completionNotice: ['4', '4'],
  completionVoid: ['4', '5'],
  preAuthorisationIncrement: ['4', '6'],
  difference: ['7', '3', '1'],
  balance: ['8'],
  settle: ['7', '5'],
  print: ['6', '1'],
  signOn: ['7', '1'],
  signOff: ['7', '2'],
  lock: ['7', '7'],
  doubt: ['7', '6'],
};

export const keysOf = (digits: string): Key[] => Array.from(digits) as Key[];

export const anyKey = [
  '0',
  '5',
  '00',
  'enter',
  'cancel',
  'clear',
  'menu',
  'function',
] as const satisfies readonly Key[];
