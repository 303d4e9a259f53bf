/**
 * Errors at Infobip's door: `ApiError` of its OpenAPI documents (errorCode, description, action,
 * violations, resources), as its generated clients read it.
 */
import type { FieldProblem } from '../json/fields.ts';

const PAGE = 'https://www.infobip.com/docs/api/channels/rcs';

const WORDS: Readonly<Record<number, readonly [description: string, action: string]>> = {
  400: ['Request cannot be processed.', 'Check the syntax, violations and adjust the request.'],
  401: [
    'The request lacks valid authentication credentials.',
    'Check the resources and adjust the authentication credentials.',
  ],
  403: ['Not enough permissions to perform the action.', 'Check the permissions of the API key.'],
  404: ['Requested resource not found.', 'Check the resource path and adjust the request.'],
  405: ['The method is not allowed.', 'Check the method and adjust the request.'],
  413: ['The request is too large.', 'Send fewer messages in one request.'],
  429: ['Too many requests.', 'Slow down, then retry.'],
  500: ['Something went wrong.', 'Contact the support.'],
  503: ['The service is unavailable.', 'Retry later.'],
};

/** All that are answered: their status, and what they say. */
export const INFOBIP_ERRORS: readonly { readonly status: number; readonly says: string }[] =
  Object.entries(WORDS).map(([status, [says]]) => ({ status: Number(status), says }));

export interface InfobipErrorBody {
  /** `E400` */
  readonly errorCode: string;
  readonly description: string;
  readonly action: string;
  readonly violations: readonly { readonly property: string; readonly violation: string }[];
  readonly resources: readonly { readonly name: string; readonly url: string }[];
}

export function infobipError(
  status: number,
  problems: readonly FieldProblem[] = [],
  description?: string,
): InfobipErrorBody {
  const [usual, action] = WORDS[status] ?? WORDS[status >= 500 ? 500 : 400] ?? ['', ''];
  return {
    errorCode: `E${status}`,
    description: description ?? usual,
    action,
    violations: problems.map(({ field, reason }) => ({ property: field, violation: reason })),
    resources: [{ name: 'API endpoint documentation', url: PAGE }],
  };
}
