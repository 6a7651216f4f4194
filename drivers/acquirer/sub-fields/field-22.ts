import type { EntryMode } from '../../../hal/acquirer.ts';
import { malformed, type Read, said } from './text.ts';

const modes: Readonly<Record<EntryMode, string>> = {
  manual: '01',
  swipe: '02',
  chip: '05',
  contactless: '07',
  fallback: '80',
};

/**
 * Field 22, n3, 服务点输入方式码: how the card was read (01 by hand, 02 磁条, 05 IC, 07 非接, 80 a chip card swiped
 * because its chip can't be read), and 1 with, 2 without a PIN. `021`
 */
export const packEntryMode = (entry: EntryMode, pinEntered: boolean): string =>
  `${modes[entry]}${pinEntered ? '1' : '2'}`;

export const readEntryMode = (field22: string): Read<{ readonly entry: EntryMode; readonly pinEntered: boolean }> => {
  const [entry] = Object.entries(modes).find(([, mode]) => mode === field22.slice(0, 2)) ?? [];
  if (entry === undefined) return malformed('22.1', 'is no entry mode that this terminal knows');
  const pin = field22.slice(2);
  if (pin !== '1' && pin !== '2') return malformed('22.2', 'tells neither of a PIN (1) nor of none (2)');
  return said({ entry: entry as EntryMode, pinEntered: pin === '1' });
};
