import type { BearerContent, BearerMessage } from '../../network/bearer.ts';
import { echoedId } from '../../protocol/link/echoed-id.ts';
import { readAgentMessage } from '../../protocol/rbm/agent-message.ts';
import type { AgentContent, AgentMessage } from '../../protocol/rbm/agent-message.ts';
import { badRequest, errorInfo } from '../../protocol/rbm/errors.ts';
import { FieldError, objectAt, onlyFields, stringAt } from '../../protocol/rbm/field-check.ts';
import { ok, refuse } from './answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { reachOf } from './gateway-context.ts';
import { e2eeOf } from './meanings.ts';
import { notReachable } from './reach.ts';
import { readJson } from './read-json.ts';
import { notATester } from './testers.ts';

const URL_IN_TEXT = /https?:\/\//;
/** messageId: a UUID by the reference; the service takes what its clients send (at most 64). */
const MESSAGE_ID = /^[\w.~-]{1,64}$/;

function bearerContent(content: AgentContent): BearerContent {
  if (content.kind === 'text') return content;
  const { contentType, eraId, epochAuthenticator, body } = content;
  return { kind: 'mls', contentType, eraId, epochAuthenticator, body };
}

function accepted(json: object, name: string, sendTime: string): Answer {
  return ok(JSON.stringify({ ...json, name, sendTime }));
}

/** POST /v1/phones/{E164}/agentMessages */
export function sendMessage(context: GatewayContext, routing: Routing): Call {
  const { request, what, query, number, subscriber } = routing;
  const { clock, history } = context.ambient;
  const person = subscriber?.plan.id;
  const messageId = query.get('messageId');
  const wire = messageId === undefined ? undefined : `rbm:${messageId}`;
  const facts = {
    what,
    seen: request.body,
    ...(person === undefined ? {} : { person }),
    ...(wire === undefined ? {} : { wire }),
  };
  const wrong = (text: string, field = ''): Call => ({
    ...facts,
    operation: 'send',
    serve: () => {
      const details = field === '' ? {} : { details: [badRequest(field, text)] };
      return refuse('INVALID_ARGUMENT', text, details);
    },
  });
  if (messageId === undefined || wire === undefined) return wrong('message_id is required.');
  if (!MESSAGE_ID.test(messageId)) return wrong('message_id is not a UUID.');

  let read: AgentMessage;
  try {
    read = readAgentMessage(readJson(request.body), clock.epochMillis());
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return wrong(error.message, error.field);
  }
  const unknownFile = read.files.find((file) => !context.files.has(file));
  if (unknownFile !== undefined) {
    return wrong(`The file ${unknownFile} was not uploaded.`, 'content_message');
  }
  const { content, json, ttlMicros } = read;
  const mls = content.kind === 'mls' ? context.focus.read(content) : undefined;
  if (mls !== undefined && 'status' in mls) {
    return { ...facts, operation: 'send', channel: 'rcs-e2ee', serve: () => mls };
  }
  const control = mls?.control === true;
  if (content.kind === 'mls' && !control && person !== undefined) {
    context.onCiphertext(person, wire, content.body);
  }
  const channel =
    content.kind === 'mls' ? 'rcs-e2ee' : URL_IN_TEXT.test(content.text) ? 'secure-link' : 'rcs';
  const echoed =
    channel === 'secure-link' && content.kind === 'text' ? echoedId(content.text) : undefined;
  const before = context.seenIds.sendTimeOf(messageId);
  const name = `phones/${number}/agentMessages/${messageId}`;

  const serve = (message: string | undefined, cause: number): Answer => {
    const first = context.seenIds.sendTimeOf(messageId);
    if (first !== undefined) return accepted(json, name, first);
    const reach = reachOf(context, subscriber);
    if (person === undefined || reach === undefined) return notReachable(routing);
    if (!context.testers.admits(person)) return notATester();
    let devices: readonly string[] | undefined;
    if (mls !== undefined) {
      if (!reach.e2ee) {
        return refuse('FAILED_PRECONDITION', 'This number has no end-to-end encryption.', {
          details: [errorInfo('encryption-not-available', {})],
          meaning: [e2eeOf(person, false)],
        });
      }
      const routed = mls.route(number);
      if (routed.kind === 'conflict') {
        const { answer, kind: _kind, ...place } = routed;
        history.append({ kind: 'mls.conflict', cause, wire, ...place });
        return answer;
      }
      routed.apply();
      ({ devices } = routed);
      const { group, epoch, references } = routed;
      if (references !== undefined) {
        history.append({ kind: 'mls.welcomed', cause, group, epoch, references, wire });
      }
      if (!control) history.append({ kind: 'mls.encrypted', cause, group, epoch, wire });
    }
    const sendTime = new Date(clock.epochMillis()).toISOString();
    context.seenIds.remember(messageId, sendTime);
    const bearer: BearerMessage = {
      wire,
      bearer: 'rcs',
      from: `agent:${context.agentId}`,
      via: context.component,
      person,
      content: bearerContent(content),
      ...(message === undefined ? {} : { message }),
      ...(devices === undefined ? {} : { devices }),
    };
    const carriedOn = message !== undefined && channel === 'secure-link' ? 'rcs' : channel;
    context.outgoing.send(reach.core, bearer, {
      messageId,
      number,
      channel: carriedOn,
      control,
      ttlMicros,
      request: cause,
    });
    return accepted(json, name, sendTime);
  };

  return {
    ...facts,
    operation: control ? 'mls-control' : 'send',
    channel,
    ...(before === undefined ? {} : { repeated: true }),
    ...(content.kind === 'text' && context.policyDisclosure !== ''
      ? { disclosure: content.text.includes(context.policyDisclosure) }
      : {}),
    ...(echoed === undefined ? {} : { echoed }),
    serve,
    pretend: () => {
      const sendTime = new Date(clock.epochMillis()).toISOString();
      context.seenIds.remember(messageId, sendTime);
      history.append({ kind: 'lost', wire, component: context.component });
      return accepted(json, name, sendTime);
    },
  };
}

