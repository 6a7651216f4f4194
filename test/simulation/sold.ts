import type { Chance } from './chance.ts';
import type { Chore } from './chores.ts';
import type { Customer } from './customer.ts';

/** Of which of those that the customers come back with each may be, and how much of it is typed. */
const abouts: { readonly [C in Chore]?: { readonly of: readonly ('sale' | Chore)[]; readonly share?: number } } = {
  void: { of: ['sale', 'difference'] },
  refund: { of: ['sale', 'difference', 'completion', 'completionNotice'], share: 1 },
  difference: { of: ['sale', 'completion'], share: 0.5 },
  preAuthorisationIncrement: { of: ['preAuthorisation'], share: 0.5 },
  preAuthorisationVoid: { of: ['preAuthorisation'] },
  completion: { of: ['preAuthorisation'], share: 1.2 },
  completionNotice: { of: ['preAuthorisation'], share: 1.2 },
  completionVoid: { of: ['completion'] },
};

/** How many of the last transactions customers may come back with. */
const remembered = 12;

interface Slip {
  readonly voucher: string;
  readonly customer: Customer;
  readonly what: 'sale' | Chore;
}

/** What was sold last, by the voucher number that the display told, and who may come back with its slip. */
export class Sold {
  #slips: readonly Slip[] = [];

  remember(slip: Slip): void {
    this.#slips = [...this.#slips, slip].slice(-remembered);
  }

  /** Somebody with a slip of what that may be about, his card or another one, and the amount that he wants. */
  comesBack(what: 'sale' | Chore, chance: Chance): Pick<Slip, 'voucher' | 'customer'> | undefined {
    const about = what === 'sale' ? undefined : abouts[what];
    const [first, ...more] = this.#slips.filter((slip) => about?.of.includes(slip.what));
    if (first === undefined) return undefined;
    const { voucher, customer } = chance.one([first, ...more]);
    const { card } = chance.happens(0.95) ? customer : chance.one([first, ...more]).customer;
    const amount = Math.max(1, Math.round(customer.amount * chance.between(0.1, about?.share ?? 1)));
    return { voucher, customer: { ...customer, card, amount } };
  }
}
