import type { DoorOutcome, Meaning } from '../../kernel/events.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { infobipError } from '../../protocol/infobip/errors.ts';
import type { Answer } from '../api/answer.ts';

export function ok(json: unknown, meaning?: readonly Meaning[]): Answer {
  const body = JSON.stringify(json);
  const answer = { status: 200, body, outcome: 'accepted', word: '200 OK' } as const;
  return meaning === undefined || meaning.length === 0 ? answer : { ...answer, meaning };
}

function outcomeOf(status: number): DoorOutcome {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'failed' : 'rejected';
}

/** An `ApiError` with every problem of the request among its violations. */
export function refuse(
  status: number,
  problems: readonly FieldProblem[] = [],
  description?: string,
): Answer {
  return {
    status,
    body: JSON.stringify(infobipError(status, problems, description)),
    outcome: outcomeOf(status),
    word: `${status} E${status}`,
  };
}
