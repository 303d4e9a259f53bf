import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { richOf } from '../../protocol/rich-content.ts';
import { readRcsSend, readSmsSend } from '../../protocol/infobip/request.ts';
import type {
  InfobipDestination,
  InfobipMessage,
  InfobipSend,
} from '../../protocol/infobip/request.ts';
import { INFOBIP_STATUS } from '../../protocol/infobip/status.ts';
import type { Answer, Call } from '../api/answer.ts';
import { refusedCall } from '../api/answer.ts';
import type { ChainListener, StepEnd } from '../api/fallback-chain.ts';
import { TextSend } from '../api/text-send.ts';
import { ok, refuse } from './answer.ts';
import { personOf, withoutPlus } from './context.ts';
import type { InfobipContext, Routing } from './context.ts';
import { tellDelivered, tellFailure, tellSeen, tellSubmitted } from './reports.ts';
import type { ReportFacts } from './reports.ts';

/** Without a validity period a message is kept for 48 hours. */
const DEFAULT_VALID_MICROS = 48 * 3_600 * 1_000_000;

/** What is known once it is served is filled in then. */
type Step = ReportFacts & { bulkId: string; sentMillis: number; request: number };

/** One message to one destination, with what follows should it fail. */
interface Planned {
  readonly messageId: string;
  readonly to: string;
  /** Its sender chose the id. */
  readonly chosen: boolean;
  readonly repeated: boolean;
  readonly steps: readonly [Step, ...Step[]];
}

function planOne(
  context: InfobipContext,
  message: InfobipMessage,
  destination: InfobipDestination,
  bearer: 'rcs' | 'sms',
): Planned {
  const { sender, content, failover, validityMicros, campaign, reporting } = message;
  const messageId = destination.messageId ?? context.ambient.ids.uuid();
  const to = withoutPlus(destination.to);
  const first: Step = {
    wire: `infobip:${messageId}`,
    channel: bearer,
    person: personOf(context, to),
    from: bearer === 'rcs' ? `agent:${sender}` : sender,
    text: content.text,
    rich: richOf(content.suggestions, content.media, content.text),
    validMicros: validityMicros ?? DEFAULT_VALID_MICROS,
    api: bearer,
    bulkId: '',
    messageId,
    to,
    sender,
    campaign,
    reporting,
    sentMillis: 0,
    request: 0,
  };
  const chosen = destination.messageId !== undefined;
  const repeated = chosen && context.seenIds.get(messageId) !== undefined;
  if (failover === undefined) return { messageId, to, chosen, repeated, steps: [first] };
  const second: Step = {
    ...first,
    wire: `${first.wire}/SMS`,
    channel: 'sms',
    from: failover.sender,
    text: failover.text,
    rich: undefined,
    validMicros: failover.validityMicros ?? DEFAULT_VALID_MICROS,
    sender: failover.sender,
  };
  return { messageId, to, chosen, repeated, steps: [first, second] };
}

function plan(context: InfobipContext, send: InfobipSend, bearer: 'rcs' | 'sms'): Planned[] {
  const all: Planned[] = [];
  for (const message of send.messages) {
    for (const destination of message.destinations) {
      all.push(planOne(context, message, destination, bearer));
    }
  }
  return all;
}

/** Tells what becomes of one message: kept while it is on its way, without closures. */
class Telling implements ChainListener {
  readonly #context: InfobipContext;
  readonly #steps: readonly ReportFacts[];

  constructor(context: InfobipContext, steps: readonly ReportFacts[]) {
    this.#context = context;
    this.#steps = steps;
  }

