/**
 * Twilio's errors that this gateway gives: “Error and Warning Dictionary”. `known`: read in the
 * vendor's pages or seen in its SDK; the others are general knowledge of the dictionary.
 */
export interface TwilioError {
  /** HTTP status of the REST answer; for what happens to a message later it is not used. */
  readonly status: number;
  readonly message: string;
  readonly known: boolean;
}

export const TWILIO_ERRORS = {
  11200: { status: 400, message: 'HTTP retrieval failure', known: true },
  11751: {
    status: 400,
    message: 'MMS media exceeds messaging provider size limit',
    known: false,
  },
  20001: { status: 400, message: 'Invalid parameter', known: false },
  20003: { status: 401, message: 'Authenticate', known: true },
  20004: { status: 405, message: 'Method not allowed', known: false },
  20404: { status: 404, message: 'The requested resource was not found', known: true },
  20429: { status: 429, message: 'Too Many Requests', known: true },
  20500: { status: 500, message: 'An internal server error has occurred', known: false },
  20503: { status: 503, message: 'Service unavailable', known: false },
  21211: { status: 400, message: "Invalid 'To' Phone Number", known: true },
  21212: { status: 400, message: "Invalid 'From' Number", known: false },
  21408: { status: 403, message: 'Permission to send an SMS has not been enabled', known: true },
  21603: { status: 400, message: "A 'From' phone number is required.", known: false },
  21604: { status: 400, message: "A 'To' phone number is required.", known: false },
  21606: {
    status: 400,
    message: "The 'From' number is not a valid, SMS-capable number of this account.",
    known: false,
  },
  21609: { status: 400, message: "Invalid 'StatusCallback'", known: true },
  21610: { status: 400, message: 'Attempt to send to unsubscribed recipient', known: true },
  21611: { status: 429, message: "The 'From' number has too many queued messages", known: false },
  21612: {
    status: 400,
    message: "The message cannot be sent with this combination of 'To' and 'From'.",
    known: false,
  },
  21614: { status: 400, message: "'To' number is not a valid mobile number", known: false },
  21617: {
    status: 400,
    message: 'The concatenated message body exceeds the 1600 character limit',
    known: false,
  },
  21619: {
    status: 400,
    message: 'A text message body or media urls must be specified.',
    known: false,
  },
  21620: { status: 400, message: 'Invalid media URL(s)', known: false },
  21623: { status: 400, message: 'Number of media files exceeds allowed limit', known: false },
  21654: { status: 400, message: 'ContentSid Required', known: true },
  21655: { status: 400, message: 'The ContentSid is Invalid', known: true },
  21656: { status: 400, message: 'The ContentVariables Parameter is invalid', known: true },
  21658: { status: 400, message: 'Parameter exceeded character limit', known: true },
  21664: { status: 400, message: 'FallbackFrom cannot be used together with From', known: true },
  21665: { status: 400, message: 'FallbackFrom is not an SMS or MMS sender', known: true },
  21666: { status: 400, message: 'FallbackFrom needs a MessagingServiceSid', known: true },
  21667: { status: 400, message: 'FallbackFrom needs a service with an RCS sender', known: true },
  21703: { status: 400, message: 'The Messaging Service contains no senders', known: false },
  30003: { status: 400, message: 'Unreachable destination handset', known: true },
  30005: { status: 400, message: 'Unknown destination handset', known: true },
  30036: { status: 400, message: 'Validity period expired', known: true },
  30409: { status: 409, message: 'The message cannot be canceled', known: false },
  35111: { status: 400, message: 'SendAt is missing', known: false },
  35114: { status: 400, message: 'SendAt is not 15 minutes to 35 days ahead', known: false },
  35118: { status: 400, message: 'A scheduled message needs a MessagingServiceSid', known: false },
  63007: { status: 400, message: "No Channel was found for the 'From' address", known: false },
  63019: { status: 400, message: 'Media failed to download', known: false },
  63106: { status: 400, message: 'The number is not RCS capable', known: true },
} as const satisfies Record<number, TwilioError>;

export type TwilioErrorCode = keyof typeof TWILIO_ERRORS;

export function twilioErrorText(code: TwilioErrorCode): string {
  return TWILIO_ERRORS[code].message;
}

/** `{code, message, more_info, status}`, as the SDK's RestException reads it. */
export function twilioErrorBody(code: TwilioErrorCode, status: number, message: string): string {
  return JSON.stringify({
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  });
}
