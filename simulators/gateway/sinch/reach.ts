import { MICROS_PER_MILLI } from '../../kernel/clock.ts';
import type { Meaning } from '../../kernel/events.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readBodyFields, readJsonBody } from '../../protocol/json/fields.ts';
import {
  readCapabilityQuery,
  readSinchEvent,
  SINCH_CHANNELS,
} from '../../protocol/sinch/request.ts';
import type { ChannelIdentity } from '../../protocol/sinch/request.ts';
import type { CapabilityNotification } from '../../protocol/sinch/webhook.ts';
import type { Call } from '../api/answer.ts';
import { noRcs } from '../api/message-life.ts';
import { invalid, ok, refuse } from './answer.ts';
import { contactJson } from './contacts.ts';
import type { SinchContact } from './contacts.ts';
import { envelopeOf, personOf } from './context.ts';
import type { Routing, SinchContext } from './context.ts';
import { contactOf } from './send.ts';

/** From the answer until the channel has been asked. */
const LOOKUP_MICROS = 50 * MICROS_PER_MILLI;

function hasRcs(person: string): readonly Meaning[] {
  return [{ channels: ['rcs'], scope: { person }, says: 'available', holds: 'capability-age' }];
}

function tellCapability(
  context: SinchContext,
  contact: SinchContact,
  { channel, identity }: ChannelIdentity,
  requestId: string,
  cause: number,
): void {
  const person = personOf(context, identity);
  const able =
    person !== undefined &&
    (channel === 'RCS' ? context.outbox.probe(person) !== undefined : channel === 'SMS');
  const notification: CapabilityNotification = {
    ...envelopeOf(context, {}),
    capability_notification: {
      request_id: requestId,
      contact_id: contact.id,
      channel,
      identity,
      capability_status: able ? 'CAPABILITY_FULL' : 'NO_CAPABILITY',
      ...(able
        ? {}
        : {
            reason: {
              code: 'RECIPIENT_NOT_REACHABLE',
              description: 'The recipient is not reachable on the channel.',
              sub_code: 'UNSPECIFIED_SUB_CODE',
            },
          }),
    },
  };
  const meaning =
    channel === 'RCS' && person !== undefined ? (able ? hasRcs(person) : noRcs(person)) : undefined;
  context.webhook.push({
    notification,
    event: able ? 'CAPABILITY_FULL' : 'NO_CAPABILITY',
    cause,
    ...(person === undefined ? {} : { person }),
    ...(meaning === undefined ? {} : { meaning }),
  });
}

/** POST /v1/projects/{project}/capability:query: the answer comes by callback. */
export function queryCapability(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  const { clock } = context.ambient;
  const problems: FieldProblem[] = [];
  const json = readJsonBody(request.body, problems);
  const asked = problems.length > 0 ? undefined : readCapabilityQuery(json, problems);
  const contact = asked === undefined ? undefined : contactOf(context, asked.recipient);
  const first = [...(contact?.identities.values() ?? [])][0];
  const person = first === undefined ? undefined : personOf(context, first);
  return {
    operation: 'capability',
    what,
    seen: request.body,
    ...(person === undefined ? {} : { person }),
    serve: (_message, cause) => {
      if (asked === undefined) return invalid(problems);
      if (asked.appId !== context.account.appId) {
        return refuse('NOT_FOUND', `The app ${asked.appId} was not found.`);
      }
      if (contact === undefined) return refuse('NOT_FOUND', 'The contact was not found.');
      const requestId = asked.requestId ?? context.newId();
      clock.after(LOOKUP_MICROS, () => {
        const { identities } = asked.recipient;
        const all =
          identities.length > 0
            ? identities.map(({ channel, identity }) => ({
                channel,
                identity: identity.replace(/^\+/, ''),
              }))
            : [...contact.identities].map(([channel, identity]) => ({ channel, identity }));
        for (const each of all) tellCapability(context, contact, each, requestId, cause);
      });
      const { recipient } = json as { readonly recipient?: unknown };
      return ok({ app_id: asked.appId, recipient, request_id: requestId });
    },
  };
}

/** POST /v1/projects/{project}/events:send: typing and the like; phones show nothing of it. */
export function sendEvent(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  const { clock } = context.ambient;
  return {
    operation: 'event',
    what,
    seen: request.body,
    serve: () => {
      const problems: FieldProblem[] = [];
      const json = readJsonBody(request.body, problems);
      const event = problems.length > 0 ? undefined : readSinchEvent(json, problems);
      if (event === undefined) return invalid(problems);
      const accepted = new Date(clock.epochMillis()).toISOString();
      return ok({ event_id: context.newId(), accepted_time: accepted });
    },
  };
}

/** POST /v1/projects/{project}/contacts */
export function createContact(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  return {
    operation: 'query',
    what,
    seen: request.body,
    serve: () => {
      const problems: FieldProblem[] = [];
      const reader = readBodyFields(request.body, problems);
      const identities: ChannelIdentity[] = [];
      const rule = { required: true, min: 1 };
      for (const each of reader?.objects('channel_identities', rule) ?? []) {
        const channel = each.word('channel', SINCH_CHANNELS, { required: true });
        const identity = each.string('identity', { required: true });
        each.any('app_id');
        each.close();
        if (channel !== undefined && identity !== undefined) identities.push({ channel, identity });
      }
      const name = reader?.string('display_name', { min: 0 });
      for (const field of ['language', 'email', 'external_id', 'metadata', 'channel_priority']) {
        reader?.any(field);
      }
      reader?.close();
      if (problems.length > 0) return invalid(problems);
      return ok(contactJson(context.contacts.create(identities, name ?? '')));
    },
  };
}

function contactCall(
  context: SinchContext,
  routing: Routing,
  serve: (contact: SinchContact) => object,
): Call {
  const { request, what, params } = routing;
  return {
    operation: 'query',
    what,
    seen: `${request.path}?${request.query}`,
    serve: () => {
      const contact = context.contacts.byId(params['contact'] ?? '');
      if (contact === undefined) return refuse('NOT_FOUND', 'The contact was not found.');
      return ok(serve(contact));
    },
  };
}

/** GET /v1/projects/{project}/contacts/{contact} */
export function getContact(context: SinchContext, routing: Routing): Call {
  return contactCall(context, routing, contactJson);
}

/** PATCH /v1/projects/{project}/contacts/{contact}: its name; the rest is taken and not kept. */
export function updateContact(context: SinchContext, routing: Routing): Call {
  const { request } = routing;
  const call = contactCall(context, routing, contactJson);
  return {
    ...call,
    seen: request.body,
    serve: (message, cause) => {
      const problems: FieldProblem[] = [];
      const reader = readBodyFields(request.body, problems);
      const name = reader?.string('display_name', { min: 0 });
      if (problems.length > 0) return invalid(problems);
      const contact = context.contacts.byId(routing.params['contact'] ?? '');
      if (contact !== undefined && name !== undefined) contact.displayName = name;
      return call.serve(message, cause);
    },
  };
}

/** DELETE /v1/projects/{project}/contacts/{contact} */
export function deleteContact(context: SinchContext, routing: Routing): Call {
  return contactCall(context, routing, ({ id }) => {
    context.contacts.delete(id);
    return {};
  });
}

/** GET /v1/projects/{project}/contacts: all of them on one page. */
export function listContacts(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  return {
    operation: 'query',
    what,
    seen: `${request.path}?${request.query}`,
    serve: () => ok({ contacts: context.contacts.all.map(contactJson), next_page_token: '' }),
  };
}
