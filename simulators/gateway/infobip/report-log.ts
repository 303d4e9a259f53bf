/** Reports as they were made: the pull of reports gives each one once, the logs give them again. */
export interface ReportLog<R> {
  add(report: R): void;
  /** Not given yet, oldest first; given from now on. */
  take(fits: (report: R) => boolean, limit: number): readonly R[];
  /** Newest first. */
  list(): readonly R[];
}

/** Kept at most; what is older is forgotten, as it is after 48 hours. */
const REMEMBERED = 1_000;

export function createReportLog<R>(): ReportLog<R> {
  let fresh: R[] = [];
  let all: R[] = [];
  return {
    add: (report) => {
      fresh.push(report);
      all.push(report);
      // In slices: shifting one by one would cost the whole list each time.
      if (all.length >= 2 * REMEMBERED) all = all.slice(-REMEMBERED);
      if (fresh.length >= 2 * REMEMBERED) fresh = fresh.slice(-REMEMBERED);
    },
    take: (fits, limit) => {
      const given = fresh.filter(fits).slice(0, limit);
      const gone = new Set(given);
      fresh = fresh.filter((report) => !gone.has(report));
      return given;
    },
    list: () => all.slice(-REMEMBERED).toReversed(),
  };
}