/** DELETE /v1/phones/{E164}/agentMessages/{messageId}: always 200 at once. */
export function revokeMessage(context: GatewayContext, routing: Routing): Call {
  const { request, what, subscriber, params } = routing;
  const wire = `rbm:${params['messageId'] ?? ''}`;
  const person = subscriber?.plan.id;
  return {
    operation: 'revoke',
    what,
    seen: `${request.path}?${request.query}`,
    wire,
    ...(person === undefined ? {} : { person }),
    serve: () => {
      const core = person === undefined ? undefined : context.coreOf(person);
      if (core !== undefined && person !== undefined) context.outgoing.revoke(core, wire, person);
      return ok('{}');
    },
  };
}

const EVENT = new Set(['eventType', 'messageId', 'name', 'sendTime']);

/** POST /v1/phones/{E164}/agentEvents */
export function sendEvent(context: GatewayContext, routing: Routing): Call {
  const { request, what, query, number, subscriber } = routing;
  const person = subscriber?.plan.id;
  const eventId = query.get('eventId');
  return {
    operation: 'event',
    what,
    seen: request.body,
    ...(person === undefined ? {} : { person }),
    ...(eventId !== undefined && context.seenIds.sendTimeOf(eventId) !== undefined
      ? { repeated: true }
      : {}),
    serve: () => {
      if (eventId === undefined) return refuse('INVALID_ARGUMENT', 'event_id is required.');
      const json = objectAt(readJson(request.body), 'agent_event');
      onlyFields(json, EVENT, '');
      const { eventType, messageId } = json;
      if (eventType !== 'READ' && eventType !== 'IS_TYPING') {
        throw new FieldError('event_type', `Invalid value at 'event_type': READ or IS_TYPING.`);
      }
      if (eventType === 'READ') stringAt(messageId, 'message_id');
      if (reachOf(context, subscriber) === undefined) return notReachable(routing);
      const sendTime =
        context.seenIds.sendTimeOf(eventId) ??
        new Date(context.ambient.clock.epochMillis()).toISOString();
      context.seenIds.remember(eventId, sendTime);
      return accepted(json, `phones/${number}/agentEvents/${eventId}`, sendTime);
    },
  };
}
