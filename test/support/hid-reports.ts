/** What the HID devices of the rig send, made from their documents and from no driver. */

/** Usages of HID Usage Tables page 07h, as printed on the keypad's caps. */
export const usageOf = {
  '0': 0x62,
  '1': 0x59,
  '2': 0x5a,
  '3': 0x5b,
  '4': 0x5c,
  '5': 0x5d,
  '6': 0x5e,
  '7': 0x5f,
  '8': 0x60,
  '9': 0x61,
  '.': 0x63,
  Enter: 0x58,
  '/': 0x54,
  '*': 0x55,
  '-': 0x56,
  '+': 0x57,
  NumLock: 0x53,
} as const;

/** The 8-byte boot report with these keys down; none for key up. */
export const keypadReport = (...usages: readonly number[]): Buffer => {
  const report = Buffer.alloc(8);
  usages.forEach((usage, n) => {
    report.writeUInt8(usage, 2 + n);
  });
  return report;
};

export interface SwipedTracks {
  readonly track1?: string;
  readonly track2?: string;
  readonly track3?: string;
  /** Tracks that the reader's head couldn't decode. */
  readonly failed?: readonly (1 | 2 | 3)[];
  /** 0 ISO by default. */
  readonly encodeType?: number;
}

/** The 337-byte report of one swipe; tracks in ASCII with their sentinels. */
export const magTekReport = ({ track1, track2, track3, failed = [], encodeType = 0 }: SwipedTracks): Buffer => {
  const report = Buffer.alloc(337);
  [track1, track2, track3].forEach((text = '', n) => {
    report.writeUInt8(text.length, 3 + n);
    report.write(text, 7 + 110 * n, 'latin1');
  });
  for (const track of failed) report.writeUInt8(1, track - 1);
  report.writeUInt8(encodeType, 6);
  return report;
};
