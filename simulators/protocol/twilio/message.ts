/** The Message resource of the 2010-04-01 API (“Messages resource”; fields of the Node SDK). */
import { segmentText } from '../sms-text/segment.ts';

export const TWILIO_API_VERSION = '2010-04-01';

export type TwilioStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'read'
  | 'canceled'
  | 'received';

export interface TwilioMedium {
  readonly sid: string;
  readonly url: string;
  /** As its server told it, once it was fetched; before that a guess by its name. */
  contentType: string;
}

export interface TwilioMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly serviceSid: string | null;
  /** Null until a service has chosen the sender. */
  from: string | null;
  to: string;
  body: string;
  status: TwilioStatus;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply';
  readonly media: readonly TwilioMedium[];
  errorCode: number | null;
  errorMessage: string | null;
  readonly createdMillis: number;
  sentMillis: number | null;
  updatedMillis: number;
  /** ISO 4217; null until it was sent. Prices are not simulated. */
  readonly priceUnit: 'USD';
}

/** RFC 2822, as the 2010 API writes dates. */
export function twilioDate(millis: number): string {
  return new Date(millis).toUTCString().replace('GMT', '+0000');
}

/** Writes the same for whoever writes many: those of one second are one text. */
export function createTwilioDates(): (millis: number) => string {
  let second = Number.NaN;
  let text = '';
  return (millis) => {
    const own = Math.floor(millis / 1_000);
    if (own !== second) {
      second = own;
      text = twilioDate(millis);
    }
    return text;
  };
}

export function segmentCount(body: string): number {
  return body === '' ? 1 : segmentText(body, 0).length;
}

function quoted(value: string | null): string {
  return value === null ? 'null' : JSON.stringify(value);
}

/**
 * JSON, as the API answers it. Written out, for each message is answered with it at once: nearly
 * all of it are names, identifiers, dates and words of ours, in which nothing is to be escaped.
 */
export function messageJson(
  message: TwilioMessage,
  dateOf: (millis: number) => string = twilioDate,
): string {
  const { sid, accountSid, body, media, status, serviceSid, sentMillis } = message;
  const uri = `/${TWILIO_API_VERSION}/Accounts/${accountSid}/Messages/${sid}`;
  const waits = serviceSid !== null && (status === 'accepted' || status === 'scheduled');
  return (
    `{"account_sid":"${accountSid}","api_version":"${TWILIO_API_VERSION}",` +
    `"body":${quoted(body)},"date_created":"${dateOf(message.createdMillis)}",` +
    `"date_sent":${sentMillis === null ? 'null' : `"${dateOf(sentMillis)}"`},` +
    `"date_updated":"${dateOf(message.updatedMillis)}","direction":"${message.direction}",` +
    `"error_code":${message.errorCode},"error_message":${quoted(message.errorMessage)},` +
    `"from":${quoted(message.from)},"messaging_service_sid":${quoted(serviceSid)},` +
    `"num_media":"${media.length}","num_segments":"${waits ? 0 : segmentCount(body)}",` +
    `"price":null,"price_unit":"${message.priceUnit}","sid":"${sid}","status":"${status}",` +
    `"subresource_uris":{"media":"${uri}/Media.json"},"to":${quoted(message.to)},` +
    `"uri":"${uri}.json"}`
  );
}
