/**
 * One line of `npm run bench`: a ratio measured side by side in one run; absolutes only where a
 * person's wait is meant, or for orientation.
 */
export interface BenchRow {
  readonly name: string;
  /** Median over the rounds of (theirs / ours) or (ours / theirs), as `unit` says. */
  readonly ratio: number;
  /** The worst and the best round. */
  readonly min: number;
  readonly max: number;
  /** The ratio to reach; `undefined` where a row is for orientation only. */
  readonly target: number | undefined;
  /** Instead of a target: what the median may not exceed. */
  readonly limit?: number;
  /** What the ratio is of, in words: "× faster than …". */
  readonly unit: string;
}

/** Median, smallest and largest of at least one number. */
export function spread(values: readonly number[]): Pick<BenchRow, 'ratio' | 'min' | 'max'> {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const ratio = sorted[sorted.length >> 1];
  if (min === undefined || max === undefined || ratio === undefined) {
    throw new RangeError('no rounds were measured');
  }
  return { ratio, min, max };
}

/** undefined where there is nothing to reach. */
export function reached(row: BenchRow): boolean | undefined {
  if (row.limit !== undefined) return row.ratio <= row.limit;
  return row.target === undefined ? undefined : row.ratio >= row.target;
}

/** Three significant digits, large numbers as integers. */
export function figure(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function aim(row: BenchRow): string {
  if (row.limit !== undefined) return `at most ${row.limit}`;
  return row.target === undefined ? '' : `at least ${figure(row.target)}`;
}

export function formatRow(row: BenchRow): string {
  const held = reached(row);
  const verdict = held === undefined ? '' : `  ${aim(row)}: ${held ? 'reached' : 'NOT REACHED'}`;
  const range = `(${figure(row.min)}..${figure(row.max)})`;
  return `${row.name}: ${figure(row.ratio)} ${range} ${row.unit}${verdict}`;
}
