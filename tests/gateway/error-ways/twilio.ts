import { ANA, BEN, CARA, NOBODY } from '../vendor-stage.ts';
import { during } from './way.ts';
import type { VirtualStage, Ways } from './way.ts';

type Fields = Readonly<Record<string, string | readonly string[]>>;

function headersOf(stage: VirtualStage, password = stage.value('authToken')) {
  return {
    authorization: `Basic ${btoa(`${stage.value('accountSid')}:${password}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
}

const account = (stage: VirtualStage): string =>
  `/2010-04-01/Accounts/${stage.value('accountSid')}`;

function post(stage: VirtualStage, path: string, fields: Fields) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  }
  return stage.call('POST', path, form.toString(), headersOf(stage));
}

/** A right message with something wrong in it; an empty value takes the field away. */
async function send(stage: VirtualStage, wrong: Fields = {}) {
  const right = { To: `+${BEN}`, From: stage.value('phoneNumber'), Body: 'Hello', ...wrong };
  const fields = Object.entries(right).filter(([, value]) => value !== '');
  const sent = await post(stage, `${account(stage)}/Messages.json`, Object.fromEntries(fields));
  await stage.run(120);
  return sent;
}

/** The same from the service. */
const byService = (stage: VirtualStage, wrong: Fields = {}) =>
  send(stage, { From: '', MessagingServiceSid: stage.value('messagingServiceSid'), ...wrong });

const wrong =
  (fields: Fields) =>
  (stage: VirtualStage): Promise<unknown> =>
    send(stage, fields);

const called = (fields: Fields = {}): Fields => ({
  StatusCallback: 'http://implementation.test/hooks',
  ...fields,
});

async function template(stage: VirtualStage, ContentVariables: string): Promise<unknown> {
  const types = { 'twilio/text': { body: '{{1}}' } };
  const { authorization } = headersOf(stage);
  const made = await stage.call(
    'POST',
    '/v1/Content',
    { language: 'en', types },
    { authorization, 'content-type': 'application/json' },
  );
  return send(stage, { ContentSid: String(made.json['sid']), ContentVariables });
}

export const TWILIO_WAYS: Ways = {
  11200: async (stage) => {
    stage.state.answer = ({ path }) => (path === '/cat' ? 404 : 200);
    return send(stage, called({ MediaUrl: 'http://implementation.test/cat' }));
  },
  11751: { file: 'mms.test.ts', test: 'is told of what is larger than the carrier takes' },
  20001: wrong({ ValidityPeriod: '0' }),
  20003: (stage) =>
    stage.call('GET', `${account(stage)}/Messages.json`, undefined, headersOf(stage, 'wrong')),
  20004: (stage) =>
    stage.call('DELETE', `${account(stage)}/Messages.json`, undefined, headersOf(stage)),
  20404: (stage) => stage.call('GET', '/nothing', undefined, headersOf(stage)),
  20429: (stage) => during(stage, 'gateway/twilio', 'throttle', { to: 0 }, () => send(stage)),
  20500: (stage) =>
    during(stage, 'gateway/twilio', 'outage', { mode: 'error', status: 500 }, () => send(stage)),
  20503: (stage) =>
    during(stage, 'gateway/twilio', 'outage', { mode: 'error', status: 503 }, () => send(stage)),
  21211: wrong({ To: 'tomorrow' }),
  21212: wrong({ From: '+15005550001' }),
  21408: wrong({ To: '+15005550003' }),
  21603: wrong({ From: '' }),
  21604: wrong({ To: '' }),
  21606: wrong({ From: '+999800000002' }),
  21609: wrong({ StatusCallback: '/hooks' }),
  21610: async (stage) => {
    stage.world.reply('ben', 'STOP');
    await stage.run(5);
    return send(stage);
  },
  21611: wrong({ From: '+15005550008' }),
  21612: wrong({ To: '+15005550002' }),
  21614: wrong({ To: '+15005550009' }),
  21617: wrong({ Body: 'x'.repeat(1601) }),
  21619: wrong({ Body: '' }),
  21620: wrong({ MediaUrl: 'cat.png' }),
  21623: wrong({ MediaUrl: Array<string>(11).fill('https://a.example/') }),
  21654: wrong({ ContentVariables: '{}' }),
  21655: wrong({ ContentSid: 'HX1' }),
  21656: (stage) => template(stage, '{"1":""}'),
  21658: (stage) => template(stage, JSON.stringify({ 1: 'x'.repeat(1601) })),
  21664: wrong({ FallbackFrom: '+999800000001' }),
  21665: (stage) => byService(stage, { FallbackFrom: 'rcs:bellwether' }),
  21666: wrong({ From: '', FallbackFrom: '+999800000001' }),
  21667: async (stage) => {
    const made = await post(stage, '/v1/Services', { FriendlyName: 'plain' });
    const MessagingServiceSid = String(made.json['sid']);
    await post(stage, `/v1/Services/${MessagingServiceSid}/PhoneNumbers`, {
      PhoneNumberSid: stage.value('phoneNumberSid'),
    });
    const FallbackFrom = stage.value('phoneNumber');
    return send(stage, { From: '', MessagingServiceSid, FallbackFrom });
  },
  21703: async (stage) => {
    const made = await post(stage, '/v1/Services', { FriendlyName: 'empty' });
    return send(stage, { From: '', MessagingServiceSid: String(made.json['sid']) });
  },
  30003: wrong(called({ To: `+${CARA}` })),
  30005: wrong(called({ To: `+${NOBODY}` })),
  30036: (stage) => {
    stage.fault('carrier/northtel/sms', 'outage', { mode: 'black-hole' });
    return send(stage, called({ ValidityPeriod: '10' }));
  },
  30409: async (stage) => {
    const { json } = await send(stage);
    return post(stage, `${account(stage)}/Messages/${String(json['sid'])}.json`, {
      Status: 'canceled',
    });
  },
  35111: (stage) => byService(stage, { ScheduleType: 'fixed' }),
  35114: (stage) => byService(stage, { ScheduleType: 'fixed', SendAt: '2020-01-01T00:00:00Z' }),
  35118: wrong({ ScheduleType: 'fixed' }),
  63007: wrong({ From: 'rcs:nobody' }),
  63019: async (stage) => {
    stage.state.answer = ({ path }) => (path === '/cat' ? 404 : 200);
    return byService(stage, { To: `+${ANA}`, MediaUrl: 'http://implementation.test/cat' });
  },
  63106: (stage) => send(stage, called({ To: `+${BEN}`, From: stage.value('rcsSender') })),
};
