/** One message as the rules see it: all that was attributed to it, from submission to display. */
import type { PersonPlan } from '../../simulators/kernel/plan.ts';
import type { Channel, Sensitivity } from '../../simulators/kernel/words.ts';
import type { Latency } from './latency.ts';
import type { Display, Dispatch, Mark, MessageRecord, Told, Transmission } from './records.ts';

/** Consecutive dispatches of one message on one channel: retries, parts, several devices. */
export interface Attempt extends Mark {
  readonly channel: Channel;
  readonly dispatches: readonly Dispatch[];
}

/** The copy that put the content before the person first. */
export interface Arrival {
  readonly display: Display;
  /** Display less the person's own delay. */
  readonly at: number;
  readonly personMicros: number;
}

export interface MessageView {
  readonly id: string;
  readonly record: MessageRecord;
  readonly person: PersonPlan;
  readonly sensitivity: Sensitivity;
  /** First submission; the intended time when it never left. */
  readonly submittedAt: number;
  readonly deadlineAt: number;
  /** The implementation took it, or may have (no answer, indefinite refusal). */
  readonly taken: boolean;
  readonly acceptedAt: Mark | null;
  readonly transmissions: readonly Transmission[];
  readonly dispatches: readonly Dispatch[];
  readonly attempts: readonly Attempt[];
  readonly displays: readonly Display[];
  readonly arrival: Arrival | null;
  /** null when it was never displayed. */
  readonly latency: Latency | null;
  /** Evidence that callbacks brought to the implementation, in order. */
  readonly told: readonly Told[];
  /** What nobody could attribute and may be this message's; copies of one message together. */
  readonly maybe: readonly (readonly Transmission[])[];
  /** The message as it would be if these were its own too. */
  readonly supposing: (theirs: readonly Transmission[]) => MessageView;
}
