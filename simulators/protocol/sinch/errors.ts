/**
 * Errors of the Sinch Conversation API: google.rpc.Status as JSON under `error`, as the API
 * reference and the models of `@sinch/conversation` 1.4.0 have them.
 */
import type { FieldProblem } from '../json/fields.ts';

export const SINCH_STATUS = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
} as const satisfies Record<string, number>;

export type SinchStatus = keyof typeof SINCH_STATUS;

export interface SinchErrorBody {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details: readonly unknown[];
  };
}

/** `code`: an HTTP status that a fault asked for, where the word has another. */
export function sinchError(
  status: SinchStatus,
  message: string,
  details: readonly unknown[] = [],
  code: number = SINCH_STATUS[status],
): SinchErrorBody {
  return { error: { code, message, status, details } };
}

/** The status word of an HTTP status that a fault asked for. */
export function sinchStatusOf(code: number): SinchStatus {
  if (code === 503) return 'UNAVAILABLE';
  for (const [status, known] of Object.entries(SINCH_STATUS)) {
    if (known === code) return status as SinchStatus;
  }
  return code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT';
}

/** google.rpc.BadRequest with every problem of a request. */
export function badSinchRequest(problems: readonly FieldProblem[]): SinchErrorBody {
  const fieldViolations = problems.map(({ field, reason }) => ({ field, description: reason }));
  const [first] = problems;
  const message =
    first === undefined ? 'Invalid request' : `${first.field || 'request'} ${first.reason}`;
  const detail = { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations };
  return sinchError('INVALID_ARGUMENT', message, [detail]);
}

/** OAuth 2.0 errors of auth.sinch.com (RFC 6749 §5.2). */
export function oauthError(error: string, description: string): string {
  return JSON.stringify({ error, error_description: description });
}
