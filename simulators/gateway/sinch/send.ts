import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { richOf } from '../../protocol/rich-content.ts';
import { numbered, plainText } from '../../protocol/sinch/app-message.ts';
import { readSinchSend } from '../../protocol/sinch/request.ts';
import type { SinchChannel, SinchRecipient, SinchSend } from '../../protocol/sinch/request.ts';
import type { Answer, Call } from '../api/answer.ts';
import { refusedCall } from '../api/answer.ts';
import type { ChainListener, ChainStep, StepEnd } from '../api/fallback-chain.ts';
import { TextSend } from '../api/text-send.ts';
import { invalid, ok, refuse } from './answer.ts';
import { dateOf, personOf } from './context.ts';
import type { Routing, SinchContext } from './context.ts';
import type { SinchContact } from './contacts.ts';
import { NAMED, tellFailure, tellReport } from './delivery-reports.ts';
import type { ReportFacts } from './delivery-reports.ts';
import type { StoredMessage } from './message-store.ts';

/** What an app's messages live without a ttl. */
const DEFAULT_VALID_MICROS = 24 * 3_600 * 1_000_000;

type Simulated = 'RCS' | 'SMS' | 'MMS';

const BEARER = { RCS: 'rcs', SMS: 'sms', MMS: 'mms' } as const satisfies Record<Simulated, string>;
const NUMBER = 'Bellwether';

function isSimulated(channel: SinchChannel): channel is Simulated {
  return channel in BEARER;
}

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
  if (named.every(isSimulated)) return named;
  for (const channel of named) {
    if (isSimulated(channel)) continue;
    const reason = `names ${channel}, which is not configured for the app`;
    problems.push({ field: 'channel_priority_order', kind: 'invalid', reason });
  }
  return named.filter(isSimulated);
}

function senderOn(channel: Simulated, { appId, senders }: SinchSend): string {
  if (channel === 'RCS') return `agent:${appId}`;
  return (channel === 'SMS' ? senders.sms : senders.mms) ?? NUMBER;
}

/** A message for one channel: its own, or transcoded where there are no buttons. */
function contentFor(
  { message, explicit }: SinchSend,
  channel: Simulated,
): Pick<ChainStep, 'text' | 'rich'> {
  const own = explicit[channel];
  if (channel === 'SMS') return { text: own?.text ?? plainText(message) };
  const { text, choices, media } = own ?? message;
  if (channel === 'RCS') return { text, rich: richOf(choices, media, text) };
  // MMS has no buttons either, but what it names goes with it.
  const rich = richOf([], media, text);
  return { text: rich?.wordless === true ? text : [text, ...numbered(choices)].join('\n'), rich };
}

/** `request` is known once it is served. */
type Planned = ReportFacts & { request: number };

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
    const { channel: told } = this.#stored;
    const channel = NAMED[at.channel];
    const identity = at.identity ?? '';
    if (told.channel !== channel || told.identity !== identity) {
      this.#stored.channel = { channel, identity };
    }
    tellReport(this.#context, at, 'QUEUED_ON_CHANNEL');
  }

  delivered(step: number): void {
    const at = this.#steps[step];
    if (at !== undefined) tellReport(this.#context, at, 'DELIVERED');
  }

  read(step: number): void {
    const at = this.#steps[step];
    if (at?.channel === 'rcs') tellReport(this.#context, at, 'READ');
  }

  failed(step: number, why: StepEnd, next: boolean): void {
    const at = this.#steps[step];
    if (at !== undefined) tellFailure(this.#context, at, why, next);
  }
}

/** What a message is on each of its channels, in the order of trying. */
function plan(
  context: SinchContext,
  send: SinchSend,
  contact: SinchContact,
  channels: readonly Simulated[],
): readonly Planned[] {
  const { recipient, ttlMicros, metadata, correlationId, callbackUrl, dispatchOnly } = send;
  const messageId = context.newId();
  const wire = `sinch:${messageId}`;
  return channels.map((named, index): Planned => {
    const identity = contact.identities.get(named);
    // As the request wrote it: the same string is looked for again.
    const told = recipient.identities.find(({ channel }) => channel === named)?.identity;
    const { text, rich } = contentFor(send, named);
    return {
      // One message id for all channels: each later one has a wire of its own.
      wire: index === 0 ? wire : `${wire}/${named}`,
      channel: BEARER[named],
      person: identity === undefined ? undefined : personOf(context, told ?? identity),
      from: senderOn(named, send),
      text,
      rich,
      validMicros: ttlMicros ?? DEFAULT_VALID_MICROS,
      messageId,
      contact,
      identity,
      metadata,
      correlationId,
      callbackUrl,
      dispatchOnly,
      of: channels.length,
      request: 0,
    };
  });
}

interface ReadSend {
  readonly head: Planned;
  /** With the head. */
  readonly planned: readonly Planned[];
  /** The message as it came. */
  readonly content: unknown;
}

/** A message that is as the API asks. */
class MessageSend extends TextSend {
  readonly #context: SinchContext;
  readonly #head: Planned;
  readonly #planned: readonly Planned[];
  readonly #content: unknown;

  constructor(context: SinchContext, routing: Routing, read: ReadSend) {
    const { head, planned, content } = read;
    super(routing, head, context.policyDisclosure);
    this.#context = context;
    this.#head = head;
    this.#planned = planned;
    this.#content = content;
  }

  serve(message: string | undefined, cause: number): Answer {
    const { ambient, stopped, store, chains } = this.#context;
    const { messageId, contact, channel, identity, metadata, dispatchOnly } = this.#head;
    const planned = this.#planned;
    for (const each of planned) each.request = cause;
    const stored: StoredMessage = {
      id: messageId,
      direction: 'TO_CONTACT',
      content: this.#content,
      channel: { channel: NAMED[channel], identity: identity ?? '' },
      contactId: contact.id,
      conversationId: contact.conversationId,
      metadata: metadata ?? '',
      acceptMillis: ambient.clock.epochMillis(),
      dispatchOnly,
    };
    stopped.delete(contact.conversationId);
    store.add(stored);
    chains.start(
      planned,
      { message, request: cause, wire: this.wire, what: 'channel fall-back', final: FINAL },
      new Telling(this.#context, planned, stored),
    );
    return this.#accepted();
  }

  pretend(): Answer {
    const { ambient, component } = this.#context;
    ambient.history.append({ kind: 'lost', wire: this.wire, component });
    return this.#accepted();
  }

  #accepted(): Answer {
    return ok({ message_id: this.#head.messageId, accepted_time: dateOf(this.#context) });
  }
}

/** POST /v1/projects/{project}/messages:send */
export function sendMessage(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  const call = { operation: 'send', what, seen: request.body } as const;
  const problems: FieldProblem[] = [];
  const json = readJsonBody(request.body, problems);
  const send = problems.length > 0 ? undefined : readSinchSend(json, problems);
  if (send === undefined) return refusedCall(call, invalid(problems));
  if (send.appId !== context.account.appId) {
    return refusedCall(call, refuse('NOT_FOUND', `The app ${send.appId} was not found.`));
  }
  const contact = contactOf(context, send.recipient);
  if (contact === undefined) {
    return refusedCall(call, refuse('NOT_FOUND', 'The contact was not found.'));
  }
  const channels = channelsOf(send, contact, problems);
  const refused = problems.length > 0 || channels.length === 0;
  const planned = refused ? [] : plan(context, send, contact, channels);
  const [head] = planned;
  if (head === undefined) return refusedCall(call, invalid(problems));
  const { message: content } = json as { readonly message?: unknown };
  return new MessageSend(context, routing, { head, planned, content });
}
