import type { OperatorAccounts } from '../../hal/operators.ts';

const unknown = { result: 'unknown' } as const;

/** Accounts of which there are none. */
export const nobodyLetIn: OperatorAccounts = {
  ids: async () => [],
  check: async () => unknown,
  change: async () => unknown,
  add: async () => unknown,
  remove: async () => unknown,
};
