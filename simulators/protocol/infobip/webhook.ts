/**
 * What Infobip posts to a webhook: delivery reports, seen reports, inbound messages and
 * capability check results, as its OpenAPI document has them; and their HMAC, where the
 * subscription's security settings ask for one.
 */
import { createHmac } from 'node:crypto';
import type { InfobipError, InfobipStatus } from './status.ts';

/** One delivery report; a webhook brings a list of them. */
export interface InfobipReport {
  readonly bulkId: string;
  readonly channel: 'RCS' | 'SMS';
  readonly messageId: string;
  /** Without plus sign. */
  readonly to: string;
  readonly sender: string;
  /** `2026-01-01T00:00:00.000+0000` */
  readonly sentAt: string;
  readonly doneAt: string;
  readonly messageCount: number;
  readonly mccMnc: string;
  readonly price: { readonly pricePerMessage: number; readonly currency: string };
  readonly status: InfobipStatus;
  readonly error: InfobipError;
  readonly callbackData?: string;
  readonly campaignReferenceId?: string;
}

export interface InfobipSeenReport {
  readonly messageId: string;
  /** The sender of the message that was seen. */
  readonly from: string;
  readonly to: string;
  readonly sentAt: string;
  readonly seenAt: string;
  readonly campaignReferenceId?: string;
}

export type InfobipInboundContent =
  | { readonly type: 'TEXT'; readonly text: string }
  | { readonly type: 'SUGGESTION'; readonly text: string; readonly postbackData: string };

export interface InfobipInbound {
  /** The person's number without plus sign. */
  readonly sender: string;
  /** The business's sender. */
  readonly to: string;
  readonly integrationType: 'RCS';
  readonly receivedAt: string;
  readonly messageId: string;
  /** Of a tap: the message that the suggestion stood in. */
  readonly pairedMessageId: string | null;
  readonly callbackData: string | null;
  readonly message: InfobipInboundContent;
  readonly price: { readonly pricePerMessage: number; readonly currency: string };
}

/** A text that came by SMS (webhook of inbound SMS). */
export interface InfobipInboundSms {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly cleanText: string;
  readonly keyword: string;
  readonly receivedAt: string;
  readonly smsCount: number;
}

export interface InfobipCapabilityResult {
  readonly capabilityCheckResult: {
    readonly bulkId: string;
    readonly messageId: string;
    readonly phoneNumber: string;
    readonly code: 'ENABLED' | 'UNREACHABLE' | 'INVALID_DESTINATION_ADDRESS' | 'REQUEST_FAILED';
  };
}

export type InfobipWebhook =
  | { readonly results: readonly InfobipReport[] }
  | { readonly results: readonly InfobipSeenReport[] }
  | {
      readonly results: readonly (InfobipInbound | InfobipInboundSms)[];
      readonly messageCount: number;
      readonly pendingMessageCount: number;
    }
  | InfobipCapabilityResult;

/** The form in which Infobip writes times: with a zone, without a colon in it. */
export function infobipTime(epochMillis: number): string {
  return new Date(epochMillis).toISOString().replace('Z', '+0000');
}

/** The headers of a callback with security settings HMAC (SHA-256 over the body, hex). */
export function signInfobipCallback(
  body: string | Uint8Array,
  secret: string,
): Readonly<Record<string, string>> {
  return { 'x-hub-signature': createHmac('sha256', secret).update(body).digest('hex') };
}
