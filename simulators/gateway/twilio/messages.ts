import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { fillContent } from '../../protocol/twilio/content.ts';
import type { FilledContent } from '../../protocol/twilio/content.ts';
import { readMessageRequest } from '../../protocol/twilio/create-message.ts';
import type { MessageProblem, MessageRequest } from '../../protocol/twilio/create-message.ts';
import { messageJson } from '../../protocol/twilio/message.ts';
import type { TwilioMessage } from '../../protocol/twilio/message.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { CallbackAddress } from '../api/callback-scheme.ts';
import { TextSend } from '../api/text-send.ts';
import { toldAddress } from '../api/told-address.ts';
import { answeredJson, refuse } from './answer.ts';
import type { TwilioContext, TwilioRouting } from './context.ts';
import { wireOf } from './dispatches.ts';
import type { Leg } from './dispatches.ts';
import { enterMessage, messageSid } from './enter-message.ts';
import { rcsSenderOf, smsSenderOf } from './services.ts';
import type { MessagingService } from './services.ts';

const DEFAULT_VALIDITY_SECONDS = 36_000;
const RCS = 'rcs:';

interface Route {
  readonly service: MessagingService | undefined;
  readonly legs: readonly Leg[];
}

/** Which bearers are tried from which sender, or what is wrong with them. */
function routeOf(
  context: TwilioContext,
  asked: MessageRequest,
  person: string | undefined,
): Route | MessageProblem {
  const { account, services, outbox } = context;
  const { from, serviceSid, to, fallbackFrom } = asked;
  const rcsOnly = to.startsWith(RCS);
  if (serviceSid === undefined) {
    const sender = from ?? '';
    if (sender.startsWith(RCS)) {
      if (sender !== account.rcsSender.address) return { code: 63007, detail: sender };
      return { service: undefined, legs: [{ bearer: 'rcs', sender }] };
    }
    const owned = sender === account.phoneNumber.number || sender === '+15005550006';
    const named = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(sender);
    if (!owned && !named) return { code: 21606, detail: sender };
    if (rcsOnly) return { code: 63007, detail: sender };
    return { service: undefined, legs: [{ bearer: 'sms', sender }] };
  }
  const service = services.get(serviceSid);
  if (service === undefined) return { code: 20404, detail: serviceSid };
  const rcs = rcsSenderOf(service);
  const sms = fallbackFrom ?? smsSenderOf(service);
  if (fallbackFrom !== undefined && rcs === undefined) return { code: 21667 };
  if (rcs === undefined && sms === undefined) return { code: 21703 };
  const legs: Leg[] = [];
  // The capability probe: a number without RCS is not tried by it where there is another way.
  const capable = person !== undefined && outbox.hasRcs(person);
  if (rcs !== undefined && (capable || rcsOnly || sms === undefined)) {
    legs.push({ bearer: 'rcs', sender: rcs });
  }
  if (sms !== undefined && !rcsOnly) legs.push({ bearer: 'sms', sender: sms });
  return { service, legs };
}

function callbackOf(
  context: TwilioContext,
  asked: MessageRequest,
  service: MessagingService | undefined,
): CallbackAddress | undefined {
  const told = asked.statusCallback ?? service?.settings.get('status_callback');
  return told === undefined || told === '' ? undefined : toldAddress(told, context.webhook());
}

/** The text and the media of a message: its own, or those of its template. */
function contentOf(
  { contents }: TwilioContext,
  { body, mediaUrls, contentSid, contentVariables }: MessageRequest,
): FilledContent | MessageProblem {
  if (contentSid === undefined) return { body, mediaUrls };
  const template = contents.get(contentSid);
  if (template === undefined) return { code: 21655, detail: contentSid };
  return fillContent(template.content, contentVariables);
}

interface ReadSend {
  readonly asked: MessageRequest;
  readonly person: string | undefined;
  readonly route: Route;
  readonly content: FilledContent;
}

