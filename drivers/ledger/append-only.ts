/**
 * A list of which the first so many members can't be changed, removed or moved any more: a TypeError for who tries. It
 * can be added to at its end. What it costs does not grow with its length.
 */
export class AppendOnly<Member> {
  /** The list as others use it. */
  readonly list: Member[];
  readonly #members: Member[];
  #kept: number;

  /** @param kept what is there already; the list is the caller's no more */
  constructor(kept: Member[]) {
    this.#members = kept;
    this.#kept = kept.length;
    const mayTouch = (key: string | symbol): boolean =>
      typeof key === 'symbol' || (key === 'length' ? true : !(Number(key) < this.#kept));
    this.list = new Proxy(kept, {
      set: (members, key, value) => {
        if (!mayTouch(key) || (key === 'length' && value < this.#kept)) return false;
        return Reflect.set(members, key, value);
      },
      defineProperty: (members, key, how) => {
        if (!mayTouch(key) || (key === 'length' && Number(how.value) < this.#kept)) return false;
        return Reflect.defineProperty(members, key, how);
      },
      deleteProperty: (members, key) => mayTouch(key) && Reflect.deleteProperty(members, key),
    });
  }

  /** The first member that isn't kept yet. */
  next(): Member | undefined {
    return this.#members[this.#kept];
  }

  /** From now on that one is kept. */
  keep(): void {
    this.#kept += 1;
  }

  /** Takes away what isn't kept. */
  forgetNew(): void {
    this.#members.length = this.#kept;
  }
}
