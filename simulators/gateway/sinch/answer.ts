import type { DoorOutcome, Meaning } from '../../kernel/events.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { badSinchRequest, sinchError, sinchStatusOf } from '../../protocol/sinch/errors.ts';
import type { SinchErrorBody, SinchStatus } from '../../protocol/sinch/errors.ts';
import type { Answer } from '../api/answer.ts';

export function ok(json: unknown, meaning?: readonly Meaning[]): Answer {
  const body = JSON.stringify(json);
  const answer = { status: 200, body, outcome: 'accepted', word: '200 OK' } as const;
  return meaning === undefined ? answer : { ...answer, meaning };
}

const OUTCOMES: Readonly<Record<SinchStatus, DoorOutcome>> = {
  INVALID_ARGUMENT: 'rejected',
  UNAUTHENTICATED: 'unauthorized',
  PERMISSION_DENIED: 'unauthorized',
  NOT_FOUND: 'rejected',
  ALREADY_EXISTS: 'rejected',
  RESOURCE_EXHAUSTED: 'throttled',
  INTERNAL: 'failed',
  UNIMPLEMENTED: 'failed',
  UNAVAILABLE: 'failed',
};

function answerOf(body: SinchErrorBody, status: SinchStatus): Answer {
  const { code } = body.error;
  return {
    status: code,
    body: JSON.stringify(body),
    outcome: OUTCOMES[status],
    word: `${code} ${status}`,
  };
}

export function refuse(status: SinchStatus, message: string): Answer {
  return answerOf(sinchError(status, message), status);
}

/** 400 with every problem of the request. */
export function invalid(problems: readonly FieldProblem[]): Answer {
  return answerOf(badSinchRequest(problems), 'INVALID_ARGUMENT');
}

/** The error that a fault asked for by its HTTP status. */
export function broken(code: number): Answer {
  const status = sinchStatusOf(code);
  return answerOf(sinchError(status, 'The service is currently unavailable.', [], code), status);
}
