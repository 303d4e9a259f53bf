import { echoedId } from '../../protocol/link/echoed-id.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { richOf } from '../../protocol/rich-content.ts';
import { readVonageRequest, readVonageUpdate } from '../../protocol/vonage/request.ts';
import type { VonageMessage } from '../../protocol/vonage/request.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { ChainListener, ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { generic, invalid, taken } from './answer.ts';
import { subscriberOf } from './context.ts';
import type { Routing, SentMessage, VonageContext } from './context.ts';
import { tellFailure, tellStatus } from './status-webhooks.ts';
import type { StatusFacts } from './status-webhooks.ts';

const URL_IN_TEXT = /https?:\/\//;
const DAY_MILLIS = 86_400_000;
/** Without ttl, delivery is tried for 72 hours. */
const DEFAULT_VALID_MICROS = 72 * 3_600 * 1_000_000;

/** `request` is known once it is served. */
interface Planned extends StatusFacts {
  request: number;
  readonly step: ChainStep;
}

/** Tells what becomes of a request's messages: kept while they are on their way, so no closures. */
class Telling implements ChainListener {
  /** As the API knows them. */
  records: readonly SentMessage[] = [];
  readonly #context: VonageContext;
  readonly #steps: readonly StatusFacts[];

  constructor(context: VonageContext, steps: readonly StatusFacts[]) {
    this.#context = context;
    this.#steps = steps;
  }

