import type { ModulePorts } from 'bellwether/module';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';
import { createGoogleToken } from './google-token.ts';
import type { GoogleTokenOptions } from './google-token.ts';

const LIMIT_MS = 5_000;

/** A request of a service that takes a service account's tokens. */
export interface AuthorisedCall {
  readonly method: string;
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: five seconds. */
  readonly limitMs?: number | undefined;
}

export type AuthorisedCalls = (asked: AuthorisedCall) => Promise<Answer>;

/** Each call with the token of the account; never throws for what the other side did. */
export function createAuthorisedCalls(
  ports: Pick<ModulePorts, 'fetch' | 'clock'>,
  options: GoogleTokenOptions,
): AuthorisedCalls {
  const oauth = createGoogleToken(ports, options);
  const ask = async (asked: AuthorisedCall, again: boolean): Promise<Answer> => {
    const access = await oauth.get();
    if (access.kind !== 'token') return access;
    const { method, url, body, headers = {}, limitMs = LIMIT_MS } = asked;
    const answer = await call(ports, {
      url,
      options: {
        method,
        headers: {
          authorization: `Bearer ${access.token}`,
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      limitMs,
      backOffMs: options.backOffMs,
    });
    if (answer.kind !== 'unauthorized' || !again) return answer;
    // One fresh token, once; a second refusal is an answer.
    oauth.forget(access.token);
    return ask(asked, false);
  };
  return (asked) => ask(asked, true);
}
