import type { DoorOutcome, Meaning } from '../../kernel/events.ts';
import { problemDocument } from '../../protocol/sessions/problems.ts';
import type { ProblemFacts, SessionProblem } from '../../protocol/sessions/problems.ts';
import type { Answer } from '../api/answer.ts';

export function answer(
  status: 200 | 201 | 202,
  json: unknown,
  facts: Partial<Answer> = {},
): Answer {
  const words = { 200: '200 OK', 201: '201 Created', 202: '202 Accepted' } as const;
  const body = JSON.stringify(json);
  return { status, body, outcome: 'accepted', word: words[status], ...facts };
}

const OUTCOMES: Readonly<Record<SessionProblem, DoorOutcome>> = {
  'invalid-request': 'rejected',
  'idempotency-key-missing': 'rejected',
  'payload-damaged': 'rejected',
  'wrong-key': 'conflict',
  unauthenticated: 'unauthorized',
  'no-such-operation': 'rejected',
  'number-not-reachable': 'unavailable',
  'session-unknown': 'conflict',
  'transaction-unknown': 'rejected',
  'idempotency-key-reused': 'rejected',
  'payload-repeated': 'rejected',
  'session-over': 'conflict',
  'too-large': 'rejected',
  'encryption-not-available': 'unavailable',
  'no-device-with-keys': 'unavailable',
  'too-many-requests': 'throttled',
  'service-broken': 'failed',
};

const PROBLEM_HEADERS = Object.freeze({ 'content-type': 'application/problem+json' });

export interface RefusalFacts extends ProblemFacts {
  readonly meaning?: readonly Meaning[];
  readonly retryAfterMicros?: number;
}

/** A refusal as Problem Details (RFC 9457). */
export function refuse(code: SessionProblem, facts: RefusalFacts = {}): Answer {
  const { meaning, retryAfterMicros } = facts;
  const { status, body } = problemDocument(code, facts);
  return {
    status,
    body,
    outcome: OUTCOMES[code],
    word: `${status} ${code}`,
    headers: PROBLEM_HEADERS,
    ...(meaning === undefined ? {} : { meaning }),
    ...(retryAfterMicros === undefined ? {} : { retryAfterMicros }),
  };
}