/** How it goes out first: a number of the account sends media by MMS where there is such. */
function bearerOf(
  { outbox }: TwilioContext,
  { person, route, content }: ReadSend,
): 'rcs' | 'sms' | 'mms' {
  const bearer = route.legs[0]?.bearer ?? 'sms';
  const plain = bearer === 'rcs' || content.mediaUrls.length === 0;
  return plain || person === undefined || !outbox.hasMms(person) ? bearer : 'mms';
}

/** A message that is as the API asks. */
class MessageSend extends TextSend {
  readonly #context: TwilioContext;
  readonly #sid: string;
  readonly #read: ReadSend;

  constructor(context: TwilioContext, routing: TwilioRouting, read: ReadSend) {
    const { body, mediaUrls } = read.content;
    const sid = messageSid(context.ambient, mediaUrls);
    const channel = bearerOf(context, read);
    // The addresses of media that are shown are no links.
    const text = body === '' && channel === 'sms' ? mediaUrls.join(' ') : body;
    const first = { wire: wireOf(sid), channel, person: read.person, text };
    super(routing, first, context.policyDisclosure);
    this.#context = context;
    this.#sid = sid;
    this.#read = read;
  }

  serve(planned: string | undefined, cause: number): Answer {
    const context = this.#context;
    const { asked, person, route, content } = this.#read;
    for (const name of asked.unknown) this.#tellUnknown(name, cause);
    if (context.optedOut.has(asked.number)) return refuse(21610);
    const message = this.#enter();
    const answer = answeredJson(201, messageJson(message, context.dateOf));
    context.dispatches.start({
      message,
      wire: this.wire,
      number: asked.number,
      person,
      legs: route.legs,
      rich: content.rich,
      validMicros: (asked.validitySeconds ?? DEFAULT_VALIDITY_SECONDS) * MICROS_PER_SECOND,
      sendAtMillis: asked.sendAtMillis,
      callback: callbackOf(context, asked, route.service),
      planned,
      request: cause,
    });
    return answer;
  }

  pretend(): Answer {
    const { ambient, component, dateOf } = this.#context;
    ambient.history.append({ kind: 'lost', wire: this.wire, component });
    return answeredJson(201, messageJson(this.#enter(), dateOf));
  }

  #enter(): TwilioMessage {
    const { asked, route, content } = this.#read;
    const waits = asked.sendAtMillis !== undefined;
    return enterMessage(this.#context, {
      sid: this.#sid,
      serviceSid: route.service?.sid ?? null,
      from: asked.from ?? null,
      to: asked.to,
      body: content.body,
      status: waits ? 'scheduled' : route.service === undefined ? 'queued' : 'accepted',
      direction: 'outbound-api',
      mediaUrls: content.mediaUrls,
    });
  }

  /** The API takes no notice of the field, and a report should. */
  #tellUnknown(name: string, cause: number): void {
    const { ambient, component } = this.#context;
    const unknown = ambient.history.append({
      kind: 'door.request',
      cause,
      component,
      operation: 'unexpected',
      what: `${this.what}: field ${name}`,
    });
    ambient.history.append({
      kind: 'door.answered',
      cause: unknown,
      request: unknown,
      outcome: 'rejected',
      status: 'ignored',
      handedAt: null,
    });
  }
}

function refusedSend(
  { request, what }: TwilioRouting,
  problem: MessageProblem,
  person?: string,
): Call {
  const call = { operation: 'send', what, seen: request.body } as const;
  const answer = refuse(problem.code, problem);
  return refusedCall(person === undefined ? call : { ...call, person }, answer);
}

/** POST /2010-04-01/Accounts/{AccountSid}/Messages.json */
export function createMessage(context: TwilioContext, routing: TwilioRouting): Call {
  const asked = readMessageRequest(routing.form, context.ambient.clock.epochMillis());
  if ('code' in asked) return refusedSend(routing, asked);
  const person = context.directory.byMsisdn(asked.number)?.plan.id;
  const route = routeOf(context, asked, person);
  if ('code' in route) return refusedSend(routing, route, person);
  const content = contentOf(context, asked);
  if ('code' in content) return refusedSend(routing, content, person);
  return new MessageSend(context, routing, { asked, person, route, content });
}
