/** When a scripted fault comes, counted from when it was scripted. */
export type FaultMoment =
  /** As the n-th byte arrives. */
  | { readonly byte: number }
  /** While line n of a copy is half out; `copy` 1, unless given, is the next copy that begins. */
  | { readonly line: number; readonly copy?: number }
  /** Before the first dot of the n-th copy, 1 being the next that begins. */
  | { readonly copy: number };

interface Scripted {
  readonly fault: () => void;
  readonly byte?: number;
  readonly copy?: number;
  readonly line?: number;
}

/** The script of what goes wrong, by what has arrived and what is on paper. */
export class Faults {
  #scripted: Scripted[] = [];
  #bytes = 0;

  /** `nextCopy` is the number of the next copy that begins. Returns a function that takes it back. */
  script(moment: FaultMoment, nextCopy: number, fault: () => void): () => void {
    let scripted: Scripted;
    if ('byte' in moment) scripted = { fault, byte: this.#bytes + moment.byte };
    else {
      const line = 'line' in moment ? moment.line : 0;
      scripted = { fault, line, copy: nextCopy + (moment.copy ?? 1) - 1 };
    }
    this.#scripted.push(scripted);
    return () => {
      this.#scripted = this.#scripted.filter((other) => other !== scripted);
    };
  }

  /** How many bytes from here the next one comes at which something is scripted; Infinity when there is none. */
  get bytesToGo(): number {
    let next = Infinity;
    for (const { byte } of this.#scripted) if (byte !== undefined) next = Math.min(next, byte - this.#bytes);
    return next;
  }

  byteArrived(): void {
    this.#bytes++;
    if (this.#scripted.length > 0) this.#strike((scripted) => scripted.byte === this.#bytes);
  }

  copyStarts(copy: number): void {
    this.#strike((scripted) => scripted.copy === copy && scripted.line === 0);
  }

  lineHalfOut(copy: number, line: number): void {
    this.#strike((scripted) => scripted.copy === copy && scripted.line === line);
  }

  #strike(due: (scripted: Scripted) => boolean): void {
    const struck = this.#scripted.filter(due);
    if (struck.length === 0) return;
    this.#scripted = this.#scripted.filter((scripted) => !due(scripted));
    for (const { fault } of struck) fault();
  }
}
