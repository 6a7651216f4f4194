import type { Health, LinkEvent } from '../hal/device.ts';
import type {
  Printer,
  PrinterEvent,
  PrinterPlace,
  PrinterReadiness,
  PrintVerdict,
  SlipDocument,
} from '../hal/printer.ts';

/**
 * Two printers as one: the one in use is asked, and only its word is passed on. Both are claimed, so that the other one
 * is known when it is turned to. Which one is used is the machine's decision, and in the ledger (`printerChosen`).
 */
export class PrinterSwitch implements Printer {
  readonly #printers: { readonly [P in PrinterPlace]: Printer };
  #inUse: PrinterPlace = 'first';
  #listener: ((event: PrinterEvent | LinkEvent) => void) | undefined;
  /** What each said last of its line and of itself. */
  readonly #last = new Map<PrinterPlace, Map<'line' | 'readiness', PrinterEvent | LinkEvent>>();

  constructor(first: Printer, second: Printer) {
    this.#printers = { first, second };
  }

  /** From here on that one is used; when it is another than before, what is known of it is told. */
  use(place: PrinterPlace): void {
    if (place === this.#inUse) return;
    this.#inUse = place;
    for (const event of this.#last.get(place)?.values() ?? []) this.#listener?.(event);
  }

  async claim(listener: (event: PrinterEvent | LinkEvent) => void): Promise<void> {
    this.#listener = listener;
    await Promise.all((['first', 'second'] as const).map((place) => this.#claim(place)));
  }

  #claim(place: PrinterPlace): Promise<void> {
    const last = new Map<'line' | 'readiness', PrinterEvent | LinkEvent>();
    this.#last.set(place, last);
    return this.#printers[place].claim((event) => {
      last.set(event.type === 'readiness' ? 'readiness' : 'line', event);
      // What it said of itself before it went away holds no longer.
      if (event.type === 'offline') last.delete('readiness');
      if (place === this.#inUse) this.#listener?.(event);
    });
  }

  async release(): Promise<void> {
    this.#listener = undefined;
    await Promise.all([this.#printers.first.release(), this.#printers.second.release()]);
  }

  checkHealth(): Promise<Health> {
    return this.#printers[this.#inUse].checkHealth();
  }

  checkReady(): Promise<PrinterReadiness> {
    return this.#printers[this.#inUse].checkReady();
  }

  print(slip: SlipDocument): Promise<PrintVerdict> {
    return this.#printers[this.#inUse].print(slip);
  }

  cancel(): Promise<{ readonly confirmed: boolean }> {
    return this.#printers[this.#inUse].cancel();
  }
}
