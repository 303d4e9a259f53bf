import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { echoedId } from '../../protocol/link/echoed-id.ts';
import { fillContent } from '../../protocol/twilio/content.ts';
import type { FilledContent } from '../../protocol/twilio/content.ts';
import { readMessageRequest } from '../../protocol/twilio/create-message.ts';
import type { MessageProblem, MessageRequest } from '../../protocol/twilio/create-message.ts';
import { messageResource } from '../../protocol/twilio/message.ts';
import type { TwilioMessage } from '../../protocol/twilio/message.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { CallbackAddress } from '../api/callback-scheme.ts';
import { toldAddress } from '../api/told-address.ts';
import { answered, refuse } from './answer.ts';
import type { TwilioContext, TwilioRouting } from './context.ts';
import { wireOf } from './dispatches.ts';
import type { Leg } from './dispatches.ts';
import { enterMessage, messageSid } from './enter-message.ts';
import { rcsSenderOf, smsSenderOf } from './services.ts';
import type { MessagingService } from './services.ts';

const URL_IN_TEXT = /https?:\/\//;
const DEFAULT_VALIDITY_SECONDS = 36_000;
const RCS = /^rcs:/;

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
  const rcsOnly = RCS.test(to);
  if (serviceSid === undefined) {
    const sender = from ?? '';
    if (RCS.test(sender)) {
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

/** POST /2010-04-01/Accounts/{AccountSid}/Messages.json */
export function createMessage(context: TwilioContext, routing: TwilioRouting): Call {
  const { ambient, component, directory, policyDisclosure } = context;
  const { clock, history } = ambient;
  const { request, what, form } = routing;
  const call = { operation: 'send' as const, what, seen: request.body };
  const asked = readMessageRequest(form, clock.epochMillis());
  if ('code' in asked) return refusedCall(call, refuse(asked.code, asked));
  const person = directory.byMsisdn(asked.number)?.plan.id;
  const facts = person === undefined ? call : { ...call, person };
  const route = routeOf(context, asked, person);
  if ('code' in route) return refusedCall(facts, refuse(route.code, route));
  const { service, legs } = route;
  const content = contentOf(context, asked);
  if ('code' in content) return refusedCall(facts, refuse(content.code, content));
  const { body, mediaUrls } = content;
  const sid = messageSid(ambient, mediaUrls);
  const wire = wireOf(sid);
  const text = body === '' ? mediaUrls.join(' ') : body;
  const leg = legs[0]?.bearer ?? 'sms';
  const mms = leg === 'sms' && mediaUrls.length > 0 && person !== undefined;
  const bearer = mms && context.outbox.hasMms(person) ? 'mms' : leg;
  const linked = URL_IN_TEXT.test(bearer === 'sms' ? text : body);
  const channel = linked ? 'secure-link' : bearer;
  const echoed = channel === 'secure-link' ? echoedId(text) : undefined;

  const enter = (): TwilioMessage => {
    const waits = asked.sendAtMillis !== undefined;
    return enterMessage(context, {
      sid,
      serviceSid: service?.sid ?? null,
      from: asked.from ?? null,
      to: asked.to,
      body,
      status: waits ? 'scheduled' : service === undefined ? 'queued' : 'accepted',
      direction: 'outbound-api',
      mediaUrls,
    });
  };

  /** The API takes no notice of them, and a report should. */
  const tellUnknown = (cause: number): void => {
    for (const name of asked.unknown) {
      const operation = 'unexpected';
      const told = { component, operation, what: `${what}: field ${name}` } as const;
      const unknown = history.append({ kind: 'door.request', cause, ...told });
      history.append({
        kind: 'door.answered',
        cause: unknown,
        request: unknown,
        outcome: 'rejected',
        status: 'ignored',
        handedAt: null,
      });
    }
  };

  return {
    ...facts,
    wire,
    channel,
    bearer,
    ...(policyDisclosure === '' ? {} : { disclosure: text.includes(policyDisclosure) }),
    ...(echoed === undefined ? {} : { echoed }),
    serve: (planned, cause): Answer => {
      tellUnknown(cause);
      if (context.optedOut.has(asked.number)) return refuse(21610);
      const message = enter();
      const answer = answered(201, messageResource(message, context.dateOf));
      context.dispatches.start({
        message,
        number: asked.number,
        person,
        legs,
        rich: content.rich,
        validMicros: (asked.validitySeconds ?? DEFAULT_VALIDITY_SECONDS) * MICROS_PER_SECOND,
        sendAtMillis: asked.sendAtMillis,
        callback: callbackOf(context, asked, service),
        planned,
        request: cause,
      });
      return answer;
    },
    pretend: () => {
      history.append({ kind: 'lost', wire, component });
      return answered(201, messageResource(enter(), context.dateOf));
    },
  };
}
