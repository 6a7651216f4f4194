import type { Device } from './device.ts';

/**
 * What the clerk reads: four lines of at most 16 columns (a Hanzi takes two), most important first. The whole
 * screen is replaced at once. A display with fewer rows turns the pages by itself.
 */
export interface Screen {
  readonly lines: readonly [string, string, string, string];
}

/** LineDisplay. */
export interface Display extends Device<never> {
  /** Shows the screen; the newest wins when they come faster than the line takes them. Never throws or waits. */
  show(screen: Screen): void;
}
