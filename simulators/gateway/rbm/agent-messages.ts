import { isUuid } from '../../kernel/ids.ts';
import type { BearerContent, BearerMessage } from '../../network/bearer.ts';
import { echoedId } from '../../protocol/link/echoed-id.ts';
import { readAgentMessage } from '../../protocol/rbm/agent-message.ts';
import type { AgentContent, AgentMessage } from '../../protocol/rbm/agent-message.ts';
import { badRequest, errorInfo } from '../../protocol/rbm/errors.ts';
import { holdsLink } from '../../protocol/rich-content.ts';
import { FieldError, objectAt, onlyFields, stringAt } from '../../protocol/rbm/field-check.ts';
import { ok, refuse } from './answer.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { MlsReading } from './conversation-focus.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { reachOf } from './gateway-context.ts';
import { e2eeOf } from './meanings.ts';
import { notReachable } from './reach.ts';
import { readJson } from './read-json.ts';
import { notATester } from './testers.ts';
import type { Writable } from '../../kernel/writable.ts';

/** messageId: a UUID by the reference; the service takes what its clients send (at most 64). */
const MESSAGE_ID = /^[\w.~-]{1,64}$/;
/** `messageId=`, `&agentId=` */
const QUERY_NAMES_LENGTH = 19;

function bearerContent(content: AgentContent): BearerContent {
  if (content.kind === 'text') return content;
  const { contentType, eraId, epochAuthenticator, body } = content;
  return { kind: 'mls', contentType, eraId, epochAuthenticator, body };
}

function accepted(json: object, name: string, sendTime: string): Answer {
  // What the client may have written there itself is replaced where it stands.
  if ('name' in json || 'sendTime' in json) return ok(JSON.stringify({ ...json, name, sendTime }));
  const own = JSON.stringify({ name, sendTime });
  const written = JSON.stringify(json);
  return ok(written === '{}' ? own : `${written.slice(0, -1)},${own.slice(1)}`);
}

/** What was read of a message that is as the API asks. */
interface ReadSend {
  readonly read: AgentMessage;
  readonly messageId: string;
  readonly wire: string;
  /** Of an encrypted one. */
  readonly mls: MlsReading | undefined;
}

/** A message that was read: an object with methods, for a closure of each costs more than it. */
class AgentSend implements Call {
  readonly operation: 'send' | 'mls-control';
  readonly what: string;
  readonly seen: Uint8Array;
  readonly plainAddress: boolean;
  readonly channel: 'rcs' | 'rcs-e2ee' | 'secure-link';
  readonly wire: string;
  readonly person?: string;
  readonly repeated?: true;
  readonly disclosure?: boolean;
  readonly echoed?: string;
  readonly #context: GatewayContext;
  readonly #routing: Routing;
  readonly #send: ReadSend;
  /** Nothing was accepted since it was read: it is still new. */
  readonly #newAt: number;

  constructor(context: GatewayContext, routing: Routing, send: ReadSend) {
    const { subscriber, request, what } = routing;
    const { read, messageId, wire, mls } = send;
    const { content } = read;
    const { policyDisclosure, seenIds } = context;
    this.#context = context;
    this.#routing = routing;
    this.#send = send;
    this.operation = mls?.control === true ? 'mls-control' : 'send';
    this.what = what;
    this.seen = request.body;
    const asked = messageId.length + context.agentId.length + QUERY_NAMES_LENGTH;
    // A number that somebody has, the agent, and an id like all: nothing else has room there.
    this.plainAddress =
      subscriber !== undefined && request.query.length === asked && isUuid(messageId);
    this.wire = wire;
    if (subscriber !== undefined) this.person = subscriber.plan.id;
    const first = seenIds.sendTimeOf(messageId);
    this.#newAt = first === undefined ? seenIds.count : -1;
    if (first !== undefined) this.repeated = true;
    if (content.kind === 'mls') {
      this.channel = 'rcs-e2ee';
      return;
    }
    const { text, rich } = content;
    const link = holdsLink(text, rich);
    this.channel = link ? 'secure-link' : 'rcs';
    if (policyDisclosure !== '') this.disclosure = text.includes(policyDisclosure);
    const echoed = link ? echoedId(text) : undefined;
    if (echoed !== undefined) this.echoed = echoed;
  }

