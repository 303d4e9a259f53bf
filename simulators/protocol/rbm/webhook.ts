/**
 * What RCS for Business sends to an agent's webhook: a Pub/Sub-shaped envelope, signed with the
 * client token (developer guide "Set up webhooks"; sample code of rcs-business-messaging).
 */
import type { HmacSigner } from '../jwt/hmac.ts';
import { createHmacSigner } from '../jwt/hmac.ts';

interface EventCommon {
  readonly agentId: string;
  readonly eventId: string;
  /** RFC 3339 */
  readonly sendTime: string;
}

export interface UserEvent extends EventCommon {
  readonly senderPhoneNumber: string;
  readonly eventType: 'DELIVERED' | 'READ' | 'IS_TYPING';
  readonly messageId?: string;
}

/** What a person wrote, tapped, shared or attached. */
export type UserMessage = {
  readonly senderPhoneNumber: string;
  readonly messageId: string;
  readonly sendTime: string;
  readonly agentId: string;
} & (
  | { readonly text: string }
  | { readonly location: { readonly latitude: number; readonly longitude: number } }
  | { readonly userFile: { readonly payload: FileInfo; readonly thumbnail?: FileInfo } }
  | {
      readonly suggestionResponse: {
        readonly postbackData: string;
        /** The button's label. */
        readonly text: string;
        readonly type: 'REPLY' | 'ACTION';
      };
    }
);

export interface FileInfo {
  readonly mimeType: string;
  readonly fileSizeBytes: number;
  readonly fileUri: string;
  readonly fileName: string;
}

/** The answer to requestCapabilityCallback. */
export interface CapabilityCallback {
  readonly agentId: string;
  readonly requestId: string;
  readonly phoneNumber: string;
  readonly rbmEnabled: boolean;
  readonly features: readonly string[];
}

export interface ServerEvent extends EventCommon {
  readonly phoneNumber: string;
  readonly messageId: string;
  readonly eventType: 'TTL_EXPIRATION_REVOKED' | 'TTL_EXPIRATION_REVOKE_FAILED';
}

/** Bellwether's extension (docs/gateway-rbm.md). */
export interface E2eeEvent extends EventCommon {
  readonly phoneNumber: string;
  readonly deviceId: string;
  readonly eventType:
    'MLS_MESSAGE' | 'MLS_FAILURE' | 'DEVICE_ADDED' | 'DEVICE_REMOVED' | 'DEVICE_ATTESTATION';
  readonly messageId?: string;
  readonly reason?: string;
  readonly e2ee?: boolean;
  /** `passed`, or why the device is not to be trusted: `platform-failed`, `sim-swapped` … */
  readonly attestation?: string;
  readonly mls?: {
    readonly contentType: string;
    readonly eraId: number;
    readonly epochAuthenticator: string;
    readonly body: string;
  };
}

export type Notification = UserEvent | UserMessage | ServerEvent | CapabilityCallback | E2eeEvent;

function messageType(message: UserMessage): string {
  if ('text' in message) return 'TEXT';
  if ('location' in message) return 'LOCATION';
  return 'userFile' in message ? 'FILE' : 'SUGGESTION_RESPONSE';
}

export interface EnvelopeFacts {
  readonly messageId: string;
  /** RFC 3339 */
  readonly publishTime: string;
  readonly subscription: string;
  readonly projectNumber: string;
}

export interface SignedNotification {
  readonly body: string;
  /** X-Goog-Signature */
  readonly signature: string;
}

/** base64(HMAC-SHA512(clientToken as UTF-8, decoded bytes of message.data)). */
export function createNotificationSigner(clientToken: string): HmacSigner {
  return createHmacSigner('sha512', clientToken);
}

function attributesOf(notification: Notification, facts: EnvelopeFacts): Record<string, string> {
  const common = {
    product: 'RBM',
    business_id: notification.agentId,
    project_number: facts.projectNumber,
  };
  if ('rbmEnabled' in notification) return { ...common, type: 'capability_callback' };
  if (!('eventType' in notification)) {
    return { ...common, type: 'message', message_type: messageType(notification) };
  }
  const type = 'senderPhoneNumber' in notification ? 'event' : 'server_event';
  return { ...common, type, event_type: notification.eventType };
}

/** The POST body and its signature; `content` is the notification's JSON. */
export function envelope(
  content: string,
  notification: Notification,
  sign: HmacSigner,
  facts: EnvelopeFacts,
): SignedNotification {
  const data = Buffer.from(content);
  const body = JSON.stringify({
    message: {
      data: data.toString('base64'),
      attributes: attributesOf(notification, facts),
      messageId: facts.messageId,
      message_id: facts.messageId,
      publishTime: facts.publishTime,
      publish_time: facts.publishTime,
    },
    subscription: facts.subscription,
  });
  return { body, signature: sign(data) };
}

/** `note` and `why` are for the reader. */
export type HandshakeResult =
  { readonly held: true; readonly note?: string } | { readonly held: false; readonly why: string };

/** Judges the answer to the verification request `{clientToken, secret}`. */
export function judgeHandshake(status: number, body: string, secret: string): HandshakeResult {
  if (status !== 200) return { held: false, why: `answered ${status} instead of 200` };
  const answered = body.trim();
  if (answered === secret || answered === `"${secret}"`) return { held: true };
  if (answered === `secret: ${secret}`) {
    return {
      held: true,
      note: 'answered "secret: …" as the sample code does, not the bare secret',
    };
  }
  return { held: false, why: 'answered 200 without the secret' };
}
