/** Sinch Conversation API: RCS and SMS in an order of channels, webhooks signed by HMAC. */
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { createIds } from '../../kernel/ids.ts';
import { createSinchTokenIssuer } from '../../protocol/sinch/token-issuer.ts';
import { createCallbackQueue } from '../api/callback-queue.ts';
import { createFallbackChains } from '../api/fallback-chain.ts';
import type { Gateway, GatewayEntry, GatewayOptions, WebhookAddress } from '../api/gateway.ts';
import { createOutbox } from '../api/outbox.ts';
import { createPersonMessages } from '../api/person-messages.ts';
import { createTokenLives } from '../api/token-life.ts';
import { declaredAddress } from '../api/told-address.ts';
import { createContacts } from '../sinch/contacts.ts';
import type { SinchContext } from '../sinch/context.ts';
import { createSinchDoor } from '../sinch/door.ts';
import { bringToApp } from '../sinch/inbound.ts';
import { createMessageStore } from '../sinch/message-store.ts';
import { SINCH_ROUTES } from '../sinch/routes.ts';
import { sinchScheme } from '../sinch/webhook-scheme.ts';

const SINCH_PATH = 'gateway/sinch';
const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;

function createSinchGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap, directory, coreOf, smsOf, request, policyDisclosure } = options;
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
  const webhook = createCallbackQueue({
    ambient,
    request,
    component,
    scheme: sinchScheme,
    key: webhookSecret,
    nextKey: nextWebhookSecret,
    foreignKey: idsOf('foreign-webhook-secret').hex(16),
  });
  const tokenLives = createTokenLives();
  const outbox = createOutbox({ ambient, component, coreOf, smsOf });
  const chains = createFallbackChains({ ambient, component, outbox, policyDisclosure });
  let address: WebhookAddress | undefined;
  const context: SinchContext = {
    ambient,
    component,
    account,
    directory,
    outbox,
    chains,
    webhook,
    tokens: createSinchTokenIssuer({
      life: tokenLives.next,
      ...account,
      signingSecret: idsOf('tokens').hex(32),
      now: () => Math.floor(ambient.clock.epochMillis() / MICROS_PER_MILLI),
      jti: ambient.ids.uuid,
    }),
    contacts: createContacts(newId),
    store: createMessageStore(),
    address: () => address,
    policyDisclosure,
    newId,
  };
  const backOffMicros = options.backOffMicros ?? BACK_OFF_MICROS;
  const people = createPersonMessages({
    ambient,
    directory,
    coreOf,
    smsOf,
    tap,
    component,
    prefix: 'sinch-user:',
    idOf: newId,
    bring: bringToApp(context),
  });
  return {
    path: component,
    door: createSinchDoor({ context, conditions, tap, backOffMicros }),
    target: {
      path: component,
      kind: 'gateway',
      verbs: { ...conditions.verbs, ...webhook.verbs, ...tokenLives.verbs },
    },
    environment: (url) => ({ url, ...account, webhookSecret, nextWebhookSecret }),
    connectWebhook: (to) => {
      address = to;
      webhook.open(declaredAddress(to), webhookSecret);
      return Promise.resolve({ held: true });
    },
    userMessage: people.send,
    unfinished: () => [
      ...(webhook.size === 0 ? [] : [`${webhook.size} callbacks of ${component}`]),
      ...(chains.waiting === 0 ? [] : [`${chains.waiting} messages in ${component}`]),
    ],
  };
}

export const sinch: GatewayEntry = {
  name: 'sinch',
  doc: 'Sinch Conversation API: RCS and SMS in an order of channels, webhooks signed by HMAC.',
  docs: 'https://developers.sinch.com/docs/conversation/api-reference',
  hosts: [
    'auth.sinch.com',
    'us.conversation.api.sinch.com',
    'eu.conversation.api.sinch.com',
    'br.conversation.api.sinch.com',
  ],
  carries: ['rcs', 'sms'],
  operations: SINCH_ROUTES,
  differences: [
    'The app has the channels RCS and SMS; a request that names another is refused with 400.',
    'One webhook with every trigger; webhooks, apps, templates, conversations are not managed.',
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
    '@sinch/sdk-core 1.4.0 with @sinch/conversation 1.4.0 and @sinch/sdk-client as published',
  ],
  create: createSinchGateway,
};
