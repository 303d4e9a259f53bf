/**
 * FCM's errors in Google's standard shape with the FcmError detail (Firebase, "ErrorCode" of the
 * HTTP v1 API; read back from what firebase-admin maps).
 */
const FCM_ERROR_TYPE = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';

export const FCM_ERRORS = {
  INVALID_ARGUMENT: { code: 400, status: 'INVALID_ARGUMENT' },
  THIRD_PARTY_AUTH_ERROR: { code: 401, status: 'UNAUTHENTICATED' },
  SENDER_ID_MISMATCH: { code: 403, status: 'PERMISSION_DENIED' },
  UNREGISTERED: { code: 404, status: 'NOT_FOUND' },
  QUOTA_EXCEEDED: { code: 429, status: 'RESOURCE_EXHAUSTED' },
  INTERNAL: { code: 500, status: 'INTERNAL' },
  UNAVAILABLE: { code: 503, status: 'UNAVAILABLE' },
} as const satisfies Record<string, { readonly code: number; readonly status: string }>;

export type FcmErrorCode = keyof typeof FCM_ERRORS;

/** Google's error body. */
export function googleError(
  code: number,
  status: string,
  message: string,
  details: readonly unknown[] = [],
): string {
  const error = { code, message, status };
  return JSON.stringify({ error: details.length === 0 ? error : { ...error, details } });
}

/** An error of FCM's own. `code`: another HTTP status than the usual (a fault asked for it). */
export function fcmErrorBody(
  errorCode: FcmErrorCode,
  message: string,
  code?: number,
  details: readonly unknown[] = [],
): string {
  const usual = FCM_ERRORS[errorCode];
  return googleError(code ?? usual.code, usual.status, message, [
    { '@type': FCM_ERROR_TYPE, errorCode },
    ...details,
  ]);
}

/** Which quota it was: "an extension of type google.rpc.QuotaFailure is returned". */
export function quotaFailureBody(subject: string, description: string): string {
  return fcmErrorBody('QUOTA_EXCEEDED', description, undefined, [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [{ subject, description }],
    },
  ]);
}

/** A request whose JSON is wrong names the field instead (google.rpc.BadRequest). */
export function badRequestBody(field: string, description: string): string {
  return googleError(400, 'INVALID_ARGUMENT', description, [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field, description }],
    },
  ]);
}
