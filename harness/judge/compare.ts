import type { Comparison } from '../../simulators/kernel/plan.ts';

/** Does a value meet `">= 5"`? */
export function meets(value: number, comparison: Comparison): boolean {
  switch (comparison.op) {
    case '<':
      return value < comparison.value;
    case '<=':
      return value <= comparison.value;
    case '>':
      return value > comparison.value;
    case '>=':
      return value >= comparison.value;
    case '==':
      return value === comparison.value;
  }
}

export function comparisonText(comparison: Comparison, unit: (value: number) => string): string {
  return `${comparison.op} ${unit(comparison.value)}`;
}
