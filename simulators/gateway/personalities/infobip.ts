/** Infobip's RCS API with SMS failover, and plain SMS. */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { createIds } from '../../kernel/ids.ts';
import { createBoundedMap } from '../api/bounded-map.ts';
import { createCallbackQueue } from '../api/callback-queue.ts';
import { createFallbackChains } from '../api/fallback-chain.ts';
import type { Gateway, GatewayEntry, GatewayOptions, WebhookAddress } from '../api/gateway.ts';
import { createOutbox } from '../api/outbox.ts';
import { createPersonMessages } from '../api/person-messages.ts';
import { declaredAddress } from '../api/told-address.ts';
import type { Conversation, InfobipContext } from '../infobip/context.ts';
import { createInfobipDoor } from '../infobip/door.ts';
import { bringToWebhook } from '../infobip/inbound.ts';
import { createReportLog } from '../infobip/report-log.ts';
import { INFOBIP_ROUTES } from '../infobip/routes.ts';
import { infobipScheme } from '../infobip/webhook-scheme.ts';

const INFOBIP_PATH = 'gateway/infobip';
const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;
/** Ids that are known again, and conversations that can be answered. */
const REMEMBERED = 20_000;
const RCS_SENDER = 'Bellwether';
const SMS_SENDER = '447700900998';

function createInfobipGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap, directory, coreOf, smsOf, request, policyDisclosure } = options;
  const component = INFOBIP_PATH;
  const secret = (name: string, bytes: number): string =>
    createIds(ambient.random.fork(`${component}/${name}`)).hex(bytes);
  /** In the form of Infobip's keys: an id and a secret. */
  const apiKey = `${secret('api-key', 16)}-${secret('api-secret', 18)}`;
  const webhookSecret = secret('webhook-secret', 32);
  const nextWebhookSecret = secret('next-webhook-secret', 32);
  const webhook = createCallbackQueue({
    ambient,
    request,
    component,
    scheme: infobipScheme,
    key: webhookSecret,
    nextKey: nextWebhookSecret,
    foreignKey: secret('foreign-webhook-secret', 32),
  });
  const outbox = createOutbox({ ambient, component, coreOf, smsOf });
  const chains = createFallbackChains({ ambient, component, outbox, policyDisclosure });
  let address: WebhookAddress | undefined;
  const context: InfobipContext = {
    ambient,
    component,
    directory,
    outbox,
    chains,
    webhook,
    address: () => address,
    policyDisclosure,
    seenIds: createBoundedMap<true>(REMEMBERED),
    conversations: createBoundedMap<Conversation>(REMEMBERED),
    reports: createReportLog(),
  };
  const backOffMicros = options.backOffMicros ?? BACK_OFF_MICROS;
  const people = createPersonMessages({
    ambient,
    directory,
    coreOf,
    smsOf,
    tap,
    component,
    prefix: 'infobip-user:',
    idOf: ambient.ids.uuid,
    bring: bringToWebhook(context, { rcsSender: RCS_SENDER, smsSender: SMS_SENDER }),
  });
  return {
    path: component,
    door: createInfobipDoor({ context, apiKey, conditions, tap, backOffMicros }),
    target: {
      path: component,
      kind: 'gateway',
      verbs: { ...conditions.verbs, ...webhook.verbs },
    },
    environment: (url) => ({
      url,
      apiKey,
      webhookSecret,
      nextWebhookSecret,
      rcsSender: RCS_SENDER,
      smsSender: SMS_SENDER,
    }),
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

export const infobip: GatewayEntry = {
  name: 'infobip',
  doc: 'Infobip RCS API 2 with SMS failover, and SMS API 3; reports and inbound by webhook.',
  docs: 'https://www.infobip.com/docs/api/channels/rcs',
  hosts: ['api.infobip.com', '*.api.infobip.com'],
  carries: ['rcs', 'sms'],
  operations: INFOBIP_ROUTES,
  differences: [
    'API keys only (`Authorization: App …`); no Basic, IBSSO or OAuth.',
    'MMS failover is taken and never sent; schedules, delivery windows and URL tracking are read ' +
      'and change nothing.',
    'Reports and inbound messages without an address of their own go to the one webhook that the ' +
      'implementation declares, as by a subscription.',
    'Webhooks carry the HMAC of security settings HMAC_SHA_256 in X-Hub-Signature, as hex over ' +
      'the body; the form of the header is read from a program that uses it.',
    'A number without RCS is told as REJECTED_DESTINATION_NOT_REGISTERED; the documents do not ' +
      'say by which status.',
    'The SMS of a failover has the messageId of its RCS message.',
    'Unknown fields are refused with E400.',
    'Reports and logs reach back over the last thousand messages.',
  ],
  sources: [
    'https://www.infobip.com/docs/api/channels/rcs',
    'https://www.infobip.com/docs/developer-resources/api-fundamentals/message-status-codes',
    'https://github.com/infobip/infobip-api-java-client (models and tests of RcsApi, 5e880b1)',
  ],
  create: createInfobipGateway,
};