  submitted(step: number): void {
    const at = this.#steps[step];
    if (at === undefined) return;
    remember(this.#context, at);
    tellStatus(this.#context, at, 'submitted');
  }

  delivered(step: number): void {
    const at = this.#steps[step];
    if (at === undefined) return;
    // There is nothing left to be taken back, and records are kept for long.
    for (const record of this.records) record.chain = undefined;
    tellStatus(this.#context, at, 'delivered');
  }

  read(step: number): void {
    const at = this.#steps[step];
    if (at?.message.channel === 'rcs') tellStatus(this.#context, at, 'read');
  }

  failed(step: number, why: StepEnd, next: boolean): void {
    const at = this.#steps[step];
    if (at !== undefined) tellFailure(this.#context, at, why, next);
  }
}

/** What one message of a request becomes. */
function plan(
  context: VonageContext,
  message: VonageMessage,
  position: { readonly number: number; readonly of: number; readonly workflow: string },
): Planned {
  const { number, of, workflow } = position;
  const { channel, to, from, text, suggestions, ttlMicros } = message;
  const rich = richOf(suggestions, []);
  const uuid = context.ambient.ids.uuid();
  const wire = `vonage:${uuid}`;
  const person = subscriberOf(context, to)?.plan.id;
  return {
    uuid,
    wire,
    message,
    person,
    request: 0,
    workflow:
      of === 1 ? undefined : { id: workflow, items_number: `${number}`, items_total: `${of}` },
    step: {
      wire,
      channel: channel === 'rcs' || channel === 'sms' ? channel : undefined,
      person,
      from: channel === 'rcs' ? `agent:${from}` : from,
      text,
      ...(rich !== undefined && { rich }),
      validMicros: ttlMicros ?? DEFAULT_VALID_MICROS,
    },
  };
}

/** POST /v1/messages */
export function sendMessage(context: VonageContext, routing: Routing): Call {
  const { request, what, instance } = routing;
  const { clock, history, ids } = context.ambient;
  const problems: FieldProblem[] = [];
  const json = readJsonBody(request.body, problems);
  const read = problems.length > 0 ? undefined : readVonageRequest(json, problems);
  const [first] = read?.messages ?? [];
  if (read === undefined || first === undefined) {
    const answer = invalid(problems, instance());
    return { operation: 'send', what, seen: request.body, serve: () => answer };
  }
  const { messages } = read;
  const workflow = messages.length === 1 ? '' : ids.hex(20);
  const planned = messages.map((message, index) =>
    plan(context, message, { number: index + 1, of: messages.length, workflow }),
  );
  const [head] = planned;
  if (head === undefined) throw new TypeError('a request has at least one message');
  const body = {
    message_uuid: head.uuid,
    ...(messages.length === 1 ? {} : { workflow_id: workflow }),
  };

  const serve = (message: string | undefined, cause: number): Answer => {
    for (const each of planned) each.request = cause;
    const telling = new Telling(context, planned);
    const chain = context.chains.start(
      planned.map(({ step }) => step),
      { message, request: cause, wire: head.wire, what: 'failover' },
      telling,
    );
    const createdMillis = clock.epochMillis();
    telling.records = planned.map(({ uuid, message: each, person }, step): SentMessage => {
      const record = { uuid, channel: each.channel, person, createdMillis, chain, step };
      context.sent.add(record);
      return record;
    });
    return taken(202, body);
  };

  const { channel, text } = first;
  const bearer = channel === 'rcs' || channel === 'sms' ? channel : undefined;
  const link = bearer !== undefined && URL_IN_TEXT.test(text);
  const echoed = link ? echoedId(text) : undefined;
  const { policyDisclosure } = context;
  return {
    operation: 'send',
    what,
    seen: request.body,
    wire: head.wire,
    ...(bearer === undefined ? {} : { channel: link ? 'secure-link' : bearer, bearer }),
    ...(head.person === undefined ? {} : { person: head.person }),
    ...(policyDisclosure === '' ? {} : { disclosure: text.includes(policyDisclosure) }),
    ...(echoed === undefined ? {} : { echoed }),
    serve,
    pretend: () => {
      history.append({ kind: 'lost', wire: head.wire, component: context.component });
      return taken(202, body);
    },
  };
}

/** What the person has before them, for their answer. */
function remember(context: VonageContext, { person, message }: StatusFacts): void {
  if (person === undefined) return;
  const { channel, from } = message;
  const key = `${channel} ${person}`;
  if (context.conversations.get(key)?.from !== from) context.conversations.set(key, { from });
}

/** PATCH /v1/messages/{uuid}: `read` of an inbound message, `revoked` of an RCS message. */
export function updateMessage(context: VonageContext, routing: Routing): Call {
  const { request, what, params, instance } = routing;
  const { clock, history } = context.ambient;
  const problems: FieldProblem[] = [];
  const json = readJsonBody(request.body, problems);
  const update = problems.length > 0 ? undefined : readVonageUpdate(json, problems);
  const uuid = params['message_uuid'] ?? '';
  const known = context.sent.get(uuid);
  const wire = known === undefined ? undefined : `vonage:${uuid}`;
  const revoke = (found: SentMessage): Answer => {
    if (found.channel !== 'rcs') {
      const text = 'Operation not supported for this channel.';
      return generic('unprocessable-entity', instance(), text);
    }
    if (clock.epochMillis() - found.createdMillis > DAY_MILLIS) {
      return generic('unprocessable-entity', instance(), 'The message is older than a day.');
    }
    const { chain, step, person } = found;
    const before = chain !== undefined && chain.step === step && chain.recall();
    // Whether it succeeded is not told: 200 says that it was tried.
    if (!before && person !== undefined) {
      const { component } = context;
      history.append({ kind: 'revoked', wire: `vonage:${uuid}`, component, person, before });
    }
    return taken(200, {});
  };
  return {
    operation: update?.status === 'revoked' ? 'revoke' : 'event',
    what,
    seen: request.body,
    ...(wire === undefined ? {} : { wire }),
    ...(known?.person === undefined ? {} : { person: known.person }),
    serve: () => {
      if (routing.authorization !== 'jwt') {
        return generic('unauthorized', instance(), 'Updates need a JWT of the application.');
      }
      if (update === undefined) return invalid(problems, instance());
      if (update.status === 'read') return taken(200, {});
      return known === undefined ? generic('not-found', instance()) : revoke(known);
    },
  };
}
