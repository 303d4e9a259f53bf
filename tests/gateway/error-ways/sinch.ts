import { ANA, BEN, CARA } from '../vendor-stage.ts';
import { during } from './way.ts';
import type { VirtualStage, Ways } from './way.ts';

const TEXT = { text_message: { text: 'Hello' } };

function api(stage: VirtualStage, method: string, rest: string, body?: unknown) {
  const authorization = `Basic ${btoa(`${stage.value('keyId')}:${stage.value('keySecret')}`)}`;
  const path = `/v1/projects/${stage.value('projectId')}${rest}`;
  return stage.call(method, path, body, { authorization });
}

async function send(
  stage: VirtualStage,
  number: string = BEN,
  channels: readonly string[] = ['RCS', 'SMS'],
  more: object = {},
) {
  const channel_identities = channels.map((channel) => ({ channel, identity: number }));
  const sent = await api(stage, 'POST', '/messages:send', {
    app_id: stage.value('appId'),
    recipient: { identified_by: { channel_identities } },
    message: TEXT,
    ...more,
  });
  await stage.run(120);
  return sent;
}

const broken =
  (status: number) =>
  (stage: VirtualStage): Promise<void> =>
    during(stage, 'gateway/sinch', 'outage', { mode: 'error', status }, () => send(stage));

/** They need a carrier with MMS. */
const IN_MMS = {
  file: 'mms.test.ts',
  test: 'sinch: the channel MMS brings cards and media, or tells why not',
};

export const SINCH_WAYS: Ways = {
  INVALID_ARGUMENT: (stage) => send(stage, BEN, ['RCS'], { message: {} }),
  UNAUTHENTICATED: (stage) =>
    stage.call('GET', `/v1/projects/${stage.value('projectId')}/messages`, undefined, {}),
  PERMISSION_DENIED: (stage) => {
    const authorization = `Basic ${btoa(`${stage.value('keyId')}:${stage.value('keySecret')}`)}`;
    return stage.call('GET', '/v1/projects/another/messages', undefined, { authorization });
  },
  NOT_FOUND: (stage) => api(stage, 'GET', '/messages/nothing'),
  ALREADY_EXISTS: broken(409),
  RESOURCE_EXHAUSTED: (stage) =>
    during(stage, 'gateway/sinch', 'throttle', { to: 0 }, () => send(stage)),
  INTERNAL: broken(500),
  UNIMPLEMENTED: broken(501),
  UNAVAILABLE: broken(503),
  RECIPIENT_NOT_REACHABLE: (stage) => send(stage, BEN, ['RCS']),
  NO_CHANNEL_IDENTITY_FOR_CONTACT: (stage) =>
    send(stage, ANA, ['RCS'], { channel_priority_order: ['SMS', 'RCS'] }),
  CHANNEL_FAILURE: (stage) => send(stage, CARA, ['SMS']),
  NO_CHANNELS_LEFT: (stage) =>
    send(stage, BEN, ['RCS'], { channel_priority_order: ['RCS', 'SMS'] }),
  MEDIA_NOT_REACHABLE: IN_MMS,
  MEDIA_TOO_LARGE: IN_MMS,
  MESSAGE_EXPIRED: (stage) => {
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    return send(stage, ANA, ['RCS'], { ttl: '30s' });
  },
};
