/** Twilio Programmable Messaging: docs/gateway-twilio.md has what of it is there. */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { TWILIO_ERRORS } from '../../protocol/twilio/errors.ts';
import { createTwilioDates } from '../../protocol/twilio/message.ts';
import { createCallbackQueue } from '../api/callback-queue.ts';
import { createFallbackChains } from '../api/fallback-chain.ts';
import type { Gateway, GatewayEntry, GatewayOptions, WebhookAddress } from '../api/gateway.ts';
import { createMediaRelay } from '../api/media-relay.ts';
import { createOutbox } from '../api/outbox.ts';
import { createPersonMessages } from '../api/person-messages.ts';
import { declaredAddress, toldAddress } from '../api/told-address.ts';
import { createTwilioAccount } from '../twilio/account.ts';
import { TWILIO_CALLBACKS } from '../twilio/callback-scheme.ts';
import { createContents } from '../twilio/contents.ts';
import { createDispatches } from '../twilio/dispatches.ts';
import { createTwilioDoor } from '../twilio/door.ts';
import { createEventStreams } from '../twilio/event-streams.ts';
import { bringToService } from '../twilio/inbound.ts';
import { createMediaFetching } from '../twilio/media.ts';
import { createMessageStore } from '../twilio/message-store.ts';
import { TWILIO_ROUTES } from '../twilio/routes.ts';
import { createMessagingServices } from '../twilio/services.ts';

const COMPONENT = 'gateway/twilio';
const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;

function createTwilioGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap, directory, coreOf, smsOf, mmsOf, request } = options;
  const { policyDisclosure } = options;
  const component = COMPONENT;
  const account = createTwilioAccount(ambient, component);
  const services = createMessagingServices(ambient, component, account);
  let webhook: WebhookAddress | undefined;
  const foreign = ambient.random.fork(`${component}/foreign-token`).bytes(16);
  const callbacks = createCallbackQueue({
    ambient,
    request,
    component,
    tap,
    scheme: TWILIO_CALLBACKS,
    key: account.authToken,
    nextKey: account.nextAuthToken,
    foreignKey: Buffer.from(foreign).toString('hex'),
  });
  const streams = createEventStreams({
    ambient,
    callbacks,
    addressOf: (told) => toldAddress(told, webhook),
  });
  const relay = createMediaRelay({
    ambient,
    component,
    request,
    tap,
    webhook: () => webhook,
    userAgent: 'TwilioProxy/1.1',
  });
  const outbox = createOutbox({ ambient, component, coreOf, smsOf, mmsOf, media: relay });
  const chains = createFallbackChains({ ambient, component, outbox, policyDisclosure });
  const media = createMediaFetching(relay);
  const { hasMms } = outbox;
  const context = {
    ambient,
    component,
    account,
    directory,
    outbox,
    chains,
    media: relay,
    callbacks,
    services,
    messages: createMessageStore(),
    contents: createContents(ambient),
    tap,
    dispatches: createDispatches({ ambient, component, chains, callbacks, streams, media, hasMms }),
    streams,
    optedOut: new Set<string>(),
    policyDisclosure,
    dateOf: createTwilioDates(),
    webhook: () => webhook,
  };
  const people = createPersonMessages({
    ambient,
    directory,
    coreOf,
    smsOf,
    tap,
    component,
    prefix: 'twilio-user:',
    idOf: () => `SM${ambient.ids.hex(16)}`,
    bring: bringToService(context),
  });
  return {
    path: component,
    door: createTwilioDoor({
      context,
      conditions,
      tap,
      backOffMicros: options.backOffMicros ?? BACK_OFF_MICROS,
    }),
    target: {
      path: component,
      kind: 'gateway',
      verbs: { ...conditions.verbs, ...callbacks.verbs },
    },
    environment: (url) => ({
      url,
      accountSid: account.sid,
      authToken: account.authToken,
      nextAuthToken: account.nextAuthToken,
      apiKeySid: account.apiKeySid,
      apiKeySecret: account.apiKeySecret,
      messagingServiceSid: services.standing.sid,
      phoneNumber: account.phoneNumber.number,
      phoneNumberSid: account.phoneNumber.sid,
      rcsSender: account.rcsSender.address,
      rcsSenderSid: account.rcsSender.sid,
    }),
    // Nothing is proven here: the account's console holds the addresses.
    connectWebhook: (address) => {
      webhook = address;
      const { told } = declaredAddress(address);
      const { settings } = services.standing;
      settings.set('inbound_request_url', told);
      settings.set('status_callback', told);
      return Promise.resolve({ held: true });
    },
    optOut: (msisdn) => {
      context.optedOut.add(msisdn);
    },
    userMessage: people.send,
    content: { door: relay.content, servedAt: relay.servedAt },
    unfinished: () => [
      ...(callbacks.size === 0 ? [] : [`${callbacks.size} callbacks of ${component}`]),
      ...(relay.waiting === 0 ? [] : [`${relay.waiting} files at ${component}`]),
      ...context.dispatches.unfinished(),
    ],
  };
}

