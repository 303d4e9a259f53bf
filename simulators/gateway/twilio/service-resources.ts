/** Messaging Services and their senders (messaging.twilio.com/v1). */
import type { Form } from '../../protocol/twilio/form.ts';
import type { Answer, Call } from '../api/answer.ts';
import { answered, noContent, notFound, refuse, simpleCall } from './answer.ts';
import type { TwilioContext, TwilioRouting } from './context.ts';
import type { MessagingService, SenderKind, ServiceSender } from './services.ts';

const HOST = 'https://messaging.twilio.com';
const PER_PAGE = 50;

/** The resource's field → the form's. */
const SETTINGS = {
  friendly_name: 'FriendlyName',
  inbound_request_url: 'InboundRequestUrl',
  inbound_method: 'InboundMethod',
  fallback_url: 'FallbackUrl',
  fallback_method: 'FallbackMethod',
  status_callback: 'StatusCallback',
  sticky_sender: 'StickySender',
  mms_converter: 'MmsConverter',
  smart_encoding: 'SmartEncoding',
  scan_message_content: 'ScanMessageContent',
  fallback_to_long_code: 'FallbackToLongCode',
  area_code_geomatch: 'AreaCodeGeomatch',
  validity_period: 'ValidityPeriod',
  synchronous_validation: 'SynchronousValidation',
  usecase: 'Usecase',
  use_inbound_webhook_on_number: 'UseInboundWebhookOnNumber',
} as const;

const DEFAULTS: Readonly<Record<string, string>> = {
  inbound_method: 'POST',
  fallback_method: 'POST',
  sticky_sender: 'true',
  mms_converter: 'true',
  smart_encoding: 'true',
  scan_message_content: 'inherit',
  fallback_to_long_code: 'false',
  area_code_geomatch: 'true',
  validity_period: '36000',
  synchronous_validation: 'false',
  usecase: 'undeclared',
  use_inbound_webhook_on_number: 'false',
};

