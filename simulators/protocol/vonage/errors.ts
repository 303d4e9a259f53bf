/**
 * Errors of the Vonage Messages API: RFC 7807 problems at the door, and the numbered catalogue that
 * status webhooks use too (https://developer.vonage.com/en/api-errors and …/api-errors/messages).
 */

/** The numbered errors that this simulator tells; the whole catalogue has some sixty. */
export const MESSAGE_ERRORS = {
  1000: ['Throttled', 'The submission capacity of this account is exceeded. Wait, then retry.'],
  1010: ['Missing params', 'The request lacks mandatory parameters.'],
  1020: ['Invalid params', 'The value of one or more parameters is invalid.'],
  1030: ['Internal error', 'The platform could not process the request.'],
  1140: ['Facility not allowed', 'The request uses a facility that this account does not have.'],
  1260: ['Destination unreachable', 'The message could not be delivered to the phone number.'],
  1310: ['Not suitable device', "The user's device cannot receive the message."],
  1360: ['TTL was activated', 'The time to live passed before the message was delivered.'],
} as const satisfies Record<number, readonly [string, string]>;

export type MessageErrorCode = keyof typeof MESSAGE_ERRORS;

/** Problems that all Vonage APIs share, by the fragment of their `type`. */
export const GENERIC_PROBLEMS = {
  unauthorized: [401, 'Unauthorized', 'You did not provide correct credentials.'],
  'jwt-expired': [401, 'JWT expired', 'The JWT provided has expired.'],
  'low-balance': [402, 'Low balance', 'The balance of this account is too low.'],
  forbidden: [403, 'Forbidden', 'This account may not perform this action.'],
  'not-found': [404, 'Not Found', 'There is no such resource.'],
  'unprocessable-entity': [422, 'Unprocessable Entity', 'The request cannot be carried out.'],
  'internal-error': [500, 'Internal Error', 'An error occurred in the platform.'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type GenericProblem = keyof typeof GENERIC_PROBLEMS;

export interface InvalidParameter {
  readonly name: string;
  readonly reason: string;
}

/** `application/problem+json` (RFC 7807). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  /** The id of this occurrence. */
  readonly instance: string;
  readonly invalid_parameters?: readonly InvalidParameter[];
}

const PAGE = 'https://developer.vonage.com/api-errors';

export function messageProblem(
  code: MessageErrorCode,
  instance: string,
  invalid?: readonly InvalidParameter[],
): Problem {
  const [title, detail] = MESSAGE_ERRORS[code];
  const problem = { type: `${PAGE}/messages#${code}`, title, detail, instance };
  return invalid === undefined ? problem : { ...problem, invalid_parameters: invalid };
}

export function genericProblem(name: GenericProblem, instance: string, detail?: string): Problem {
  const [, title, usual] = GENERIC_PROBLEMS[name];
  return { type: `${PAGE}#${name}`, title, detail: detail ?? usual, instance };
}

/** `error` of a status webhook: its title is the number, unlike at the door. */
export interface StatusError {
  readonly type: string;
  readonly title: number;
  readonly detail: string;
  readonly instance: string;
}

export function statusError(code: MessageErrorCode, instance: string): StatusError {
  const [title, detail] = MESSAGE_ERRORS[code];
  return {
    type: `${PAGE}/messages#${code}`,
    title: code,
    detail: `${title} - ${detail}`,
    instance,
  };
}
