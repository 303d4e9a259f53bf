/**
 * Google API error bodies (google.rpc.Status as JSON, https://cloud.google.com/apis/design/errors),
 * as RCS for Business answers them.
 */
export const RPC_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  PAYLOAD_TOO_LARGE: 413,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const satisfies Record<string, number>;

export type RpcStatus = keyof typeof RPC_STATUS;

export interface RpcErrorBody {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details?: readonly unknown[];
  };
}

export function rpcError(
  status: RpcStatus,
  message: string,
  details?: readonly unknown[],
): RpcErrorBody {
  const code = RPC_STATUS[status];
  return { error: { code, message, status, ...(details === undefined ? {} : { details }) } };
}

/** The status word of an HTTP status that a fault asked for; 5xx without a word: INTERNAL. */
export function rpcStatusOf(code: number): RpcStatus {
  if (code === 503) return 'UNAVAILABLE';
  for (const [status, known] of Object.entries(RPC_STATUS)) {
    if (known === code) return status as RpcStatus;
  }
  return code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT';
}

/** google.rpc.ErrorInfo, how the E2EE extension tells why (docs/gateway-rbm.md). */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): unknown {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    domain: 'e2ee.bellwether',
    reason,
    metadata,
  };
}

/** google.rpc.BadRequest with one field violation. */
export function badRequest(field: string, description: string): unknown {
  return {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field, description }],
  };
}
