import type { TellsOf } from '../../kernel/door-words.ts';
import type { DoorOperation, DoorOutcome, Meaning } from '../../kernel/events.ts';
import type { Channel } from '../../kernel/words.ts';

/** What a gateway answers, and what that tells the sender. */
export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly outcome: DoorOutcome;
  /** For the history: `404 NOT_FOUND`, `400 21211`. */
  readonly word: string;
  readonly meaning?: readonly Meaning[];
  /** What it says of messages that were sent before. */
  readonly tells?: readonly TellsOf[];
  /** Told as Retry-After, in whole seconds. */
  readonly retryAfterMicros?: number;
  /** Of an access token that is given out here: how long it is said to live. */
  readonly tokenLifeMicros?: number;
  /** Refused because the token had expired. */
  readonly tokenExpired?: true;
  /** Beside those that the door puts on every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request that was read: what it is, and how to carry it out once faults let it. */
export interface Call {
  readonly operation: DoorOperation;
  /** As the history names it: `POST /v1/phones/{E164}/agentMessages`. */
  readonly what: string;
  /** The bytes (or the address) that the gateway sees. */
  readonly seen: Uint8Array | string;
  /** See Envelopes.look. Most addresses are few and known again without it. */
  readonly plainAddress?: boolean;
  /** `secure-link` for an open text with a link: only the scan tells whether content is in it. */
  readonly channel?: Channel;
  /** The bearer of an open text whose link turned out not to be the point; default `rcs`. */
  readonly bearer?: 'rcs' | 'sms' | 'mms';
  readonly wire?: string;
  readonly person?: string;
  readonly repeated?: boolean;
  /** Of an open text to a person: does it carry the policy's disclosure sentence? */
  readonly disclosure?: boolean;
  /** Of an open text with a link: the id that the link names. */
  readonly echoed?: string;
  /** `message`: the planned message, where open content told it; `request`: the event's seq. */
  serve(message: string | undefined, request: number): Answer | Promise<Answer>;
  /** The answer of a send whose message then vanishes (answer-then-lose). */
  pretend?(): Answer;
}

/** A call that can only be refused: it was read and is wrong. */
export function refusedCall(
  call: Pick<Call, 'operation' | 'what' | 'seen'> & Partial<Call>,
  answer: Answer,
): Call {
  return { ...call, serve: () => answer };
}
