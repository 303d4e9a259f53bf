import type { ModulePorts } from 'bellwether/module';
import type { FcmSettings } from '../settings.ts';
import { PUSH_LIMIT_MS } from './apns-client.ts';
import type { PushClient } from './apns-client.ts';
import { createAuthorisedCalls } from './authorised-calls.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';

type Ports = Pick<ModulePorts, 'fetch' | 'clock'>;

/** FCM HTTP v1: a high-priority data message that says only which message there is. */
export function createFcmClient(
  ports: Ports,
  settings: FcmSettings,
  backOffMs: number,
): PushClient {
  const { tokenUrl, account } = settings;
  const calls = createAuthorisedCalls(ports, { tokenUrl, account, scope: SCOPE, backOffMs });
  const url = `${settings.baseUrl}/v1/projects/${settings.projectId}/messages:send`;

  return {
    push: (token, _pushId, messageId, expiresAtMs) => {
      const leftMs = Math.max(0, expiresAtMs - ports.clock.epochMillis());
      const android = { priority: 'HIGH', ttl: `${Math.ceil(leftMs / 1000)}s` };
      return calls({
        method: 'POST',
        url,
        body: { message: { token, data: { messageId }, android } },
        limitMs: PUSH_LIMIT_MS,
      });
    },
  };
}
