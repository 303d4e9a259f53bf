import { createEs256Signer } from 'bellwether/protocol';
import type { ModulePorts } from 'bellwether/module';
import type { ApnsSettings } from '../settings.ts';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';

/** Apple Push Notification service: one alert that says only which message there is. */
export interface PushClient {
  /** `pushId` is the notification's own id where the service has one. */
  push(token: string, pushId: string, messageId: string, expiresAtMs: number): Promise<Answer>;
}

/** Apple wants a token to be older than 20 and younger than 60 minutes when it is replaced. */
const TOKEN_AGE_MS = 50 * 60_000;
/** A push is one of several ways: the next one needs its time, too. */
export const PUSH_LIMIT_MS = 2_000;

type Ports = Pick<ModulePorts, 'fetch' | 'clock'>;

export function createApnsClient(
  ports: Ports,
  settings: ApnsSettings,
  backOffMs: number,
): PushClient {
  const sign = createEs256Signer(settings.privateKey);
  let kept: { token: string; issuedAtMs: number } | undefined;

  const providerToken = (): string => {
    const nowMs = ports.clock.epochMillis();
    if (kept === undefined || nowMs - kept.issuedAtMs > TOKEN_AGE_MS) {
      const claims = { iss: settings.teamId, iat: Math.floor(nowMs / 1000) };
      kept = { token: sign(claims, { kid: settings.keyId }), issuedAtMs: nowMs };
    }
    return kept.token;
  };

  const ask = async (
    token: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    again = true,
  ): Promise<Answer> => {
    const answer = await call(ports, {
      url: `${settings.baseUrl}/3/device/${token}`,
      options: {
        method: 'POST',
        headers: { ...headers, authorization: `bearer ${providerToken()}` },
        body,
      },
      limitMs: PUSH_LIMIT_MS,
      backOffMs,
    });
    if (answer.kind !== 'rejected') return answer;
    // A token of another environment or a malformed one will never work (Apple: BadDeviceToken).
    if (answer.reason === 'BadDeviceToken' || answer.reason === 'DeviceTokenNotForTopic') {
      return { kind: 'unreachable', reason: answer.reason };
    }
    if (answer.reason !== 'ExpiredProviderToken' || !again) return answer;
    kept = undefined;
    return ask(token, headers, body, false);
  };

  return {
    push: (token, pushId, messageId, expiresAtMs) =>
      ask(
        token,
        {
          'apns-topic': settings.topic,
          'apns-push-type': 'alert',
          'apns-priority': '10',
          'apns-expiration': String(Math.floor(expiresAtMs / 1000)),
          'apns-id': pushId,
          'content-type': 'application/json',
        },
        JSON.stringify({
          aps: { alert: { title: 'New message' }, 'mutable-content': 1 },
          messageId,
        }),
      ),
  };
}
