/** Sinch Conversation API: RCS and SMS in an order of channels, webhooks signed by HMAC. */
import { MICROS_PER_MILLI } from '../../kernel/clock.ts';
import { createIds } from '../../kernel/ids.ts';
import { createIsoDates } from '../../protocol/iso-dates.ts';
import { createSinchTokenIssuer } from '../../protocol/sinch/token-issuer.ts';
import { SINCH_STATUS } from '../../protocol/sinch/errors.ts';
import { SINCH_REASONS } from '../../protocol/sinch/webhook.ts';
import type { Gateway, GatewayEntry, GatewayOptions } from '../api/gateway.ts';
import { createWebhookVendor } from '../api/webhook-vendor.ts';
import { createTokenLives } from '../api/token-life.ts';
import { createContacts } from '../sinch/contacts.ts';
import type { SinchContext } from '../sinch/context.ts';
import { createSinchDoor } from '../sinch/door.ts';
import { bringToApp } from '../sinch/inbound.ts';
import { createMessageStore } from '../sinch/message-store.ts';
import { SINCH_ROUTES } from '../sinch/routes.ts';
import { sinchScheme } from '../sinch/webhook-scheme.ts';
import { createWebhooks, toldByTrigger } from '../sinch/webhooks.ts';

const SINCH_PATH = 'gateway/sinch';

function createSinchGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap } = options;
  const component = SINCH_PATH;
  const idsOf = (name: string) => createIds(ambient.random.fork(`${component}/${name}`));
  /** 26 characters, as a ULID has them. */
  const newId = (): string => `01${ambient.ids.hex(12).toUpperCase()}`;
  const account = {
    projectId: idsOf('project').uuid(),
    appId: `01${idsOf('app').hex(12).toUpperCase()}`,
    keyId: idsOf('key').uuid(),
    keySecret: idsOf('key-secret').hex(12),
  };
  const webhookSecret = idsOf('webhook-secret').hex(16);
  const nextWebhookSecret = idsOf('next-webhook-secret').hex(16);
  const vendor = createWebhookVendor(component, options, {
    scheme: sinchScheme,
    key: webhookSecret,
    nextKey: nextWebhookSecret,
    foreignKey: idsOf('foreign-webhook-secret').hex(16),
  });
  const tokenLives = createTokenLives();
  const webhooks = createWebhooks();
  const { webhook, address } = vendor.context;
  const context: SinchContext = {
    ...vendor.context,
    webhook: toldByTrigger(webhook, webhooks, address),
    webhooks,
    stopped: new Set(),
    account,
    tokens: createSinchTokenIssuer({
      life: tokenLives.next,
      ...account,
      signingSecret: idsOf('tokens').hex(32),
      now: () => Math.floor(ambient.clock.epochMillis() / MICROS_PER_MILLI),
      jti: ambient.ids.uuid,
    }),
    contacts: createContacts(newId),
    store: createMessageStore(),
    isoDate: createIsoDates(),
    newId,
  };
  const { backOffMicros } = vendor;
  return vendor.gateway({
    door: createSinchDoor({ context, conditions, tap, backOffMicros }),
    verbs: tokenLives.verbs,
    environment: (url) => ({ url, ...account, webhookSecret, nextWebhookSecret }),
    prefix: 'sinch-user:',
    idOf: newId,
    bring: bringToApp(context),
  });
}

export const sinch: GatewayEntry = {
  name: 'sinch',
  doc: 'Sinch Conversation API: RCS, SMS, MMS in an order of channels, webhooks signed by HMAC.',
  docs: 'https://developers.sinch.com/docs/conversation/api-reference',
  operations: SINCH_ROUTES,
  errors: [
    ...Object.entries(SINCH_STATUS).map(([code, status]) => ({ code, status: `${status}` })),
    ...SINCH_REASONS.map((code) => ({ code, status: 'told later' })),
  ],
  differences: [
    'The app has the channels RCS, SMS and MMS; a request that names another is refused with 400.',
    'MMS needs a carrier with an MMS centre (`mms: on`); people cannot write MMS to the app, and ' +
      'MMS_STRICT_VALIDATION changes nothing. By MMS choices become numbered lines.',
    'By RCS a message goes on without a file that cannot be fetched; by MMS it fails with ' +
      'MEDIA_NOT_REACHABLE.',
    'The declared webhook has every trigger; others can be made by the API. There is one app, ' +
      'and a conversation with each contact; templates and consents are not managed.',
    'Access tokens are signed with HS256; clients read only when they end.',
    'A message is tried on its next channel when one refuses it, and not when its ttl ran out; ' +
      'fall-back after a missing delivery report is off, as it is by default.',
    'Choices become numbered lines where a channel has no buttons.',
    'A capability lookup tells every identity that was asked for, also those without capability.',
    'callback_url is signed with the same secret as the webhook.',
    'Lists reach back over the last thousand messages.',
    'That callbacks are repeated from 5 s on, doubling, is told of the SMS API and assumed here.',
    'Regions are one: every regional host leads to the same app.',
  ],
  sources: [
    'https://developers.sinch.com/docs/conversation/api-reference',
    'https://developers.sinch.com/docs/conversation/callbacks',
    'https://developers.sinch.com/docs/conversation/message-types',
    'https://developers.sinch.com/docs/conversation/channel-support/mms',
    '@sinch/sdk-core 1.4.0 with @sinch/conversation 1.4.0 and @sinch/sdk-client as published',
  ],
  create: createSinchGateway,
};
