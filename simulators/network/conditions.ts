/**
 * What faults do to a component's traffic, the same for every door and core. A component owns one
 * Conditions, puts `verbs` into its Target, and asks `meet` once for each request that it has read.
 */
import type { ComponentState } from '../kernel/words.ts';
import type { FaultLedger, Lift, Verb } from '../kernel/target.ts';

/** What is to become of one request. The delay passes first. */
export type Treatment = {
  readonly delayMicros: number;
  /**
   * How slowly a body of so many bytes comes, in bytes a second; undefined: at once. To be asked
   * once, with the answer at hand: it is then that a hit is recorded. Absent: nothing is slow.
   */
  readonly paceOf?: (bodyBytes: number) => number | undefined;
} & (
  | { readonly kind: 'serve' }
  /**
   * Answer with this error instead of serving (503, ESME_RSYSERR …); `as`: the protocol's own word,
   * for doors that know it.
   */
  | { readonly kind: 'error'; readonly status: number; readonly as?: string }
  | {
      readonly kind: 'throttle';
      readonly retryAfterMicros: number;
      /** A full queue, for protocols that tell it from a rate limit (ESME_RMSGQFUL). */
      readonly queueFull?: boolean;
    }
  | { readonly kind: 'silence' }
  | { readonly kind: 'reset' }
  /** Do what was asked, then break the connection before the answer. */
  | { readonly kind: 'serve-then-drop-answer' }
  /** Answer as if accepted, and let the message vanish behind the door. */
  | { readonly kind: 'answer-then-lose' }
);

export interface Conditions {
  readonly component: string;
  readonly state: ComponentState;
  /** New connections are broken: listeners drop those that are open, too. */
  readonly refusing: boolean;
  /**
   * outage, flap, latency, loss, bandwidth, slow-body, throttle, queue-full, refuse,
   * accept-then-drop-answer, answer-then-lose
   */
  readonly verbs: Readonly<Record<string, Verb>>;
  /** False while connections are refused; records the hit. */
  accepts(): boolean;
  /**
   * Decides once for one request and records `fault.touched` when a fault had a part in it.
   * `person`: whom it is about, for worlds in which that alone decides. `bytes`: of its body, for
   * ways that carry few.
   */
  meet(message: string | undefined, wire?: string, person?: string, bytes?: number): Treatment;
  /**
   * Counts a fault that the component carries out by itself into its state, until it is lifted;
   * what becomes of requests stays the component's own business.
   */
  impose(state: ComponentState, why: string, ledger: FaultLedger): Lift;
  /** Called after each fault that comes or goes: stores drain, open connections are dropped. */
  onChange(listener: (state: ComponentState) => void): void;
}
