import { part } from '../../tests/support/status.ts';
import type { StatusGroup } from '../../tests/support/status.ts';

/** The simulated carriers, gateways, push services and phones. */
export const world: readonly StatusGroup[] = [
  {
    title: 'World',
    parts: [
      part('RCS core', 'real', ['tests/carrier/rcs-core.test.ts', 'tests/world/channels.test.ts']),
      part(
        'SMS centre (SMPP 3.4)',
        'real',
        [
          'tests/carrier/sms-*.test.ts',
          'tests/protocol/smpp/*.test.ts',
          'tests/protocol/sms-text/text.test.ts',
        ],
        'On a codec of our own, with npm smpp as peer in tests (docs/decisions/smpp.md). Every ' +
          'operation of SMPP 3.4; what is simplified: docs/services/sms-centre.md.',
      ),
      part(
        'RBM gateway',
        'real',
        [
          'tests/gateway/rbm-messages.test.ts',
          'tests/gateway/rbm-refusals.test.ts',
          'tests/gateway/rbm-faults.test.ts',
          'tests/gateway/rbm-sdk.test.ts',
        ],
        'Driven by Google’s own client library, every operation and error; what is simplified: ' +
          'the differences of its registry entry.',
      ),
      part('buttons of businesses at phones, and their taps in each vendor’s form', 'real', [
        'tests/gateway/suggestions.test.ts',
      ]),
      part(
        'files of cards and messages: fetched from the business, shown on phones',
        'real',
        ['tests/gateway/media-at-phones.test.ts', 'tests/gateway/media-relay.test.ts'],
        'What lies outside of the world is taken for there, and not shown.',
      ),
      part(
        'MMS of businesses by Twilio, Vonage and Sinch, driven by their SDKs',
        'real',
        ['tests/gateway/mms.test.ts', 'tests/gateway/mms-cells.test.ts'],
        'Outbound only: people cannot write MMS to a business.',
      ),
      part(
        'Twilio gateway, driven by its own SDK',
        'real',
        [
          'tests/gateway/twilio-sdk.test.ts',
          'tests/gateway/twilio-errors.test.ts',
          'tests/gateway/twilio-fallback.test.ts',
          'tests/gateway/twilio-content.test.ts',
          'tests/gateway/twilio-twiml.test.ts',
          'tests/gateway/twilio-media.test.ts',
          'tests/examples/twilio-sender.test.ts',
        ],
        'What is simplified: docs/gateway-twilio.md and the differences of its registry entry.',
      ),
      part('callback faults and key rotation, for every vendor’s scheme', 'real', [
        'tests/gateway/callback-faults.test.ts',
        'tests/gateway/callback-fault-table.test.ts',
      ]),
      part('Vonage Messages and Sinch Conversation gateways, driven by their own SDKs', 'real', [
        'tests/gateway/vonage-sdk.test.ts',
        'tests/gateway/vonage-life.test.ts',
        'tests/gateway/sinch-sdk.test.ts',
        'tests/gateway/sinch-life.test.ts',
        'tests/gateway/sinch-management.test.ts',
        'tests/gateway/vonage-sinch-infobip-cells.test.ts',
      ]),
      part(
        'Infobip RCS gateway',
        'real',
        ['tests/gateway/infobip-contract.test.ts'],
        'Driven by a client of our own: its SDK has no RCS.',
      ),
      part('every error code of every vendor, reached by a test', 'real', [
        'tests/gateway/error-codes.test.ts',
        'tests/carrier/sms-statuses.test.ts',
        'tests/push/error-codes.test.ts',
      ]),
      part('E2EE extension of the gateway', 'real', ['tests/gateway/rbm-e2ee.test.ts']),
      part(
        'gateway-managed secure sessions',
        'real',
        [
          'tests/gateway/sessions.test.ts',
          'tests/protocol/jose.test.ts',
          'tests/judge/sessions.test.ts',
          'tests/examples/reference-notifier/sessions.test.ts',
        ],
        'An interface of our own, for no vendor has one; its JWE and JWS are tried against jose.',
      ),
      part('HTTP/1.1 and HTTP/2 on sockets', 'real', [
        'tests/network/http1-lane.test.ts',
        'tests/network/http2-connection.test.ts',
      ]),
      part('APNs, driven by @parse/node-apn', 'real', ['tests/push/*apn*.test.ts']),
      part('FCM HTTP v1, driven by firebase-admin', 'real', ['tests/push/f*.test.ts']),
      part('Doze, quit apps, push limits of phones', 'real', ['tests/device/push-power.test.ts']),
      part('phones, people and displays', 'real', [
        'tests/device/texts.test.ts',
        'tests/device/app-push.test.ts',
        'tests/world/channels.test.ts',
      ]),
      part(
        'MLS on each device',
        'real',
        [
          'tests/device/mls.test.ts',
          'tests/world/world-check.test.ts',
          'tests/protocol/mls/*.test.ts',
        ],
        'ts-mls 1.6.4; the RFC 9420 vectors of all suites run where they lie beside the project.',
      ),
      part(
        'devices, keys, conversations, key faults (RCC.16)',
        'partial',
        [
          'tests/device/keys.test.ts',
          'tests/world/e2ee-people.test.ts',
          'tests/world/coming-back.test.ts',
          'tests/world/mls-doors.test.ts',
          'tests/examples/reference-notifier/e2ee.test.ts',
        ],
        'External Commits between people only; in the gateway’s groups a device is welcomed again.',
      ),
      part('secure links opened over HTTP', 'real', ['tests/device/secure-link.test.ts']),
      part(
        'between people: edit, delete, react, typing, receipts, vanishing, files',
        'partial',
        ['tests/world/talk.test.ts', 'tests/judge/people.test.ts'],
        'Open RCS is not synchronised to a person’s own other phones.',
      ),
      part(
        'iMessage between iPhones: directory, keys, packets',
        'partial',
        [
          'tests/protocol/imessage/packet.test.ts',
          'tests/world/imessage.test.ts',
          'tests/judge/imessage.test.ts',
        ],
        'A simulation after Apple’s own description; the protocol is not public in full.',
      ),
      part(
        'MMS between people: PDUs, WAP push, centres, fall-back',
        'real',
        [
          'tests/protocol/mms/pdu.test.ts',
          'tests/world/mms.test.ts',
          'tests/carrier/mms-centre.test.ts',
          'tests/judge/mms.test.ts',
        ],
        'OMA-TS-MMS_ENC 1.3 between phone and centre; between centres a hand-over in place of MM4.',
      ),
      part(
        'attachments: encrypted objects behind signed, ending URLs',
        'partial',
        [
          'tests/attachments/*.test.ts',
          'tests/protocol/s3/signature.test.ts',
          'tests/judge/attachments.test.ts',
        ],
        'Uploads are in one piece.',
      ),
    ],
  },
];
