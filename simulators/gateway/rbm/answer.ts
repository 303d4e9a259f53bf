import type { DoorOutcome, Meaning } from '../../kernel/events.ts';
import type { RpcStatus } from '../../protocol/rbm/errors.ts';
import { RPC_STATUS, rpcError } from '../../protocol/rbm/errors.ts';
import type { Answer } from '../api/answer.ts';

const OK_WORD = '200 OK';

export function ok(body: string, meaning?: readonly Meaning[]): Answer {
  return meaning === undefined
    ? { status: 200, body, outcome: 'accepted', word: OK_WORD }
    : { status: 200, body, outcome: 'accepted', word: OK_WORD, meaning };
}

const OUTCOMES: Readonly<Record<RpcStatus, DoorOutcome>> = {
  INVALID_ARGUMENT: 'rejected',
  FAILED_PRECONDITION: 'unavailable',
  UNAUTHENTICATED: 'unauthorized',
  PERMISSION_DENIED: 'unauthorized',
  NOT_FOUND: 'unavailable',
  ABORTED: 'conflict',
  PAYLOAD_TOO_LARGE: 'rejected',
  RESOURCE_EXHAUSTED: 'throttled',
  INTERNAL: 'failed',
  UNAVAILABLE: 'failed',
};

export interface RefusalFacts {
  readonly details?: readonly unknown[];
  readonly meaning?: readonly Meaning[];
  readonly outcome?: DoorOutcome;
  readonly retryAfterMicros?: number;
  /** The HTTP status, where a fault asked for one of its own. */
  readonly code?: number;
}

/** An error in Google's shape. */
export function refuse(status: RpcStatus, message: string, facts: RefusalFacts = {}): Answer {
  const { details, meaning, retryAfterMicros } = facts;
  const code = facts.code ?? RPC_STATUS[status];
  const body = rpcError(status, message, details);
  return {
    status: code,
    body: JSON.stringify({ error: { ...body.error, code } }),
    outcome: facts.outcome ?? OUTCOMES[status],
    word: `${code} ${status}`,
    ...(meaning === undefined ? {} : { meaning }),
    ...(retryAfterMicros === undefined ? {} : { retryAfterMicros }),
  };
}
