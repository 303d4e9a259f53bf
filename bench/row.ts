/** One line of `npm run bench`: a ratio measured side by side in one run, never an absolute. */
export interface BenchRow {
  readonly name: string;
  /** Median over the rounds of (theirs / ours) or (ours / theirs), as `unit` says. */
  readonly ratio: number;
  /** The worst and the best round. */
  readonly min: number;
  readonly max: number;
  /** The ratio to reach; `undefined` where a row is for orientation only. */
  readonly target: number | undefined;
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

export function formatRow(row: BenchRow): string {
  const verdict =
    row.target === undefined ? '' : row.ratio >= row.target ? '  reached' : '  NOT REACHED';
  const target = row.target === undefined ? '' : `  target ${row.target}`;
  const range = `(${row.min.toFixed(2)}..${row.max.toFixed(2)})`;
  return `${row.name}: ${row.ratio.toFixed(2)} ${range} ${row.unit}${target}${verdict}`;
}
