import type { SlipDocument } from '../../../hal/printer.ts';
import type { SlipRequest } from '../../../state-machine/effects.ts';
import type { Sale } from '../../../state-machine/sale.ts';

/** A slip as the run prints it: its first and last line say what it is, and which attempt. */
export interface Marked {
  readonly document: SlipDocument;
  /** The last line, as it stands on paper. */
  readonly end: string;
}

export interface Mark {
  readonly type: 'sale' | 'void';
  readonly stan: number;
  readonly isEnd: boolean;
}

/** Each print has a number, so that no line of one can be taken for another's. */
export const markedSlip = (
  slip: Exclude<SlipRequest['slip'], 'archived' | 'settlement'>,
  { stan }: Sale,
  print: number,
  lines: number,
): Marked => {
  const name = `${slip === 'reversal' ? 'VOID' : 'SALE'} ${stan}`;
  const end = `END ${name} #${print}`;
  const texts = [
    `BEGIN ${name} #${print}`,
    ...Array.from({ length: lines - 2 }, (_, n) => `第${n + 2}行 #${print} abcdefghijkl`),
    end,
  ];
  return { document: { elements: texts.map((text) => ({ type: 'text', text })) }, end };
};

/** What a line of paper marks, if it is a slip's first or last. */
export const markOf = (text: string): Mark | undefined => {
  const [, edge, type, stan] = /^(BEGIN|END) (SALE|VOID) (\d+) #\d+$/.exec(text.trim()) ?? [];
  if (edge === undefined) return undefined;
  return { type: type === 'VOID' ? 'void' : 'sale', stan: Number(stan), isEnd: edge === 'END' };
};
