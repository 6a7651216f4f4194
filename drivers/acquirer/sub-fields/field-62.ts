import { digits, malformed, type Read, said } from './text.ts';

const label = 'Sequence No';

/** Field 62 of a sign-on, 终端信息: `Sequence No`, the length of the terminal's serial number in two digits, the number. */
export const packTerminalInfo = (serial: string): Buffer =>
  Buffer.from(`${label}${digits(serial.length, 2)}${serial}`, 'latin1');

export const readTerminalInfo = (field62: Uint8Array): Read<string> => {
  const [, length, serial] = /^Sequence No(\d\d)([\x20-\x7e]*)$/.exec(Buffer.from(field62).toString('latin1')) ?? [];
  if (serial === undefined) return malformed('62', 'does not begin with Sequence No and a length, or is not text');
  return serial.length === Number(length) ? said(serial) : malformed('62', 'is not as long as it tells');
};
