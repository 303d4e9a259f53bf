import type { Level } from './words.ts';

/** A row of the rule registry, as documentation and as the vocabulary of `ignore` and `never`. */
export interface RuleEntry {
  /** `fallback/late` */
  readonly name: string;
  readonly level: Level;
  readonly kind: 'safety' | 'liveness';
  /** Fails when …; one sentence. */
  readonly fails: string;
  /** What to look at first when it fails. */
  readonly hint: string;
  /** The need or clause it tests. */
  readonly source: string;
}
