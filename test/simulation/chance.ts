/**
 * Chance from a seed (sfc32, after Chris Doty-Humphrey's PractRand): a run is repeated by its seed. Who decides
 * something of his own has a stream of his own, `of`, so that one decision more or less changes nobody else's.
 */
export class Chance {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(name: string) {
    this.#name = name;
    [this.#a, this.#b, this.#c] = hashesOf(name);
    for (let n = 0; n < 12; n++) this.#next();
  }

  /** Another stream, which this one and the name decide. */
  of(name: string | number): Chance {
    return new Chance(`${this.#name}/${name}`);
  }

  /** 0 ≤ n < 1. */
  share(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  between(low: number, high: number): number {
    return low + this.share() * (high - low);
  }

  /** True in that share of all cases. */
  happens(share: number): boolean {
    return this.share() < share;
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.integer(0, of.length - 1)] ?? of[0];
  }

  /** One of the names, each as likely as its weight says. */
  weighted<Name extends string>(weights: { readonly [N in Name]: number }): Name {
    const names = Object.keys(weights) as Name[];
    let left = this.share() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return names.at(-1) as Name;
  }

  /** Waits as of things that happen by themselves, such as customers; `mean` on average. */
  wait(mean: number): number {
    return -mean * Math.log(1 - this.share());
  }

  readonly bytes = (size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at++) bytes[at] = this.#next() >>> 24;
    return bytes;
  };

  #next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }
}

/** Three hashes of a text (FNV-1a from three beginnings). */
const hashesOf = (text: string): [number, number, number] => {
  const hash = (from: number): number => {
    let h = from;
    for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
    return h;
  };
  return [hash(0x811c9dc5), hash(0x9e3779b9), hash(0x85ebca6b)];
};
