import { echoedId } from '../../protocol/link/echoed-id.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { holdsLink, richOf } from '../../protocol/rich-content.ts';
import { readRcsSend, readSmsSend } from '../../protocol/infobip/request.ts';
import type { InfobipMessage, InfobipSend } from '../../protocol/infobip/request.ts';
import { INFOBIP_STATUS } from '../../protocol/infobip/status.ts';
import type { Answer, Call } from '../api/answer.ts';
import { refusedCall } from '../api/answer.ts';
import type { ChainListener, ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { ok, refuse } from './answer.ts';
import { personOf } from './context.ts';
import type { InfobipContext, Routing } from './context.ts';
import { tellDelivered, tellFailure, tellSeen, tellSubmitted } from './reports.ts';
import type { ReportFacts } from './reports.ts';

/** Without a validity period a message is kept for 48 hours. */
const DEFAULT_VALID_MICROS = 48 * 3_600 * 1_000_000;

/** One message to one destination, with what follows should it fail. */
interface Planned {
  readonly messageId: string;
  readonly to: string;
  /** Its sender chose the id. */
  readonly chosen: boolean;
  readonly repeated: boolean;
  readonly message: InfobipMessage;
  readonly steps: readonly [ChainStep, ...ChainStep[]];
}

function plan(context: InfobipContext, send: InfobipSend, bearer: 'rcs' | 'sms'): Planned[] {
  const all: Planned[] = [];
  for (const message of send.messages) {
    for (const destination of message.destinations) {
      const messageId = destination.messageId ?? context.ambient.ids.uuid();
      const to = destination.to.replace(/^\+/, '');
      const person = personOf(context, to);
      const wire = `infobip:${messageId}`;
      const { sender, content, failover, validityMicros } = message;
      const rich = richOf(content.suggestions, content.media, content.text);
      const first: ChainStep = {
        wire,
        channel: bearer,
        person,
        from: bearer === 'rcs' ? `agent:${sender}` : sender,
        text: content.text,
        ...(rich !== undefined && { rich }),
        validMicros: validityMicros ?? DEFAULT_VALID_MICROS,
      };
      const chosen = destination.messageId !== undefined;
      const repeated = chosen && context.seenIds.get(messageId) !== undefined;
      if (failover === undefined) {
        all.push({ messageId, to, chosen, repeated, message, steps: [first] });
        continue;
      }
      const second: ChainStep = {
        wire: `${wire}/SMS`,
        channel: 'sms',
        person,
        from: failover.sender,
        text: failover.text,
        validMicros: failover.validityMicros ?? DEFAULT_VALID_MICROS,
      };
      all.push({ messageId, to, chosen, repeated, message, steps: [first, second] });
    }
  }
  return all;
}

/** Tells what becomes of one message: kept while it is on its way, without closures. */
class Telling implements ChainListener {
  readonly #context: InfobipContext;
  readonly #reports: readonly ReportFacts[];

  constructor(context: InfobipContext, reports: readonly ReportFacts[]) {
    this.#context = context;
    this.#reports = reports;
  }

  submitted(step: number): void {
    const at = this.#reports[step];
    if (at === undefined) return;
    const { sender, messageId, message } = at;
    const { person, channel } = at.step;
    const { callbackData } = message.reporting;
    this.#context.conversations.set(`${channel} ${person}`, { sender, messageId, callbackData });
    tellSubmitted(this.#context, at);
  }

  delivered(step: number): void {
    const at = this.#reports[step];
    if (at !== undefined) tellDelivered(this.#context, at);
  }

  read(step: number): void {
    const at = this.#reports[step];
    if (at?.step.channel === 'rcs') tellSeen(this.#context, at);
  }

  failed(step: number, why: StepEnd, next: boolean): void {
    const at = this.#reports[step];
    if (at !== undefined) tellFailure(this.#context, at, why, next);
  }
}

/** Hands one message on, and tells what becomes of it. */
function begin(
  context: InfobipContext,
  planned: Planned,
  facts: { readonly bulkId: string; readonly request: number; readonly what: string },
  message: string | undefined,
): void {
  const { messageId, to, message: written, steps, chosen } = planned;
  const [first] = steps;
  if (chosen) context.seenIds.set(messageId, true);
  const sentMillis = context.ambient.clock.epochMillis();
  const reports = steps.map((step, index): ReportFacts => {
    const sender = index === 0 ? written.sender : (written.failover?.sender ?? written.sender);
    const { bulkId, request } = facts;
    const known = { bulkId, messageId, to, message: written, sender, step, sentMillis, request };
    return { api: first.channel === 'sms' ? 'sms' : 'rcs', ...known };
  });
  context.chains.start(
    steps,
    { message, request: facts.request, wire: first.wire, what: 'SMS failover' },
    new Telling(context, reports),
  );
}

function sending(
  bearer: 'rcs' | 'sms',
  read: (value: unknown, problems: FieldProblem[]) => InfobipSend | undefined,
): (context: InfobipContext, routing: Routing) => Call {
  return (context, { request, what }) => {
    const { history, ids } = context.ambient;
    const problems: FieldProblem[] = [];
    const json = readJsonBody(request.body, problems);
    const send = problems.length > 0 ? undefined : read(json, problems);
    const call = { operation: 'send', what, seen: request.body } as const;
    if (send === undefined) return refusedCall(call, refuse(400, problems));
    const all = plan(context, send, bearer);
    const [head, ...others] = all;
    if (head === undefined) return refusedCall(call, refuse(400));
    const bulkId = send.bulkId ?? ids.uuid();
    const accepted = (): Answer =>
      ok({
        bulkId,
        messages: all.map(({ messageId, to, repeated }) => ({
          messageId,
          status: repeated ? INFOBIP_STATUS.duplicate : INFOBIP_STATUS.accepted,
          destination: to,
        })),
      });
    const [first] = head.steps;
    const link = holdsLink(first.text, first.rich);
    const echoed = link ? echoedId(first.text) : undefined;
    const { policyDisclosure, chains } = context;
    return {
      ...call,
      wire: first.wire,
      channel: link ? 'secure-link' : bearer,
      bearer,
      ...(first.person === undefined ? {} : { person: first.person }),
      ...(head.repeated ? { repeated: true } : {}),
      ...(policyDisclosure === '' ? {} : { disclosure: first.text.includes(policyDisclosure) }),
      ...(echoed === undefined ? {} : { echoed }),
      serve: (message, cause) => {
        const facts = { bulkId, request: cause, what };
        if (!head.repeated) begin(context, head, facts, message);
        for (const each of others) {
          if (each.repeated) continue;
          const [step] = each.steps;
          const own = chains.messageIn(step.text);
          const dispatch = { message: own, request: cause, wire: step.wire, what };
          chains.dispatch(step, dispatch, false);
          begin(context, each, facts, own);
        }
        return accepted();
      },
      pretend: () => {
        for (const { steps } of all) {
          history.append({ kind: 'lost', wire: steps[0].wire, component: context.component });
        }
        return accepted();
      },
    };
  };
}

/** POST /rcs/2/messages */
export const sendRcs = sending('rcs', readRcsSend);
/** POST /sms/3/messages */
export const sendSms = sending('sms', readSmsSend);
