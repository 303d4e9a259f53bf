import { createRs256Signer } from '../../../simulators/protocol/jwt/sign.ts';
import { ANA, NOBODY } from '../vendor-stage.ts';
import { during } from './way.ts';
import type { VirtualStage, Ways } from './way.ts';

async function bearer(stage: VirtualStage): Promise<Record<string, string>> {
  const account = JSON.parse(stage.value('serviceAccount')) as Record<string, string>;
  const iat = Math.floor(stage.clock.epochMillis() / 1_000);
  const assertion = createRs256Signer(account['private_key'] ?? '')({
    iss: account['client_email'],
    scope: 'https://www.googleapis.com/auth/rcsbusinessmessaging',
    aud: account['token_uri'],
    iat,
    exp: iat + 3_600,
  });
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const form = new URLSearchParams({ grant_type, assertion }).toString();
  const { json } = await stage.call('POST', '/token', form, {});
  return { authorization: `Bearer ${String(json['access_token'])}` };
}

async function send(stage: VirtualStage, body: unknown, number = ANA, agent = '') {
  const agentId = agent === '' ? stage.value('agentId') : agent;
  const query = new URLSearchParams({ messageId: 'm-1', agentId }).toString();
  const path = `/v1/phones/+${number}/agentMessages?${query}`;
  return stage.call('POST', path, body, await bearer(stage));
}

const TEXT = { contentMessage: { text: 'Hello' } };
const broken =
  (status: number) =>
  async (stage: VirtualStage): Promise<void> => {
    const headers = await bearer(stage);
    const path = `/v1/phones/+${ANA}/capabilities?requestId=1&agentId=${stage.value('agentId')}`;
    await during(stage, 'gateway/rbm', 'outage', { mode: 'error', status }, () =>
      stage.call('GET', path, undefined, headers),
    );
  };

export const RBM_WAYS: Ways = {
  INVALID_ARGUMENT: (stage) => send(stage, {}),
  FAILED_PRECONDITION: {
    file: 'rbm-e2ee.test.ts',
    test: 'refuses a number without any device that can',
  },
  UNAUTHENTICATED: (stage) =>
    stage.call('GET', `/v1/phones/+${ANA}/capabilities?requestId=1`, undefined, {}),
  PERMISSION_DENIED: (stage) => send(stage, TEXT, ANA, 'other'),
  NOT_FOUND: (stage) => send(stage, TEXT, NOBODY),
  ABORTED: {
    file: 'rbm-e2ee.test.ts',
    test: 'accepts one Commit per epoch and tells the loser the present one',
  },
  PAYLOAD_TOO_LARGE: (stage) => send(stage, 'x'.repeat(4 * 1024 * 1024 + 1)),
  RESOURCE_EXHAUSTED: async (stage) => {
    const headers = await bearer(stage);
    const path = `/v1/phones/+${ANA}/capabilities?requestId=1&agentId=${stage.value('agentId')}`;
    const params = { to: 0 };
    await during(stage, 'gateway/rbm', 'throttle', params, () =>
      stage.call('GET', path, undefined, headers),
    );
  },
  INTERNAL: broken(500),
  UNAVAILABLE: broken(503),
};
