import { echoedId } from '../../protocol/link/echoed-id.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { richOf } from '../../protocol/rich-content.ts';
import { plainText } from '../../protocol/sinch/app-message.ts';
import { readSinchSend } from '../../protocol/sinch/request.ts';
import type { SinchRecipient, SinchSend } from '../../protocol/sinch/request.ts';
import type { Answer, Call } from '../api/answer.ts';
import { refusedCall } from '../api/answer.ts';
import type { ChainListener, ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { invalid, ok, refuse } from './answer.ts';
import { dateOf, personOf } from './context.ts';
import type { Routing, SinchContext } from './context.ts';
import type { SinchContact } from './contacts.ts';
import { tellFailure, tellReport } from './delivery-reports.ts';
import type { ReportFacts } from './delivery-reports.ts';
import type { StoredMessage } from './message-store.ts';

const URL_IN_TEXT = /https?:\/\//;
/** What an app's messages live without a ttl. */
const DEFAULT_VALID_MICROS = 24 * 3_600 * 1_000_000;

type Simulated = 'RCS' | 'SMS';

export function contactOf(
  context: SinchContext,
  recipient: SinchRecipient,
): SinchContact | undefined {
  const { contactId, identities } = recipient;
  return contactId === undefined
    ? context.contacts.of(identities)
    : context.contacts.byId(contactId);
}

/** The channels to be tried; a problem where one of them is not configured for the app. */
function channelsOf(
  send: SinchSend,
  contact: SinchContact,
  problems: FieldProblem[],
): readonly Simulated[] {
  const named =
    send.channels.length > 0
      ? send.channels
      : send.recipient.identities.length > 0
        ? [...new Set(send.recipient.identities.map(({ channel }) => channel))]
        : [...contact.identities.keys()];
  const found: Simulated[] = [];
  for (const channel of named) {
    if (channel === 'RCS' || channel === 'SMS') found.push(channel);
    else {
      const reason = `names ${channel}, which is not configured for the app`;
      problems.push({ field: 'channel_priority_order', kind: 'invalid', reason });
    }
  }
  return found;
}

/** A message for one channel: its own, or transcoded where there are no buttons. */
function contentFor(
  { message, explicit }: SinchSend,
  channel: Simulated,
): Pick<ChainStep, 'text' | 'rich'> {
  const own = explicit[channel];
  if (channel === 'SMS') return { text: own?.text ?? plainText(message) };
  const { text, choices } = own ?? message;
  const rich = richOf(choices, []);
  return rich === undefined ? { text } : { text, rich };
}

/** One channel of a message; `request` is known once it is served. */
type Planned = { -readonly [K in keyof ReportFacts]: ReportFacts[K] };

/** A message whose time ran out is tried nowhere else. */
const FINAL: readonly StepEnd[] = ['expired'];

/** Tells what becomes of a message: kept as long as it is on its way, so it has no closures. */
class Telling implements ChainListener {
  readonly #context: SinchContext;
  readonly #steps: readonly ReportFacts[];
  readonly #stored: StoredMessage;

  constructor(context: SinchContext, steps: readonly ReportFacts[], stored: StoredMessage) {
    this.#context = context;
    this.#steps = steps;
    this.#stored = stored;
  }

  submitted(step: number): void {
    const at = this.#steps[step];
    if (at === undefined) return;
    const { channel } = this.#stored;
    const identity = at.identity ?? '';
    if (channel.channel !== at.channel || channel.identity !== identity) {
      this.#stored.channel = { channel: at.channel, identity };
    }
    tellReport(this.#context, at, 'QUEUED_ON_CHANNEL');
  }

  delivered(step: number): void {
    const at = this.#steps[step];
    if (at !== undefined) tellReport(this.#context, at, 'DELIVERED');
  }

  read(step: number): void {
    const at = this.#steps[step];
    if (at?.channel === 'RCS') tellReport(this.#context, at, 'READ');
  }

  failed(step: number, why: StepEnd, next: boolean): void {
    const at = this.#steps[step];
    if (at !== undefined) tellFailure(this.#context, at, why, next);
  }
}

/** POST /v1/projects/{project}/messages:send */
export function sendMessage(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  const { history } = context.ambient;
  const problems: FieldProblem[] = [];
  const json = readJsonBody(request.body, problems);
  const send = problems.length > 0 ? undefined : readSinchSend(json, problems);
  const call = { operation: 'send', what, seen: request.body } as const;
  if (send === undefined) return refusedCall(call, invalid(problems));
  if (send.appId !== context.account.appId) {
    return refusedCall(call, refuse('NOT_FOUND', `The app ${send.appId} was not found.`));
  }
  const contact = contactOf(context, send.recipient);
  if (contact === undefined) {
    return refusedCall(call, refuse('NOT_FOUND', 'The contact was not found.'));
  }
  const channels = channelsOf(send, contact, problems);
  if (problems.length > 0 || channels.length === 0) return refusedCall(call, invalid(problems));

  const messageId = context.newId();
  const wire = `sinch:${messageId}`;
  const planned = channels.map((channel, index): Planned => {
    const identity = contact.identities.get(channel);
    const step: ChainStep = {
      // One message id for all channels: each later one has a wire of its own.
      wire: index === 0 ? wire : `${wire}/${channel}`,
      channel: channel === 'RCS' ? 'rcs' : 'sms',
      person: identity === undefined ? undefined : personOf(context, identity),
      from: channel === 'RCS' ? `agent:${send.appId}` : 'Bellwether',
      ...contentFor(send, channel),
      validMicros: send.ttlMicros ?? DEFAULT_VALID_MICROS,
    };
    return { messageId, send, contact, channel, identity, step, of: channels.length, request: 0 };
  });
  const [head] = planned;
  if (head === undefined) throw new TypeError('a message has at least one channel');
  const accepted = (): Answer =>
    ok({
      message_id: messageId,
      accepted_time: dateOf(context),
    });

  const serve = (message: string | undefined, cause: number): Answer => {
    for (const each of planned) each.request = cause;
    const stored: StoredMessage = {
      id: messageId,
      direction: 'TO_CONTACT',
      content: (json as { readonly message?: unknown }).message,
      channel: { channel: head.channel, identity: head.identity ?? '' },
      contactId: contact.id,
      conversationId: contact.conversationId,
      metadata: send.metadata ?? '',
      acceptMillis: context.ambient.clock.epochMillis(),
      dispatchOnly: send.dispatchOnly,
    };
    context.stopped.delete(contact.conversationId);
    context.store.add(stored);
    context.chains.start(
      planned.map(({ step }) => step),
      { message, request: cause, wire, what: 'channel fall-back', final: FINAL },
      new Telling(context, planned, stored),
    );
    return accepted();
  };

  const { text, channel: bearer = 'rcs', person } = head.step;
  const link = URL_IN_TEXT.test(text);
  const echoed = link ? echoedId(text) : undefined;
  const { policyDisclosure } = context;
  return {
    ...call,
    wire,
    channel: link ? 'secure-link' : bearer,
    bearer,
    ...(person === undefined ? {} : { person }),
    ...(policyDisclosure === '' ? {} : { disclosure: text.includes(policyDisclosure) }),
    ...(echoed === undefined ? {} : { echoed }),
    serve,
    pretend: () => {
      history.append({ kind: 'lost', wire, component: context.component });
      return accepted();
    },
  };
}
