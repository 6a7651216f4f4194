/** A command that is read over with its parameters. */
export interface ReadOver {
  readonly parameters: number;
  /** Paper of a real printer would look different: worth a complaint. */
  readonly changesLook: boolean;
}

const commands: readonly (readonly [first: number, second: number, parameters: number, changesLook: boolean])[] = [
  [0x1b, 0x20, 1, true], // ESC SP, right-side spacing
  [0x1b, 0x24, 2, true], // ESC $, absolute position
  [0x1b, 0x2d, 1, false], // ESC -, underline
  [0x1b, 0x3d, 1, false], // ESC =, select peripheral
  [0x1b, 0x56, 1, true], // ESC V, rotation
  [0x1b, 0x5c, 2, true], // ESC \, relative position
  [0x1b, 0x63, 2, false], // ESC c 3..5, sensors and buttons
  [0x1b, 0x72, 1, false], // ESC r, colour
  [0x1b, 0x7b, 1, true], // ESC {, upside down
  [0x1c, 0x2d, 1, false], // FS -, underline
  [0x1c, 0x43, 1, true], // FS C, code system
  [0x1c, 0x53, 2, true], // FS S, spacing
  [0x1d, 0x42, 1, true], // GS B, white on black
  [0x1d, 0x48, 1, false], // GS H, GS f, GS h, GS w: how bar codes look
  [0x1d, 0x66, 1, false],
  [0x1d, 0x68, 1, false],
  [0x1d, 0x77, 1, false],
  [0x1d, 0x4c, 2, true], // GS L, left margin
  [0x1d, 0x50, 2, true], // GS P, motion units
  [0x1d, 0x57, 2, true], // GS W, width
];

const table = new Map(
  commands.map(([first, second, parameters, changesLook]) => [(first << 8) | second, { parameters, changesLook }]),
);

/** How a command that the model doesn't show is read over; undefined where it is unknown altogether. */
export const readOver = (first: number, second: number): ReadOver | undefined => table.get((first << 8) | second);
