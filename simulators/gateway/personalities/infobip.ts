/** Infobip's RCS API with SMS failover, and plain SMS. */
import { createIds } from '../../kernel/ids.ts';
import { INFOBIP_ERRORS } from '../../protocol/infobip/errors.ts';
import { INFOBIP_STATUS } from '../../protocol/infobip/status.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { Gateway, GatewayEntry, GatewayOptions } from '../api/gateway.ts';
import { createWebhookVendor } from '../api/webhook-vendor.ts';
import type { Conversation, InfobipContext } from '../infobip/context.ts';
import { createInfobipDoor } from '../infobip/door.ts';
import { bringToWebhook } from '../infobip/inbound.ts';
import { createReportLog } from '../infobip/report-log.ts';
import { INFOBIP_ROUTES } from '../infobip/routes.ts';
import { infobipScheme } from '../infobip/webhook-scheme.ts';

const INFOBIP_PATH = 'gateway/infobip';
/** Ids that are known again, and conversations that can be answered. */
const REMEMBERED = 20_000;
const RCS_SENDER = 'Bellwether';
const SMS_SENDER = '447700900998';

function createInfobipGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap } = options;
  const component = INFOBIP_PATH;
  const secret = (name: string, bytes: number): string =>
    createIds(ambient.random.fork(`${component}/${name}`)).hex(bytes);
  /** In the form of Infobip's keys: an id and a secret. */
  const apiKey = `${secret('api-key', 16)}-${secret('api-secret', 18)}`;
  const webhookSecret = secret('webhook-secret', 32);
  const nextWebhookSecret = secret('next-webhook-secret', 32);
  const vendor = createWebhookVendor(component, options, {
    scheme: infobipScheme,
    key: webhookSecret,
    nextKey: nextWebhookSecret,
    foreignKey: secret('foreign-webhook-secret', 32),
  });
  const context: InfobipContext = {
    ...vendor.context,
    seenIds: createBoundedMap<true>(REMEMBERED),
    conversations: {
      rcs: createBoundedMap<Conversation>(REMEMBERED),
      sms: createBoundedMap<Conversation>(REMEMBERED),
    },
    reports: createReportLog(),
  };
  const { backOffMicros } = vendor;
  return vendor.gateway({
    door: createInfobipDoor({ context, apiKey, conditions, tap, backOffMicros }),
    environment: (url) => ({
      url,
      apiKey,
      webhookSecret,
      nextWebhookSecret,
      rcsSender: RCS_SENDER,
      smsSender: SMS_SENDER,
    }),
    prefix: 'infobip-user:',
    idOf: ambient.ids.uuid,
    bring: bringToWebhook(context, { rcsSender: RCS_SENDER, smsSender: SMS_SENDER }),
  });
}

export const infobip: GatewayEntry = {
  name: 'infobip',
  doc: 'Infobip RCS API 2 with SMS failover, and SMS API 3; reports and inbound by webhook.',
  docs: 'https://www.infobip.com/docs/api/channels/rcs',
  operations: INFOBIP_ROUTES,
  errors: [
    ...INFOBIP_ERRORS.map(({ status, says }) => ({
      code: `E${status}`,
      status: `${status}`,
      says,
    })),
    ...Object.values(INFOBIP_STATUS)
      .filter(({ groupName }) => groupName !== 'PENDING' && groupName !== 'DELIVERED')
      .map(({ id, name, description }) => ({
        code: name,
        status: 'told later',
        says: `${id}: ${description}`,
      })),
  ],
  differences: [
    'API keys only (`Authorization: App …`); no Basic, IBSSO or OAuth.',
    'MMS failover is taken and never sent; schedules, delivery windows and URL tracking are read ' +
      'and change nothing.',
    'What people share, files and places, comes as text.',
    'A message goes on without a file that cannot be fetched.',
    'Reports and inbound messages without an address of their own go to the one webhook that the ' +
      'implementation declares, as by a subscription.',
    'Webhooks carry the HMAC of security settings HMAC_SHA_256 in X-Hub-Signature, as hex over ' +
      'the body; the form of the header is read from a program that uses it.',
    'A number without RCS is told as REJECTED_DESTINATION_NOT_REGISTERED; the documents do not ' +
      'say by which status.',
    'The SMS of a failover has the messageId of its RCS message, and its report is pulled where ' +
      'that of the RCS message would be.',
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
