/**
 * Who is to blame where an implementation failed: the same cell with the same seed, played with the
 * reference in its place, and with reference peers where there were others. Data for reports; a
 * verdict never depends on it.
 */
import type { Verdict } from './words.ts';

/** Who took which side in one repetition. */
export interface BlamePlay {
  readonly implementation: string;
  /** The phones' engines as planned, or all of them Bellwether's own. */
  readonly peers: 'as-planned' | 'reference';
  readonly verdict: Verdict;
  /** `must` rules that found something. */
  readonly rules: readonly string[];
  readonly why: string;
}

/** The first step of a message's story that one of two histories has and the other has not. */
export interface Parting {
  readonly message: string;
  /** seq and µs in the cell's own history, and what happened; null: nothing more did. */
  readonly here: PartingStep | null;
  /** The same in the history of the reference. */
  readonly there: PartingStep | null;
}

export interface PartingStep {
  readonly seq: number;
  readonly atMicros: number;
  readonly text: string;
}

export interface Blame {
  /**
   * - `implementation`: it fails with everyone, and the reference does not
   * - `pair`: it fails only with these peers, who do not fail with the reference
   * - `peer`: these peers fail with the reference too, and it passes with others
   * - `scenario`: the reference fails as well: look at the scenario, or at the world
   * - `unknown`: the reference could not be asked
   */
  readonly on: 'implementation' | 'pair' | 'peer' | 'scenario' | 'unknown';
  readonly sentence: string;
  /** Of the rules that failed, those that the reference breaks as well. */
  readonly shared: readonly string[];
  /** The cell itself first. */
  readonly plays: readonly BlamePlay[];
  readonly parting: Parting | null;
}