function isoSeconds(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, 19)}Z`;
}

/** Switches are booleans in JSON, and text in forms. */
function jsonValue(name: string, text: string | undefined): unknown {
  if (text === undefined) return null;
  if (name === 'validity_period') return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function serviceResource(
  { account }: TwilioContext,
  service: MessagingService,
): Record<string, unknown> {
  const { sid, settings, createdMillis, updatedMillis } = service;
  const url = `${HOST}/v1/Services/${sid}`;
  return {
    account_sid: account.sid,
    sid,
    date_created: isoSeconds(createdMillis),
    date_updated: isoSeconds(updatedMillis),
    ...Object.fromEntries(
      Object.keys(SETTINGS).map((name) => [
        name,
        jsonValue(name, settings.get(name) ?? DEFAULTS[name]),
      ]),
    ),
    us_app_to_person_registered: false,
    url,
    links: {
      phone_numbers: `${url}/PhoneNumbers`,
      alpha_senders: `${url}/AlphaSenders`,
      channel_senders: `${url}/ChannelSenders`,
    },
  };
}

function set(service: MessagingService, form: Form): void {
  for (const [name, field] of Object.entries(SETTINGS)) {
    const value = form.first(field);
    if (value !== undefined) service.settings.set(name, value);
  }
}

/** A list in the shape of the v1 APIs; everything fits on one page. */
function listOf(key: string, { request }: TwilioRouting, rows: readonly unknown[]): Answer {
  const url = `${HOST}${request.path}`;
  return answered(200, {
    [key]: rows,
    meta: {
      key,
      page: 0,
      page_size: Math.max(PER_PAGE, rows.length),
      url,
      first_page_url: `${url}?PageSize=${PER_PAGE}&Page=0`,
      next_page_url: null,
      previous_page_url: null,
    },
  });
}

export function createService(context: TwilioContext, routing: TwilioRouting): Call {
  const name = routing.form.first('FriendlyName');
  return simpleCall(routing, 'query', () => {
    if (name === undefined) return refuse(20001, { detail: 'FriendlyName is missing' });
    const service = context.services.create(name);
    set(service, routing.form);
    return answered(201, serviceResource(context, service));
  });
}

export function listServices(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () =>
    listOf(
      'services',
      routing,
      context.services.all.map((service) => serviceResource(context, service)),
    ),
  );
}

/** The call of an operation on one service, 404 where it is not there. */
function onService(
  context: TwilioContext,
  routing: TwilioRouting,
  serve: (service: MessagingService) => Answer,
): Call {
  return simpleCall(routing, 'query', () => {
    const service = context.services.get(routing.params['ServiceSid'] ?? '');
    return service === undefined ? notFound(routing) : serve(service);
  });
}

export function fetchService(context: TwilioContext, routing: TwilioRouting): Call {
  return onService(context, routing, (service) => answered(200, serviceResource(context, service)));
}

export function updateService(context: TwilioContext, routing: TwilioRouting): Call {
  return onService(context, routing, (service) => {
    set(service, routing.form);
    service.updatedMillis = context.ambient.clock.epochMillis();
    return answered(200, serviceResource(context, service));
  });
}

export function deleteService(context: TwilioContext, routing: TwilioRouting): Call {
  return onService(context, routing, ({ sid }) => {
    context.services.remove(sid);
    return noContent();
  });
}

interface SenderForm {
  readonly kind: SenderKind;
  /** In the path and in lists. */
  readonly path: string;
  readonly key: string;
  readonly resource: (sender: ServiceSender) => Record<string, unknown>;
  /** What the account may add, by the fields of the form. */
  readonly found: (
    context: TwilioContext,
    form: Form,
  ) => { readonly sid: string; readonly address: string } | undefined;
}

const PHONE_NUMBERS: SenderForm = {
  kind: 'phone-number',
  path: 'PhoneNumbers',
  key: 'phone_numbers',
  resource: ({ address }) => ({
    phone_number: address,
    country_code: 'ZZ',
    capabilities: ['SMS', 'MMS'],
  }),
  found: ({ account }, form) => {
    const { sid, number } = account.phoneNumber;
    return form.first('PhoneNumberSid') === sid ? { sid, address: number } : undefined;
  },
};

const ALPHA_SENDERS: SenderForm = {
  kind: 'alpha',
  path: 'AlphaSenders',
  key: 'alpha_senders',
  resource: ({ address }) => ({ alpha_sender: address, capabilities: ['SMS'] }),
  found: ({ ambient }, form) => {
    const address = form.first('AlphaSender') ?? '';
    const named = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(address);
    return named ? { sid: `AI${ambient.ids.hex(16)}`, address } : undefined;
  },
};

const CHANNEL_SENDERS: SenderForm = {
  kind: 'channel',
  path: 'ChannelSenders',
  key: 'senders',
  resource: ({ address }) => ({ sender: address, sender_type: 'RCS', country_code: 'ZZ' }),
  found: ({ account }, form) =>
    form.first('Sid') === account.rcsSender.sid ? account.rcsSender : undefined,
};

function senderResource(
  { account }: TwilioContext,
  { sid: service }: MessagingService,
  { path, resource, kind }: SenderForm,
  sender: ServiceSender,
): Record<string, unknown> {
  const owner = kind === 'channel' ? 'messaging_service_sid' : 'service_sid';
  const date = isoSeconds(sender.addedMillis);
  return {
    account_sid: account.sid,
    [owner]: service,
    sid: sender.sid,
    date_created: date,
    date_updated: date,
    ...resource(sender),
    url: `${HOST}/v1/Services/${service}/${path}/${sender.sid}`,
  };
}

/** The four operations of one kind of sender. */
function senderOperations(of: SenderForm) {
  const found = ({ senders }: MessagingService, { params }: TwilioRouting) => {
    const sender = senders.get(params['Sid'] ?? '');
    return sender?.kind === of.kind ? sender : undefined;
  };
  return {
    add: (context: TwilioContext, routing: TwilioRouting): Call =>
      onService(context, routing, (service) => {
        const address = of.found(context, routing.form);
        if (address === undefined) return refuse(20001, { detail: `no such sender: ${of.path}` });
        const addedMillis = context.ambient.clock.epochMillis();
        const sender = { ...address, kind: of.kind, addedMillis };
        service.senders.set(sender.sid, sender);
        return answered(201, senderResource(context, service, of, sender));
      }),
    list: (context: TwilioContext, routing: TwilioRouting): Call =>
      onService(context, routing, (service) =>
        listOf(
          of.key,
          routing,
          [...service.senders.values()]
            .filter(({ kind }) => kind === of.kind)
            .map((sender) => senderResource(context, service, of, sender)),
        ),
      ),
    fetch: (context: TwilioContext, routing: TwilioRouting): Call =>
      onService(context, routing, (service) => {
        const sender = found(service, routing);
        if (sender === undefined) return notFound(routing);
        return answered(200, senderResource(context, service, of, sender));
      }),
    remove: (context: TwilioContext, routing: TwilioRouting): Call =>
      onService(context, routing, (service) => {
        const sender = found(service, routing);
        if (sender === undefined) return notFound(routing);
        service.senders.delete(sender.sid);
        return noContent();
      }),
  };
}

export const phoneNumbers = senderOperations(PHONE_NUMBERS);
export const alphaSenders = senderOperations(ALPHA_SENDERS);
export const channelSenders = senderOperations(CHANNEL_SENDERS);
