/** FCM's answers, on the wire and in the history. */
import type { DoorOutcome } from '../kernel/events.ts';
import type { FcmErrorCode } from '../protocol/fcm/errors.ts';
import type { PushAnswer, PushCall } from './push-door.ts';
import { FCM_ERRORS, fcmErrorBody, googleError, quotaFailureBody } from '../protocol/fcm/errors.ts';
import { phoneBusy, retryAfterSeconds, serviceBroken, serviceBusy } from './push-door.ts';

export const COMPONENT = 'push/fcm';
export const JSON_HEADERS = { 'content-type': 'application/json; charset=UTF-8' } as const;

const OUTCOMES: Readonly<Record<FcmErrorCode, DoorOutcome>> = {
  INVALID_ARGUMENT: 'rejected',
  THIRD_PARTY_AUTH_ERROR: 'unauthorized',
  SENDER_ID_MISMATCH: 'unauthorized',
  UNREGISTERED: 'unavailable',
  QUOTA_EXCEEDED: 'throttled',
  INTERNAL: 'failed',
  UNAVAILABLE: 'failed',
};

/** An error of FCM's own. */
export function refuse(
  errorCode: FcmErrorCode,
  message: string,
  facts: Partial<PushAnswer> = {},
): PushAnswer {
  const { code } = FCM_ERRORS[errorCode];
  return {
    status: code,
    headers: JSON_HEADERS,
    body: fcmErrorBody(errorCode, message),
    outcome: OUTCOMES[errorCode],
    word: `${code} ${errorCode}`,
    ...facts,
  };
}

/** No access token, or one that was never given out or has expired. */
export const UNAUTHENTICATED: PushAnswer = {
  status: 401,
  headers: JSON_HEADERS,
  body: googleError(
    401,
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie ' +
      'or other valid authentication credential.',
  ),
  outcome: 'unauthorized',
  word: '401 UNAUTHENTICATED',
};

/** No such path or method. */
export const NOT_FOUND: PushAnswer = {
  status: 404,
  headers: JSON_HEADERS,
  body: googleError(404, 'NOT_FOUND', 'Method not found.'),
  outcome: 'rejected',
  word: '404 NOT_FOUND',
};

/** What faults make of any call. */
export const FAILURES: Pick<PushCall, 'broken' | 'throttled'> = {
  broken: (status) => {
    const errorCode = status === 503 ? 'UNAVAILABLE' : 'INTERNAL';
    return refuse(errorCode, 'The service is currently unavailable.', {
      status,
      body: fcmErrorBody(errorCode, 'The service is currently unavailable.', status),
      word: `${status} ${errorCode}`,
      meaning: serviceBroken(COMPONENT),
    });
  },
  throttled: (retryAfterMicros) =>
    refuse('QUOTA_EXCEEDED', 'Quota exceeded for quota metric.', {
      headers: { ...JSON_HEADERS, 'retry-after': retryAfterSeconds(retryAfterMicros) },
      meaning: serviceBusy(COMPONENT, retryAfterMicros),
      retryAfterMicros,
    }),
};

/** The servers are being taken out: "Retry-After … must be honored". */
export function unavailable(retryAfterMicros: number): PushAnswer {
  return refuse('UNAVAILABLE', 'The service is currently unavailable.', {
    headers: { ...JSON_HEADERS, 'retry-after': retryAfterSeconds(retryAfterMicros) },
    meaning: serviceBusy(COMPONENT, retryAfterMicros),
    retryAfterMicros,
  });
}

/** Too many for one phone, or (without a device) for the whole project. */
export function overQuota(device: string | undefined, waitMicros: number): PushAnswer {
  const subject = device === undefined ? 'project' : 'device';
  const text =
    device === undefined
      ? "Quota exceeded for quota metric 'Send requests' and limit 'Send requests per minute'."
      : 'Device message rate exceeded.';
  return refuse('QUOTA_EXCEEDED', text, {
    headers: { ...JSON_HEADERS, 'retry-after': retryAfterSeconds(waitMicros) },
    body: quotaFailureBody(subject, text),
    meaning:
      device === undefined ? serviceBusy(COMPONENT, waitMicros) : phoneBusy(device, waitMicros),
    retryAfterMicros: waitMicros,
  });
}
