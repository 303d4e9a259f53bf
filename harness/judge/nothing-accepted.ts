import type { CaseView } from './view.ts';
import { plural } from './wording.ts';

/**
 * Why the cell says nothing about the implementation, where that accepted none of what it was to
 * send, sent nothing all the same, and was told nothing by people; null otherwise. Who wants
 * nothing more, or may be sent nothing by the policy, is rightly refused: alone they are no reason.
 */
export function nothingAccepted(view: CaseView): string | null {
  if (!view.judgesImplementation || view.unattributed > 0) return null;
  let due = 0;
  for (const message of view.messages) {
    const { acceptedAt, arrival, dispatches, record, person } = message;
    if (arrival !== null || acceptedAt !== null || dispatches.length > 0) return null;
    if (record.from !== null || message.maybe.length > 0) continue;
    const isUnwanted = view.fold.consent.excuse(person.id, message.submittedAt) !== undefined;
    const isForbidden = view.availability.usable(message.sensitivity).length === 0;
    if (!isUnwanted && !isForbidden) due++;
  }
  if (due === 0) return null;
  return (
    `the implementation accepted none of ${plural(due, 'message')} that it was to send, ` +
    'so nothing it does with one was judged'
  );
}
