/**
 * How the gateway of secure sessions says no: Problem Details (RFC 9457) with a `code` that
 * programs read.
 */
import type { FieldProblem } from '../json/fields.ts';

export const SESSION_PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not as the interface wants it.' },
  'idempotency-key-missing': { status: 400, title: 'A payload needs an Idempotency-Key.' },
  'payload-damaged': { status: 400, title: 'The payload is no JWE that this session opens.' },
  'wrong-key': { status: 400, title: 'The payload is sealed to a key that is not the session’s.' },
  unauthenticated: { status: 401, title: 'There is no valid access token.' },
  'no-such-operation': { status: 404, title: 'The interface has no such operation.' },
  'number-not-reachable': { status: 404, title: 'The number is not reachable by RCS.' },
  'session-unknown': { status: 404, title: 'There is no such session.' },
  'transaction-unknown': { status: 404, title: 'There is no such transaction.' },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key was used for another payload.',
  },
  'payload-repeated': {
    status: 409,
    title: 'This payload was sent before, under another Idempotency-Key.',
  },
  'session-over': { status: 410, title: 'The session is over.' },
  'too-large': { status: 413, title: 'The request is too large.' },
  'encryption-not-available': { status: 422, title: 'The number has no end-to-end encryption.' },
  'no-device-with-keys': { status: 422, title: 'No device of the number has keys now.' },
  'too-many-requests': { status: 429, title: 'Too many requests.' },
  'service-broken': { status: 503, title: 'The service is unavailable.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type SessionProblem = keyof typeof SESSION_PROBLEMS;

export interface ProblemFacts {
  readonly detail?: string;
  /** Further members of the document, for programs: `reason`, `fields`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Where a fault asked for a status of its own. */
  readonly status?: number;
}

/** The document of one refusal, and its status. */
export function problemDocument(
  code: SessionProblem,
  { detail, members = {}, status }: ProblemFacts = {},
): { readonly status: number; readonly body: string } {
  const known = SESSION_PROBLEMS[code];
  const told = status ?? known.status;
  const body = JSON.stringify({
    type: `https://bellwether.example/problems/${code}`,
    title: known.title,
    status: told,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...members,
  });
  return { status: told, body };
}

/** What was wrong with which field, as `fields` tells it. */
export function fieldProblems(problems: readonly FieldProblem[]) {
  return problems.map(({ field, reason }) => ({ field: field === '' ? 'body' : field, reason }));
}