  submitted(step: number): void {
    const at = this.#steps[step];
    if (at === undefined) return;
    const { sender, messageId, person, channel, reporting } = at;
    const { callbackData } = reporting;
    if (person !== undefined) {
      this.#context.conversations[channel].set(person, { sender, messageId, callbackData });
    }
    tellSubmitted(this.#context, at);
  }

  delivered(step: number): void {
    const at = this.#steps[step];
    if (at !== undefined) tellDelivered(this.#context, at);
  }

  read(step: number): void {
    const at = this.#steps[step];
    if (at?.channel === 'rcs') tellSeen(this.#context, at);
  }

  failed(step: number, why: StepEnd, next: boolean): void {
    const at = this.#steps[step];
    if (at !== undefined) tellFailure(this.#context, at, why, next);
  }
}

/** A request that is as the API asks, with what its messages become. */
class MessagesSend extends TextSend {
  readonly repeated?: true;
  readonly #context: InfobipContext;
  readonly #bulkId: string;
  readonly #planned: readonly Planned[];

  constructor(context: InfobipContext, routing: Routing, read: ReadSend) {
    const { head, planned, bulkId } = read;
    super(routing, head.steps[0], context.policyDisclosure);
    if (head.repeated) this.repeated = true;
    this.#context = context;
    this.#bulkId = bulkId;
    this.#planned = planned;
  }

  /** The first message is the request's own; the others are dispatches of the same request. */
  serve(message: string | undefined, request: number): Answer {
    const { chains } = this.#context;
    for (const [index, each] of this.#planned.entries()) {
      if (each.repeated) continue;
      if (index === 0) {
        this.#begin(each, request, message);
        continue;
      }
      const [step] = each.steps;
      const own = chains.messageIn(step.text);
      chains.dispatch(step, { message: own, request, wire: step.wire, what: this.what }, false);
      this.#begin(each, request, own);
    }
    return this.#accepted();
  }

  pretend(): Answer {
    const { ambient, component } = this.#context;
    for (const { steps } of this.#planned) {
      ambient.history.append({ kind: 'lost', wire: steps[0].wire, component });
    }
    return this.#accepted();
  }

  /** Hands one message on. */
  #begin(planned: Planned, request: number, message: string | undefined): void {
    const { chains, seenIds, ambient } = this.#context;
    const { messageId, steps, chosen } = planned;
    if (chosen) seenIds.set(messageId, true);
    const sentMillis = ambient.clock.epochMillis();
    for (const step of steps) {
      step.bulkId = this.#bulkId;
      step.sentMillis = sentMillis;
      step.request = request;
    }
    const { wire } = steps[0];
    const facts = { message, request, wire, what: 'SMS failover' };
    chains.start(steps, facts, new Telling(this.#context, steps));
  }

  #accepted(): Answer {
    const messages = this.#planned.map(({ messageId, to, repeated }) => ({
      messageId,
      status: repeated ? INFOBIP_STATUS.duplicate : INFOBIP_STATUS.accepted,
      destination: to,
    }));
    return ok({ bulkId: this.#bulkId, messages });
  }
}

interface ReadSend {
  readonly bulkId: string;
  readonly head: Planned;
  /** With the head. */
  readonly planned: readonly Planned[];
}

function sending(
  bearer: 'rcs' | 'sms',
  read: (value: unknown, problems: FieldProblem[]) => InfobipSend | undefined,
): (context: InfobipContext, routing: Routing) => Call {
  return (context, routing) => {
    const { request, what } = routing;
    const call = { operation: 'send', what, seen: request.body } as const;
    const problems: FieldProblem[] = [];
    const json = readJsonBody(request.body, problems);
    const send = problems.length > 0 ? undefined : read(json, problems);
    if (send === undefined) return refusedCall(call, refuse(400, problems));
    const planned = plan(context, send, bearer);
    const [head] = planned;
    if (head === undefined) return refusedCall(call, refuse(400));
    const bulkId = send.bulkId ?? context.ambient.ids.uuid();
    return new MessagesSend(context, routing, { bulkId, head, planned });
  };
}

/** POST /rcs/2/messages */
export const sendRcs = sending('rcs', readRcsSend);
/** POST /sms/3/messages */
export const sendSms = sending('sms', readSmsSend);
