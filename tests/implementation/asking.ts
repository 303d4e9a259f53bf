/** The answers of a conversation as promises. */
import type {
  Conversation,
  StatusReading,
  Submission,
  SubmitResult,
} from '../../harness/implementation/interface.ts';
import { answerOf } from '../../harness/implementation/interface.ts';

/** Time is driven by the test, which also lets promise work finish. */
const driven = { touch: () => {} };

export function submitted(
  conversation: Pick<Conversation, 'submit'>,
  submission: Submission,
): Promise<SubmitResult> {
  return answerOf(driven, (told) => conversation.submit(submission, told));
}

export function statusRead(
  conversation: Pick<Conversation, 'status'>,
  message: string,
  id: string,
): Promise<StatusReading | undefined> {
  return answerOf(driven, (told) => conversation.status(message, id, told));
}
