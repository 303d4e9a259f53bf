/** Vonage Messages API v1: SMS and RCS with failover, signed webhooks. */
import { createIds } from '../../kernel/ids.ts';
import {
  serviceAccount,
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
} from '../../protocol/oauth/service-account-key.ts';
import { GENERIC_PROBLEMS, MESSAGE_ERRORS } from '../../protocol/vonage/errors.ts';
import { createIsoDates } from '../../protocol/iso-dates.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import { createMessageLog } from '../api/message-log.ts';
import type { Gateway, GatewayEntry, GatewayOptions } from '../api/gateway.ts';
import { createWebhookVendor } from '../api/webhook-vendor.ts';
import type { Conversation, SentMessage, VonageContext } from '../vonage/context.ts';
import { createVonageDoor } from '../vonage/door.ts';
import { bringToApplication } from '../vonage/inbound.ts';
import { VONAGE_ROUTES } from '../vonage/routes.ts';
import { vonageScheme } from '../vonage/webhook-scheme.ts';

const VONAGE_PATH = 'gateway/vonage';
/** Messages that can still be revoked, and conversations that can be answered. */
const REMEMBERED = 20_000;
const RCS_SENDER = 'Bellwether';
/** Of a block that Ofcom keeps for drama and tests. */
const SMS_NUMBER = '447700900999';

function createVonageGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap } = options;
  const component = VONAGE_PATH;
  const secret = (name: string, bytes: number): string =>
    Buffer.from(ambient.random.fork(`${component}/${name}`).bytes(bytes)).toString('hex');
  const account = {
    apiKey: secret('api-key', 4),
    apiSecret: secret('api-secret', 8),
    applicationId: createIds(ambient.random.fork(`${component}/application`)).uuid(),
    publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
  };
  const signatureSecret = secret('signature-secret', 32);
  const nextSignatureSecret = secret('next-signature-secret', 32);
  const vendor = createWebhookVendor(component, options, {
    scheme: vonageScheme(account),
    key: signatureSecret,
    nextKey: nextSignatureSecret,
    foreignKey: secret('foreign-signature-secret', 32),
  });
  const context: VonageContext = {
    ...vendor.context,
    isoDate: createIsoDates(),
    sent: createMessageLog<SentMessage>(REMEMBERED, ({ uuid }) => uuid),
    conversations: {
      rcs: createBoundedMap<Conversation>(REMEMBERED),
      sms: createBoundedMap<Conversation>(REMEMBERED),
    },
  };
  const { backOffMicros } = vendor;
  return vendor.gateway({
    door: createVonageDoor({ context, account, conditions, tap, backOffMicros }),
    environment: (url) => ({
      url,
      apiKey: account.apiKey,
      apiSecret: account.apiSecret,
      applicationId: account.applicationId,
      privateKey: serviceAccount('bellwether-vonage', '').private_key,
      signatureSecret,
      nextSignatureSecret,
      rcsSender: RCS_SENDER,
      smsNumber: SMS_NUMBER,
    }),
    prefix: 'vonage-user:',
    idOf: ambient.ids.uuid,
    bring: bringToApplication(context, { rcsSender: RCS_SENDER, smsNumber: SMS_NUMBER }),
  });
}

/** Numbered errors that are answers; the others are in status webhooks. */
const AT_THE_DOOR: Readonly<Record<string, string>> = {
  1000: '429',
  1010: '422',
  1020: '422',
  1030: '5xx',
};

export const vonage: GatewayEntry = {
  name: 'vonage',
  doc: 'Vonage Messages API v1: SMS, MMS, RCS with failover, revocation, webhooks signed by JWT.',
  docs: 'https://developer.vonage.com/en/api/messages',
  operations: VONAGE_ROUTES,
  errors: [
    ...Object.entries(GENERIC_PROBLEMS).map(([code, [status, , says]]) => ({
      code,
      status: `${status}`,
      says,
    })),
    ...Object.entries(MESSAGE_ERRORS).map(([code, [, says]]) => ({
      code,
      status: AT_THE_DOOR[code] ?? 'told later',
      says,
    })),
  ],
  differences: [
    'Messages by WhatsApp, Viber, Messenger and email are accepted and then rejected with 1140, ' +
      'so that a failover goes on.',
    'MMS needs a carrier with an MMS centre (`mms: on`), in any country; people cannot write ' +
      'MMS to the business. A file that cannot be fetched, or is larger than the carrier takes, ' +
      'is told as rejected with 1020: the guide names no code for unsupported media.',
    'By RCS a message goes on without a file that cannot be fetched.',
    'Any sender (`from`) is taken; the vendor knows which ones an account owns.',
    'Unknown fields are refused with 422 and 1020; which ones the vendor overlooks is not told.',
    'PATCH takes a JWT only, as the reference has it.',
    'Of a message with failover each step has a message_uuid of its own, and the workflow of the ' +
      'request.',
    'A number without RCS is told as rejected with 1310; the reference names no code for it.',
    'The inbound `button` of a tapped action has payload and text, as by WhatsApp; the guide ' +
      'names the type and shows no body of it.',
    'Of what people share only files come as such (`file` with url and name, as by other ' +
      'channels); a place comes as text.',
    'A revoked message ends without a status webhook.',
    'Callbacks are sent as they arise; the vendor queues those of one message.',
    'The pauses between repeated callbacks (5 s, doubling to 15 min, for a day) are our reading ' +
      'of a page without numbers.',
  ],
  sources: [
    'https://developer.vonage.com/en/api/messages',
    'https://developer.vonage.com/en/api-errors/messages',
    'https://developer.vonage.com/en/messages/guides/failover-message',
    'https://developer.vonage.com/en/messages/guides/rcs/rcs-suggestions-message-types',
    'https://developer.vonage.com/en/getting-started/concepts/webhooks',
    'https://developer.vonage.com/en/messages/concepts/mms',
    'https://developer.vonage.com/en/messages/concepts/messages-status-callbacks',
    '@vonage/server-sdk 3.30.1, @vonage/messages 1.27.1 and @vonage/jwt 1.17.1 as published',
  ],
  create: createVonageGateway,
};