/** Of a message on its way; the others are answers. */
const TOLD_LATER = [11200, 11751, 30003, 30005, 30036, 63019, 63106];

export const twilio: GatewayEntry = {
  name: 'twilio',
  doc: 'Twilio Programmable Messaging: SMS, MMS, RCS with fall-back to both, Messaging Services.',
  docs: 'https://www.twilio.com/docs/messaging/api',
  guide: 'gateway-twilio.md',
  operations: TWILIO_ROUTES,
  errors: Object.entries(TWILIO_ERRORS).map(([code, { status, message }]) => ({
    code,
    status: TOLD_LATER.includes(Number(code)) ? 'told later' : `${status}`,
    says: message,
  })),
  differences: [
    'A service tries RCS for 30 seconds before it falls back to SMS; the vendor tells no time.',
    'Status callbacks tell neither queued nor sending; everything after that they do.',
    'Media are fetched where the world has them (the program, this machine), and a message ' +
      'whose media are not there fails with 11200 or 63019; what lies elsewhere is taken for ' +
      'fetched. They go by RCS, or by MMS where the carrier has it; else their addresses go by ' +
      'SMS, only where there is no text (the vendor’s MMS converter adds a link of its own).',
    'Too large for the carrier is told as undelivered, 11751; the vendor shrinks some pictures.',
    'Of a content template RCS shows the richest type with its buttons, SMS the text and the ' +
      'media; list pickers, catalogues and COPY_CODE are not for RCS, and approvals are not ' +
      'there. With a ContentSid, Body and MediaUrl are overlooked.',
    'That a button without an id sends its title as ButtonPayload is assumed.',
    'TwiML answers to inbound messages are carried out: Message (with Body, Media, to, from, ' +
      'action) and Redirect, always by POST; text/plain is a reply, as there. Other verbs do ' +
      'nothing; cookies are not kept.',
    'TwiML that is sent as XML and cannot be read is named in the report; HTML and JSON ' +
      'answers, which the vendor logs as 12100 and 12300, are overlooked.',
    'Fields that the API does not have are ignored, as there (names in lower case count as ' +
      'missing), and named in the report.',
    'A file that a person shares by RCS lies at an address of this machine (MediaUrl0), not ' +
      'under api.twilio.com; a shared place comes as text.',
    'Prices are null, and one account has one number and one RCS sender.',
    'Codes that errors.ts marks as not `known` are from general knowledge of the dictionary.',
  ],
  sources: [
    'twilio 6.2.0 (npm), read and driven',
    'Content types twilio/card, quick-reply, call-to-action, carousel: parameter mapping for RCS',
    'Changelog, 14 Jul. 2025: standardization of inbound button payload on RCS',
    'Messages resource; Error and Warning Dictionary; RCS and fall-back guides',
    'Webhooks (HTTP callbacks): connection overrides',
    'Security: validating requests are coming from Twilio',
    'Your response (MIME types of answers to inbound messages); TwiML Message and Redirect',
    'Errors 11200, 12100, 12300, 21609, 21654, 21655, 21656, 21658 of the dictionary',
    'Unknown fields: https://github.com/riemann/riemann/pull/663 and ' +
      'https://github.com/mcwebb/angular-twilio/issues/5',
  ],
  create: createTwilioGateway,
};
