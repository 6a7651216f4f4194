/** A rule that does not hold: what the simulation looks for. */
export class Violation extends Error {
  /** `M1` … `M10`, or what else a terminal must not do. */
  readonly rule: string;

  constructor(rule: string, what: string) {
    super(what);
    this.rule = rule;
  }
}
