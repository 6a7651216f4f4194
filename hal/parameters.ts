/** Minor units 分 are typed and shown as an amount. */
export type ParameterUnit = 'fen' | 's' | 'min' | 'days' | 'years' | '%' | 'pieces';

/** What is typed: a number within bounds; 1 for yes and 0 for no; the place in a list; hhmm, or nothing for never. */
export type DigitKind =
  | { readonly kind: 'number'; readonly low: number; readonly high: number; readonly unit: ParameterUnit }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'time' };

/** A parameter that is changed at the terminal, in digits: its keypad has no others. */
export type TerminalParameter = DigitKind & {
  readonly key: string;
  /** At most 16 columns, in the shop's language. */
  readonly label: string;
  /** What holds, as it would be typed. */
  readonly digits: string;
};

/** `notRight`: it doesn't go with what else holds. */
export type ParameterFlaw = 'notAChoice' | 'tooLow' | 'tooHigh' | 'noTime' | 'notRight';

export type ParameterOutcome =
  /** On the disk; it holds from the next start on. `from` and `to` are the configuration's own values. */
  | { readonly result: 'changed'; readonly from: string; readonly to: string }
  | { readonly result: 'unchanged' }
  | { readonly result: 'refused'; readonly why: ParameterFlaw }
  | { readonly result: 'notStored' };
