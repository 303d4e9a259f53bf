/**
 * What the Sinch Conversation API posts to an app's webhook, and its signature
 * (https://developers.sinch.com/docs/conversation/callbacks; `validateWebhookSignature` of
 * `@sinch/sdk-client`).
 */
import { hmacBase64 } from '../jwt/hmac.ts';
import type { ChannelIdentity, SinchChannel } from './request.ts';

export type SinchDeliveryStatus =
  'QUEUED_ON_CHANNEL' | 'DELIVERED' | 'READ' | 'FAILED' | 'SWITCHING_CHANNEL';

/** The reasons that this simulator tells; the models of the SDK list some thirty. */
/** Those of the vendor’s reasons that are told here. */
export const SINCH_REASONS = [
  'RECIPIENT_NOT_REACHABLE',
  'NO_CHANNEL_IDENTITY_FOR_CONTACT',
  'CHANNEL_FAILURE',
  'NO_CHANNELS_LEFT',
  'MESSAGE_EXPIRED',
  'MEDIA_NOT_REACHABLE',
  'MEDIA_TOO_LARGE',
] as const;

export type SinchReasonCode = (typeof SINCH_REASONS)[number];

export interface SinchReason {
  readonly code: SinchReasonCode;
  readonly description: string;
  readonly sub_code: 'UNSPECIFIED_SUB_CODE';
}

export interface SinchIdentity extends ChannelIdentity {
  readonly app_id: string;
}

interface Common {
  readonly app_id: string;
  readonly project_id: string;
  /** ISO 8601 */
  readonly accepted_time: string;
  /** ISO 8601 */
  readonly event_time: string;
  readonly message_metadata: string;
  readonly correlation_id: string;
}

export interface DeliveryReport extends Common {
  readonly message_delivery_report: {
    readonly message_id: string;
    readonly conversation_id: string;
    readonly status: SinchDeliveryStatus;
    readonly channel_identity: SinchIdentity;
    readonly contact_id: string;
    readonly reason?: SinchReason;
    readonly metadata: string;
    readonly processing_mode: 'CONVERSATION' | 'DISPATCH';
  };
}

export interface CapabilityNotification extends Common {
  readonly capability_notification: {
    readonly request_id: string;
    readonly contact_id: string;
    readonly channel: SinchChannel;
    readonly identity: string;
    readonly capability_status:
      'CAPABILITY_UNKNOWN' | 'CAPABILITY_FULL' | 'CAPABILITY_PARTIAL' | 'NO_CAPABILITY';
    readonly channel_capabilities?: readonly string[];
    readonly reason?: SinchReason;
  };
}

export type ContactMessage =
  | { readonly text_message: { readonly text: string } }
  | { readonly media_message: { readonly url: string } }
  | {
      readonly location_message: {
        readonly title: string;
        readonly coordinates: { readonly latitude: number; readonly longitude: number };
      };
    }
  | {
      readonly choice_response_message: {
        readonly message_id: string;
        readonly postback_data: string;
      };
    };

export interface InboundMessage extends Common {
  readonly message: {
    readonly id: string;
    readonly direction: 'TO_APP';
    readonly contact_message: ContactMessage;
    readonly channel_identity: SinchIdentity;
    readonly conversation_id: string;
    readonly contact_id: string;
    readonly metadata: string;
    readonly accept_time: string;
    readonly sender_id: string;
    readonly processing_mode: 'CONVERSATION' | 'DISPATCH';
    readonly injected: boolean;
  };
}

export type SinchWebhook = DeliveryReport | CapabilityNotification | InboundMessage;

/** The four headers of a signed callback. `timestamp`: seconds since the Unix epoch. */
export function signSinchCallback(
  body: string,
  facts: { readonly secret: string; readonly nonce: string; readonly timestamp: number },
): Readonly<Record<string, string>> {
  const { secret, nonce, timestamp } = facts;
  return {
    'x-sinch-webhook-signature': hmacBase64('sha256', secret, `${body}.${nonce}.${timestamp}`),
    'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
    'x-sinch-webhook-signature-nonce': nonce,
    'x-sinch-webhook-signature-timestamp': `${timestamp}`,
  };
}
