/**
 * `failed` told although nothing said so: a door had taken the message, or had at least not turned
 * it away, no time was over, and nobody had taken it back. Time that is over is evidence.
 */
import type { Attempt, MessageView } from './message-view.ts';
import type { Dispatch, Mark } from './records.ts';
import { turnedAway } from './turned-away.ts';
import type { CaseView } from './view.ts';

export interface UnfoundedFailure {
  readonly told: Mark;
  /** The copy that was, or may have been, under way. */
  readonly dispatch: Dispatch;
  readonly against: string;
}

/** Whoever gives up a tenth before the attempt's time has waited for it. */
const WAITED = 0.9;

/** Evidence against this copy, true or not, that the implementation may have had by then. */
function saidAgainst({ channel, transmission }: Dispatch, by: number): boolean {
  const { told, revokeAsked } = transmission;
  if (revokeAsked !== null && revokeAsked.at <= by) return true;
  return told.some(
    ({ offeredAt, implies, unavailable }) =>
      offeredAt <= by &&
      (implies === 'failed' ||
        unavailable.includes(channel) ||
        // A phone could not read it: with this copy it is over.
        (channel === 'rcs-e2ee' && implies === null)),
  );
}

/** Its answer had come, and said that the door took it. */
function wasTaken({ outcome, handedAt }: Dispatch, by: number): boolean {
  return outcome === 'accepted' && handedAt !== null && handedAt <= by;
}

/** Until when the attempt may be tried; without an end of its own what was taken has none. */
function overAt(view: CaseView, attempt: Attempt, taken: boolean): number {
  const { attemptTimeoutMicros: timeouts } = view.policy;
  const longest = Math.max(0, ...Object.values(timeouts));
  const limit = timeouts[attempt.channel] ?? (taken ? Infinity : longest);
  return limit === Infinity ? Infinity : view.running(attempt.at, limit * WAITED);
}

function against(view: CaseView, attempt: Attempt, dispatch: Dispatch, by: number): string | null {
  if (dispatch.operation !== 'send' || dispatch.at > by || saidAgainst(dispatch, by)) return null;
  const taken = wasTaken(dispatch, by);
  if (by >= overAt(view, attempt, taken)) return null;
  if (taken) return `${dispatch.component} had taken it and nothing spoke against its arrival`;
  if (turnedAway(dispatch)) return null;
  // What came to nothing was failed, on whatever ground it was said.
  if (dispatch.transmission.displays.length === 0) return null;
  return `${dispatch.component} had not turned it away, and it was shown`;
}

/** The first time that `failed` was told, if nothing carried that; null where something did. */
export function unfoundedFailure(view: CaseView, message: MessageView): UnfoundedFailure | null {
  const told = message.record.failedTold;
  if (
    told === null ||
    told.at >= view.running(message.submittedAt, message.deadlineAt - message.submittedAt)
  ) {
    return null;
  }
  if (view.fold.consent.excuse(message.person.id, told.at) !== undefined) return null;
  for (const attempt of message.attempts) {
    for (const dispatch of attempt.dispatches) {
      const reason = against(view, attempt, dispatch, told.at);
      if (reason !== null) return { told, dispatch, against: reason };
    }
  }
  return null;
}
