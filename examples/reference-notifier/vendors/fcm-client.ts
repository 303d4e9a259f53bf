import type { ModulePorts } from 'bellwether/module';
import type { FcmSettings } from '../settings.ts';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';
import type { PushClient } from './apns-client.ts';
import { createGoogleToken } from './google-token.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const LIMIT_MS = 5_000;

type Ports = Pick<ModulePorts, 'fetch' | 'clock'>;

/** FCM HTTP v1: a high-priority data message that says only which message there is. */
export function createFcmClient(
  ports: Ports,
  settings: FcmSettings,
  backOffMs: number,
): PushClient {
  const oauth = createGoogleToken(ports, {
    tokenUrl: settings.tokenUrl,
    account: settings.account,
    scope: SCOPE,
    backOffMs,
  });

  const ask = async (body: string, again = true): Promise<Answer> => {
    const access = await oauth.get();
    if (access.kind !== 'token') return access;
    const answer = await call(ports, {
      url: `${settings.baseUrl}/v1/projects/${settings.projectId}/messages:send`,
      options: {
        method: 'POST',
        headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' },
        body,
      },
      limitMs: LIMIT_MS,
      backOffMs,
    });
    if (answer.kind !== 'unauthorized' || !again) return answer;
    oauth.forget(access.token);
    return ask(body, false);
  };

  return {
    push: (token, _pushId, messageId, expiresAtMs) => {
      const leftMs = Math.max(0, expiresAtMs - ports.clock.epochMillis());
      const android = { priority: 'HIGH', ttl: `${Math.ceil(leftMs / 1000)}s` };
      return ask(JSON.stringify({ message: { token, data: { messageId }, android } }));
    },
  };
}
