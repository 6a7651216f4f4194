/** Collects what a driver reports, in order, and lets a test wait for a report instead of sleeping. */
export class ReportLog<Report> {
  readonly reports: Report[] = [];
  #waiting: (() => void)[] = [];

  /** To be given to the driver as its listener. */
  readonly add = (report: Report): void => {
    this.reports.push(report);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** Resolves with the first report that fits, past ones included. */
  async until<Fit extends Report>(fits: (report: Report) => report is Fit): Promise<Fit>;
  async until(fits: (report: Report) => boolean): Promise<Report>;
  async until(fits: (report: Report) => boolean): Promise<Report> {
    let seen = 0;
    for (;;) {
      for (; seen < this.reports.length; seen++) {
        const report = this.reports[seen] as Report;
        if (fits(report)) return report;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when that many have come. */
  async count(n: number): Promise<void> {
    await this.until(() => this.reports.length >= n);
  }
}