  serve(message: string | undefined, cause: number): Answer {
    const { read, messageId, wire, mls } = this.#send;
    const { subscriber, number } = this.#routing;
    const context = this.#context;
    const { seenIds } = context;
    const first = seenIds.count === this.#newAt ? undefined : seenIds.sendTimeOf(messageId);
    if (first !== undefined) return this.#accepted(first);
    const { person } = this;
    const reach = reachOf(context, subscriber);
    if (person === undefined || reach === undefined) return notReachable(this.#routing);
    if (!context.testers.admits(person)) return notATester();
    let devices: readonly string[] | undefined;
    if (mls !== undefined) {
      const routed = this.#route(mls, reach.e2ee, person, cause);
      if ('status' in routed) return routed;
      ({ devices } = routed);
    }
    const sendTime = context.isoDate(context.ambient.clock.epochMillis());
    seenIds.remember(messageId, sendTime);
    const from = `agent:${context.agentId}`;
    const via = context.component;
    const content = bearerContent(read.content);
    const bearer: Writable<BearerMessage> =
      message === undefined
        ? { wire, bearer: 'rcs', from, via, person, content }
        : { wire, bearer: 'rcs', from, via, person, content, message };
    if (devices !== undefined) bearer.devices = devices;
    const { channel } = this;
    context.outgoing.send(reach.core, bearer, {
      messageId,
      number,
      channel: message !== undefined && channel === 'secure-link' ? 'rcs' : channel,
      control: mls?.control === true,
      ttlMicros: read.ttlMicros,
      request: cause,
    });
    return this.#accepted(sendTime);
  }

  pretend(): Answer {
    const { ambient, seenIds, component, isoDate } = this.#context;
    const sendTime = isoDate(ambient.clock.epochMillis());
    seenIds.remember(this.#send.messageId, sendTime);
    ambient.history.append({ kind: 'lost', wire: this.wire, component });
    return this.#accepted(sendTime);
  }

  #accepted(sendTime: string): Answer {
    const { read, messageId } = this.#send;
    const name = `phones/${this.#routing.number}/agentMessages/${messageId}`;
    return accepted(read.json, name, sendTime);
  }

  /** The devices that an encrypted message is for, or why it is not taken. */
  #route(
    mls: MlsReading,
    hasMls: boolean,
    person: string,
    cause: number,
  ): Answer | { readonly devices: readonly string[] | undefined } {
    const { wire } = this;
    const { history } = this.#context.ambient;
    if (!hasMls) {
      return refuse('FAILED_PRECONDITION', 'This number has no end-to-end encryption.', {
        details: [errorInfo('encryption-not-available', {})],
        meaning: [e2eeOf(person, false)],
      });
    }
    const routed = mls.route(this.#routing.number);
    if (routed.kind === 'conflict') {
      const { answer, kind: _kind, ...place } = routed;
      history.append({ kind: 'mls.conflict', cause, wire, ...place });
      return answer;
    }
    routed.apply();
    const { group, epoch, references, devices } = routed;
    if (references !== undefined) {
      history.append({ kind: 'mls.welcomed', cause, group, epoch, references, wire });
    }
    if (!mls.control) history.append({ kind: 'mls.encrypted', cause, group, epoch, wire });
    return { devices };
  }
}

/** A message that is not as the API asks: recorded, and refused when faults let it. */
function wrongSend(routing: Routing, wire: string | undefined, text: string, field = ''): Call {
  const { what, request, subscriber } = routing;
  return {
    operation: 'send',
    what,
    seen: request.body,
    ...(subscriber === undefined ? {} : { person: subscriber.plan.id }),
    ...(wire === undefined ? {} : { wire }),
    serve: () => {
      const details = field === '' ? {} : { details: [badRequest(field, text)] };
      return refuse('INVALID_ARGUMENT', text, details);
    },
  };
}

/** POST /v1/phones/{E164}/agentMessages */
export function sendMessage(context: GatewayContext, routing: Routing): Call {
  const { request, what, query, subscriber } = routing;
  const person = subscriber?.plan.id;
  const messageId = query.get('messageId');
  if (messageId === undefined) return wrongSend(routing, undefined, 'message_id is required.');
  const wire = `rbm:${messageId}`;
  if (!MESSAGE_ID.test(messageId)) return wrongSend(routing, wire, 'message_id is not a UUID.');

  let read: AgentMessage;
  try {
    read = readAgentMessage(readJson(request.body), context.ambient.clock.epochMillis());
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return wrongSend(routing, wire, error.message, error.field);
  }
  for (const file of read.files) {
    if (context.files.has(file)) continue;
    return wrongSend(routing, wire, `The file ${file} was not uploaded.`, 'content_message');
  }
  const { content } = read;
  if (content.kind !== 'mls') {
    return new AgentSend(context, routing, { read, messageId, wire, mls: undefined });
  }
  const mls = context.focus.read(content);
  if ('status' in mls) {
    const call = {
      operation: 'send',
      what,
      seen: request.body,
      wire,
      channel: 'rcs-e2ee',
    } as const;
    return refusedCall(person === undefined ? call : { ...call, person }, mls);
  }
  if (!mls.control && person !== undefined) context.onCiphertext(person, wire, content.body);
  return new AgentSend(context, routing, { read, messageId, wire, mls });
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
