/** The words in which doors and callbacks are told, common to all protocols. */
import type { Channel, StatusWord } from './words.ts';

/** What an answer or a callback tells the implementation about the world; declared by the door. */
export interface Meaning {
  readonly channels: readonly Channel[];
  readonly scope:
    | { readonly person: string }
    | { readonly device: string }
    | { readonly carrier: string }
    | { readonly component: string };
  readonly says: 'available' | 'unavailable' | 'busy';
  /**
   * How long it holds, in µs from when it was handed over; `capability-age` is the policy's,
   * `message` concerns only the message of this wire.
   */
  readonly holds: number | 'capability-age' | 'message';
}

/** What an answer says of a message that was sent before: the status that was asked for. */
export interface TellsOf {
  readonly wire: string;
  readonly implies: StatusWord;
}

/** Which part of a text that was sent in several (3GPP TS 23.040 §9.2.3.24.1). */
export interface PartOf {
  /** The wire of the first of its parts that came, which may be this one. */
  readonly of: string;
  /** From 1. */
  readonly number: number;
  readonly total: number;
  /** No receipt was asked for: nothing will be told of it. */
  readonly unasked?: true;
}

/** The outcome of one request at a door, in words common to all protocols. */
export type DoorOutcome =
  | 'accepted' // the door took it (2xx, ESME_ROK)
  | 'unavailable' // the recipient cannot be reached on this channel (404, UNREGISTERED, 410)
  | 'throttled' // slow down (429, ESME_RTHROTTLED, ESME_RMSGQFUL)
  | 'rejected' // the request itself is wrong (4xx); permanent
  | 'unauthorized' // a token or signature was refused (401, 403, ESME_RBINDFAIL)
  | 'conflict' // the sender's view is old (409 ABORTED: wrong MLS epoch)
  | 'failed' // the service is broken (5xx, ESME_RSYSERR)
  | 'silence' // no answer will ever come
  | 'reset' // the connection was broken after the request was read
  | 'refused-connection' // the connection was broken before anything was read
  | 'answer-lost'; // it was accepted and the answer never arrived

/** What a request at a door is for. */
export type DoorOperation =
  | 'send' // one message towards a person
  | 'mls-control' // Welcome, Commit: no content for the person
  | 'revoke'
  | 'capability'
  | 'key-packages'
  | 'devices'
  | 'session' // a secure session at the gateway: begun, renewed, closed, asked for
  | 'token'
  | 'event' // typing, read
  | 'bind'
  | 'query'
  | 'connect' // refused before a request could be read
  | 'unexpected'; // nothing we know: the finding contract/unexpected-traffic

/**
 * What a callback fault made of a callback that the vendor did not mean so. `forged`: an attacker's
 * own, with a signature made up; `wrong-key`: signed properly, by a key that is not the account's;
 * `tampered`: the true signature over a body that was changed afterwards; `unsigned`: no signature;
 * `stale`: true and signed long ago; `replayed`: a true one, byte for byte, for a second time;
 * `malformed`: signed, and its body cannot be read; `oversize`: signed, and far too large.
 */
export type CallbackForgery =
  | 'forged'
  | 'wrong-key'
  | 'tampered'
  | 'unsigned'
  | 'stale'
  | 'replayed'
  | 'malformed'
  | 'oversize';
