import type { TargetKind } from './target.ts';

/** A parameter of a fault, as the scenario author writes it. */
export interface FaultParameter {
  readonly doc: string;
  readonly type: 'duration' | 'rate' | 'share' | 'count' | 'word' | 'distribution' | 'target';
  /** For `word`. */
  readonly words?: readonly string[];
  /** In the base unit (µs, per second, ratio, count, word); absent = required. */
  readonly default?: number | string | null;
}

/** A row of the fault registry: the word in YAML, its documentation, where it can be used. */
export interface FaultEntry {
  readonly name: string;
  readonly doc: string;
  readonly targets: readonly TargetKind[];
  readonly params: Readonly<Record<string, FaultParameter>>;
  /** Point faults (key-loss, kill) have no duration and lift at once. */
  readonly shape: 'interval' | 'point';
  /** What the path of a channel through the target is while it acts, for truth. */
  readonly truth: 'down' | 'degraded' | 'unchanged';
  /** What the plan has to hold of each target: a person's `next-phone`. */
  readonly needs?: 'next-phone';
  /** An example in YAML, for the reference page. */
  readonly example: string;
}
