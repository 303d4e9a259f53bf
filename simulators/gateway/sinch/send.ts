import { echoedId } from '../../protocol/link/echoed-id.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { plainText } from '../../protocol/sinch/app-message.ts';
import { readSinchSend } from '../../protocol/sinch/request.ts';
import type { SinchRecipient, SinchSend } from '../../protocol/sinch/request.ts';
import type { Answer, Call } from '../api/answer.ts';
import { refusedCall } from '../api/answer.ts';
import type { ChainStep } from '../api/fallback-chain.ts';
import { invalid, ok, refuse } from './answer.ts';
import { personOf } from './context.ts';
import type { Routing, SinchContext } from './context.ts';
import type { SinchContact } from './contacts.ts';
import { tellFailure, tellReport } from './delivery-reports.ts';
import type { ReportFacts } from './delivery-reports.ts';

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

/** The text of a message for one channel: its own, or transcoded where there are no buttons. */
function textFor({ message, explicit }: SinchSend, channel: Simulated): string {
  const own = explicit[channel];
  if (channel === 'RCS') return (own ?? message).text;
  return own?.text ?? plainText(message);
}

/** POST /v1/projects/{project}/messages:send */
export function sendMessage(context: SinchContext, routing: Routing): Call {
  const { request, what } = routing;
  const { clock, history } = context.ambient;
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
  const planned = channels.map((channel, index): Omit<ReportFacts, 'request'> => {
    const identity = contact.identities.get(channel);
    const step: ChainStep = {
      // One message id for all channels: each later one has a wire of its own.
      wire: index === 0 ? wire : `${wire}/${channel}`,
      channel: channel === 'RCS' ? 'rcs' : 'sms',
      person: identity === undefined ? undefined : personOf(context, identity),
      from: channel === 'RCS' ? `agent:${send.appId}` : 'Bellwether',
      text: textFor(send, channel),
      validMicros: send.ttlMicros ?? DEFAULT_VALID_MICROS,
    };
    return { messageId, send, contact, channel, identity, step, of: channels.length };
  });
  const [head] = planned;
  if (head === undefined) throw new TypeError('a message has at least one channel');
  const accepted = (): Answer =>
    ok({
      message_id: messageId,
      accepted_time: new Date(clock.epochMillis()).toISOString(),
    });

  const serve = (message: string | undefined, cause: number): Answer => {
    const facts = planned.map((each): ReportFacts => ({ ...each, request: cause }));
    const stored = {
      id: messageId,
      direction: 'TO_CONTACT' as const,
      content: (json as { readonly message?: unknown }).message,
      channel: { channel: head.channel, identity: head.identity ?? '' },
      contactId: contact.id,
      conversationId: contact.conversationId,
      metadata: send.metadata ?? '',
      acceptMillis: clock.epochMillis(),
      dispatchOnly: send.dispatchOnly,
    };
    context.stopped.delete(contact.conversationId);
    context.store.add(stored);
    const told = (step: number, tell: (facts: ReportFacts) => void): void => {
      const at = facts[step];
      if (at !== undefined) tell(at);
    };
    context.chains.start(
      facts.map(({ step }) => step),
      { message, request: cause, wire, what: 'channel fall-back', final: ['expired'] },
      {
        submitted: (step) =>
          told(step, (at) => {
            stored.channel = { channel: at.channel, identity: at.identity ?? '' };
            tellReport(context, at, 'QUEUED_ON_CHANNEL');
          }),
        delivered: (step) => told(step, (at) => tellReport(context, at, 'DELIVERED')),
        read: (step) =>
          told(step, (at) => {
            if (at.channel === 'RCS') tellReport(context, at, 'READ');
          }),
        failed: (step, why, next) => told(step, (at) => tellFailure(context, at, why, next)),
      },
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
