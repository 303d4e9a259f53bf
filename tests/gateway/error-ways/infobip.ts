import { ANA, BEN, CARA, NOBODY } from '../vendor-stage.ts';
import { during } from './way.ts';
import type { VirtualStage, Ways } from './way.ts';

function api(stage: VirtualStage, method: string, path: string, body?: unknown) {
  return stage.call(method, path, body, { authorization: `App ${stage.value('apiKey')}` });
}

async function send(stage: VirtualStage, more: object = {}, number: string = ANA) {
  const content = { type: 'TEXT', text: 'Hello' };
  const message = { sender: 'Demo', destinations: [{ to: number }], content, ...more };
  const sent = await api(stage, 'POST', '/rcs/2/messages', { messages: [message] });
  await stage.run(120);
  return sent;
}

async function sendSms(stage: VirtualStage, number: string) {
  const content = { text: 'Hello' };
  const message = { sender: 'Demo', destinations: [{ to: number }], content };
  const sent = await api(stage, 'POST', '/sms/3/messages', { messages: [message] });
  await stage.run(120);
  return sent;
}

const broken =
  (status: number) =>
  (stage: VirtualStage): Promise<void> =>
    during(stage, 'gateway/infobip', 'outage', { mode: 'error', status }, () => send(stage));

export const INFOBIP_WAYS: Ways = {
  E400: (stage) => send(stage, { destinations: [] }),
  E401: (stage) => stage.call('GET', '/rcs/2/reports', undefined, { authorization: 'App x' }),
  E403: broken(403),
  E404: (stage) => api(stage, 'GET', '/rcs/1/nothing'),
  E405: (stage) => api(stage, 'DELETE', '/rcs/2/messages'),
  E413: (stage) => api(stage, 'POST', '/rcs/2/messages', 'x'.repeat(10 * 1024 * 1024 + 1)),
  E429: (stage) => during(stage, 'gateway/infobip', 'throttle', { to: 0 }, () => send(stage)),
  E500: broken(500),
  E503: broken(503),
  UNDELIVERABLE_NOT_DELIVERED: (stage) => sendSms(stage, CARA),
  EXPIRED_EXPIRED: (stage) => {
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    const validityPeriod = { amount: 30, timeUnit: 'SECONDS' };
    return send(stage, { options: { validityPeriod } });
  },
  REJECTED_DESTINATION_NOT_REGISTERED: (stage) => send(stage, {}, BEN),
  REJECTED_ROUTE_NOT_AVAILABLE: (stage) => sendSms(stage, NOBODY),
  REJECTED_DUPLICATE_MESSAGE_ID: async (stage) => {
    const destinations = [{ to: ANA, messageId: 'mine' }];
    await send(stage, { destinations });
    return send(stage, { destinations });
  },
};
