/** What the rules on archives share: which copies were found, and how they are spoken of. */
import type { EventOf } from '../../simulators/kernel/events.ts';
import type { Tally } from './rule.ts';
import type { CaseView, MessageView } from './view.ts';
import { subject } from './wording.ts';

/** An answer to the question for one message's copy, and the message. */
export interface ArchiveRead {
  readonly event: EventOf<'archive.read'>;
  readonly message: MessageView;
}

/** Every answer that says yes or no; what could not be read is left unjudged. */
export function archiveReads(view: CaseView, tally: Tally): ArchiveRead[] {
  const { archiveReads: events } = view.fold;
  const unread = events.filter(({ outcome }) => outcome === 'unread');
  for (const { status } of unread) tally.leave(`the archive could not be read (${status})`);
  return events.flatMap((event) => {
    const message = view.byId.get(event.message);
    return event.outcome === 'unread' || message === undefined ? [] : [{ event, message }];
  });
}

/** `The archived copy of statement statements-3 (high sensitivity)` */
export function copyOf(message: MessageView): string {
  const words = subject(message);
  const lower = `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  return `The archived copy of ${lower} (${message.sensitivity} sensitivity)`;
}
