import type { DoorOperation, DoorOutcome, Meaning } from '../../kernel/events.ts';
import { TWILIO_ERRORS, twilioErrorBody, twilioErrorText } from '../../protocol/twilio/errors.ts';
import type { TwilioErrorCode } from '../../protocol/twilio/errors.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { TwilioRouting } from './context.ts';

/** `body`: JSON. */
export function answeredJson(status: 200 | 201 | 202, body: string): Answer {
  const word = status === 201 ? '201 Created' : `${status} OK`;
  return { status, body, outcome: 'accepted', word };
}

export function answered(status: 200 | 201 | 202, json: unknown): Answer {
  return answeredJson(status, JSON.stringify(json));
}

export function noContent(): Answer {
  return { status: 204, body: '', outcome: 'accepted', word: '204 No Content' };
}

function outcomeOf(status: number): DoorOutcome {
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'throttled';
  if (status === 409) return 'conflict';
  return status >= 500 ? 'failed' : 'rejected';
}

export interface RefusalFacts {
  /** What stands behind the error's sentence. */
  readonly detail?: string;
  /** The HTTP status where a fault asked for one of its own. */
  readonly status?: number;
  readonly retryAfterMicros?: number;
  readonly outcome?: DoorOutcome;
  readonly meaning?: readonly Meaning[];
}

/** An error of the REST API. */
export function refuse(code: TwilioErrorCode, facts: RefusalFacts = {}): Answer {
  const { detail, retryAfterMicros, meaning } = facts;
  const status = facts.status ?? TWILIO_ERRORS[code].status;
  const text = twilioErrorText(code);
  const message = detail === undefined ? text : `${text}: ${detail}`;
  return {
    status,
    body: twilioErrorBody(code, status, message),
    outcome: facts.outcome ?? outcomeOf(status),
    word: `${status} ${code}`,
    ...(retryAfterMicros === undefined ? {} : { retryAfterMicros }),
    ...(meaning === undefined ? {} : { meaning }),
  };
}

/** The API does not know the resource. */
export function notFound({ request }: Pick<TwilioRouting, 'request'>): Answer {
  return refuse(20404, { detail: request.path });
}

/** A call that has nothing to do with a message on its way. */
export function simpleCall(
  { request, what }: TwilioRouting,
  operation: DoorOperation,
  serve: () => Answer,
): Call {
  const { body, path, query } = request;
  const seen = body.length > 0 ? body : `${path}?${query}`;
  return { operation, what, seen, serve };
}
