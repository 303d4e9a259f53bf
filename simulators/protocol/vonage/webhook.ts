/**
 * What the Vonage Messages API posts to an application: message status and inbound message, signed
 * by a JWT in the Authorization header (https://developer.vonage.com/en/getting-started/concepts/
 * webhooks, "Validating signed webhooks").
 */
import { hash } from 'node:crypto';
import { createHs256Signer } from '../jwt/sign.ts';
import type { StatusError } from './errors.ts';
import type { VonageChannel } from './request.ts';

export type VonageStatus = 'submitted' | 'delivered' | 'read' | 'rejected' | 'undeliverable';

/** Message status webhook, version v1. */
export interface StatusWebhook {
  readonly message_uuid: string;
  readonly to: string;
  readonly from: string;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly status: VonageStatus;
  readonly channel: VonageChannel;
  readonly client_ref?: string;
  readonly error?: StatusError;
  /** Money as text; SMS and MMS are charged when submitted, RCS when delivered. */
  readonly usage?: { readonly currency: string; readonly price: string };
  readonly sms?: { readonly count_total: string };
  readonly destination?: { readonly network_code: string };
  /** Of a message with failover: which one of how many, from 1. */
  readonly workflow?: {
    readonly id: string;
    readonly items_number: string;
    readonly items_total: string;
  };
}

/** Message status webhook, version v0.1 (`webhook_version`). */
export interface OldStatusWebhook {
  readonly message_uuid: string;
  readonly timestamp: string;
  readonly status: VonageStatus;
  readonly to: { readonly type: string; readonly number: string };
  readonly from: { readonly type: string; readonly number: string };
  readonly client_ref?: string;
  readonly error?: { readonly code: number; readonly reason: string };
}

interface InboundCommon {
  readonly message_uuid: string;
  readonly to: string;
  readonly from: string;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly channel: 'rcs' | 'sms';
}

/**
 * Inbound message webhook. A tapped reply is a `reply` with its postback data
 * as id; a tapped action a `button` (“RCS Suggestions Chips”).
 */
export type InboundWebhook = InboundCommon &
  (
    | {
        readonly message_type: 'text';
        readonly text: string;
        readonly sms?: { readonly num_messages: string; readonly keyword: string };
        readonly usage?: { readonly currency: string; readonly price: string };
      }
    | {
        readonly message_type: 'file';
        readonly file: { readonly url: string; readonly name: string };
      }
    | {
        readonly message_type: 'reply';
        readonly reply: { readonly id: string; readonly title: string };
      }
    | {
        readonly message_type: 'button';
        readonly button: { readonly payload: string; readonly text: string };
      }
  );

export type VonageWebhook = StatusWebhook | OldStatusWebhook | InboundWebhook;

/** The v0.1 form of a status. */
export function oldStatus(status: StatusWebhook): OldStatusWebhook {
  const { message_uuid, timestamp, client_ref, error, channel, to, from } = status;
  return {
    message_uuid,
    timestamp,
    status: status.status,
    to: { type: channel, number: to },
    from: { type: channel, number: from },
    ...(client_ref === undefined ? {} : { client_ref }),
    ...(error === undefined ? {} : { error: { code: error.title, reason: error.detail } }),
  };
}

export interface SignatureFacts {
  /** The account's signature secret. */
  readonly secret: string;
  readonly apiKey: string;
  readonly applicationId: string;
  readonly nowSeconds: number;
  /** A UUID of its own for each callback. */
  readonly jti: string;
}

/** The Authorization header of a callback: HS256 over claims that hash the body. */
export function signVonageCallback(body: string | Uint8Array, facts: SignatureFacts): string {
  const { secret, apiKey, applicationId, nowSeconds, jti } = facts;
  const token = createHs256Signer(secret)({
    iat: nowSeconds,
    jti,
    iss: 'Vonage',
    payload_hash: hash('sha256', body, 'hex'),
    api_key: apiKey,
    application_id: applicationId,
  });
  return `Bearer ${token}`;
}
