import { createRs256Signer } from '../../../simulators/protocol/jwt/sign.ts';
import { ANA, BEN, NOBODY } from '../vendor-stage.ts';
import { during } from './way.ts';
import type { VirtualStage, Ways } from './way.ts';

const SMS = { channel: 'sms', message_type: 'text', from: 'Bank', to: BEN, text: 'Hello' };
const RCS = { ...SMS, channel: 'rcs' };

function bearer(stage: VirtualStage, lifeSeconds = 900): Record<string, string> {
  const iat = Math.floor(stage.clock.epochMillis() / 1_000);
  const application_id = stage.value('applicationId');
  const sign = createRs256Signer(stage.value('privateKey'));
  const claims = { application_id, jti: `j${iat}`, iat, exp: iat + lifeSeconds };
  return { authorization: `Bearer ${sign(claims)}` };
}

async function send(stage: VirtualStage, message: object = SMS) {
  const sent = await stage.call('POST', '/v1/messages', message, bearer(stage));
  await stage.run(120);
  return sent;
}

const broken =
  (status: number) =>
  (stage: VirtualStage): Promise<void> =>
    during(stage, 'gateway/vonage', 'outage', { mode: 'error', status }, () => send(stage));

export const VONAGE_WAYS: Ways = {
  unauthorized: (stage) =>
    stage.call('POST', '/v1/messages', SMS, { authorization: 'Bearer a.b.c' }),
  'jwt-expired': async (stage) => {
    const headers = bearer(stage, 10);
    await stage.run(3_600);
    return stage.call('POST', '/v1/messages', SMS, headers);
  },
  'low-balance': broken(402),
  forbidden: broken(403),
  'not-found': (stage) => stage.call('GET', '/v2/messages', undefined, bearer(stage)),
  'unprocessable-entity': async (stage) => {
    const { json } = await send(stage);
    const path = `/v1/messages/${String(json['message_uuid'])}`;
    return stage.call('PATCH', path, { status: 'revoked' }, bearer(stage));
  },
  'internal-error': broken(500),
  1000: (stage) => during(stage, 'gateway/vonage', 'throttle', { to: 0 }, () => send(stage)),
  1010: (stage) => send(stage, { ...SMS, to: undefined }),
  1020: (stage) => send(stage, { ...SMS, to: 'tomorrow' }),
  1030: broken(503),
  1140: (stage) => send(stage, { ...SMS, channel: 'whatsapp' }),
  1260: (stage) => send(stage, { ...SMS, to: NOBODY }),
  1310: (stage) => send(stage, RCS),
  1360: (stage) => {
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    return send(stage, { ...RCS, to: ANA, ttl: 30 });
  },
};
