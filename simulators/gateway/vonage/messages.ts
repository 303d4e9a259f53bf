import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { richOf } from '../../protocol/rich-content.ts';
import { readVonageRequest, readVonageUpdate } from '../../protocol/vonage/request.ts';
import type { VonageMessage } from '../../protocol/vonage/request.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { ChainListener, ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { TextSend } from '../api/text-send.ts';
import { generic, invalid, taken } from './answer.ts';
import { subscriberOf } from './context.ts';
import type { Routing, SentMessage, VonageContext } from './context.ts';
import { tellFailure, tellStatus } from './status-webhooks.ts';
import type { StatusFacts } from './status-webhooks.ts';

const DAY_MILLIS = 86_400_000;
/** Without ttl, delivery is tried for 72 hours. */
const DEFAULT_VALID_MICROS = 72 * 3_600 * 1_000_000;

/** One message of a request: the step that it is, and what is told of it. */
interface Planned extends StatusFacts, ChainStep {
  /** Known once it is served. */
  request: number;
}

/** Tells what becomes of a request's messages: kept while they are on their way, so no closures. */
class Telling implements ChainListener {
  /** As the API knows them. */
  records: readonly SentMessage[] = [];
  readonly #context: VonageContext;
  readonly #steps: readonly Planned[];

  constructor(context: VonageContext, steps: readonly Planned[]) {
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
  workflow: StatusFacts['workflow'],
): Planned {
  const { channel, to, from, text, suggestions, media, ttlMicros } = message;
  const uuid = context.ambient.ids.uuid();
  return {
    uuid,
    wire: `vonage:${uuid}`,
    message,
    person: subscriberOf(context, to)?.plan.id,
    request: 0,
    workflow,
    // The others are of other products.
    channel: channel === 'rcs' || channel === 'sms' || channel === 'mms' ? channel : undefined,
    from: channel === 'rcs' ? `agent:${from}` : from,
    text,
    rich: richOf(suggestions, media, text),
    validMicros: ttlMicros ?? DEFAULT_VALID_MICROS,
  };
}

/** The messages of a request; those with failover share a workflow. */
function planAll(context: VonageContext, messages: readonly VonageMessage[]): readonly Planned[] {
  const [first] = messages;
  if (messages.length === 1 && first !== undefined) return [plan(context, first, undefined)];
  const id = context.ambient.ids.hex(20);
  const items_total = `${messages.length}`;
  return messages.map((message, index) =>
    plan(context, message, { id, items_number: `${index + 1}`, items_total }),
  );
}

/** A request that was read, with what its messages become. */
class MessageSend extends TextSend {
  readonly #context: VonageContext;
  readonly #head: Planned;
  readonly #planned: readonly Planned[];

  constructor(context: VonageContext, routing: Routing, head: Planned, all: readonly Planned[]) {
    super(routing, head, context.policyDisclosure);
    this.#context = context;
    this.#head = head;
    this.#planned = all;
  }

  serve(message: string | undefined, cause: number): Answer {
    const { ambient, chains, sent } = this.#context;
    const planned = this.#planned;
    for (const each of planned) each.request = cause;
    const telling = new Telling(this.#context, planned);
    const facts = { message, request: cause, wire: this.wire, what: 'failover' };
    const chain = chains.start(planned, facts, telling);
    const createdMillis = ambient.clock.epochMillis();
    telling.records = planned.map(({ uuid, message: each, person }, step): SentMessage => {
      const record = { uuid, channel: each.channel, person, createdMillis, chain, step };
      sent.add(record);
      return record;
    });
    return this.#taken();
  }

  pretend(): Answer {
    const { ambient, component } = this.#context;
    ambient.history.append({ kind: 'lost', wire: this.wire, component });
    return this.#taken();
  }

  #taken(): Answer {
    const { uuid: message_uuid, workflow } = this.#head;
    return taken(
      202,
      workflow === undefined ? { message_uuid } : { message_uuid, workflow_id: workflow.id },
    );
  }
}

/** POST /v1/messages */
export function sendMessage(context: VonageContext, routing: Routing): Call {
  const { request, what, instance } = routing;
  const problems: FieldProblem[] = [];
  const json = readJsonBody(request.body, problems);
  const read = problems.length > 0 ? undefined : readVonageRequest(json, problems);
  const planned = read === undefined ? [] : planAll(context, read.messages);
  const [head] = planned;
  if (head !== undefined) return new MessageSend(context, routing, head, planned);
  return refusedCall(
    { operation: 'send', what, seen: request.body },
    invalid(problems, instance()),
  );
}

/** What the person has before them, for their answer. */
function remember(
  { conversations }: VonageContext,
  { channel, person, message: { from } }: Planned,
): void {
  if (person === undefined || channel === undefined) return;
  // What comes back to a number comes by SMS.
  const known = conversations[channel === 'rcs' ? 'rcs' : 'sms'];
  if (known.get(person)?.from !== from) known.set(person, { from });
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
