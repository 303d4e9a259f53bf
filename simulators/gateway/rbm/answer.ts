import type { DoorOutcome, Meaning } from '../../kernel/events.ts';
import type { Channel } from '../../kernel/words.ts';
import type { DoorOperation } from '../../kernel/events.ts';
import type { RpcStatus } from '../../protocol/rbm/errors.ts';
import { RPC_STATUS, rpcError } from '../../protocol/rbm/errors.ts';

/** What the gateway answers, and what that tells the sender. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly outcome: DoorOutcome;
  /** For the history: `404 NOT_FOUND`. */
  readonly word: string;
  readonly meaning?: readonly Meaning[];
  readonly retryAfterMicros?: number;
}

/** One request that was read: what it is, and how to carry it out once faults let it. */
export interface Call {
  readonly operation: DoorOperation;
  readonly what: string;
  /** The bytes (or the address) that the gateway sees. */
  readonly seen: Uint8Array | string;
  readonly channel?: Channel;
  readonly wire?: string;
  readonly person?: string;
  readonly repeated?: boolean;
  /** Of an open text to a person: does it carry the policy's disclosure sentence? */
  readonly disclosure?: boolean;
  /** Of an open text with a link: the id that the link names. */
  readonly echoed?: string;
  /** `message`: the planned message, where open content told it. */
  serve(message: string | undefined, request: number): Answer | Promise<Answer>;
  /** The answer of a send whose message then vanishes (answer-then-lose). */
  pretend?(): Answer;
}

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

/** A call that can only be refused: it was read and is wrong. */
export function refusedCall(
  call: Pick<Call, 'operation' | 'what' | 'seen'> & Partial<Call>,
  answer: Answer,
): Call {
  return { ...call, serve: () => answer };
}
