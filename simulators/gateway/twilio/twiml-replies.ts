/** What the answer to an inbound message makes the gateway do: send replies, or ask elsewhere. */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { WireResponse } from '../../network/wire.ts';
import { readTwiml } from '../../protocol/twilio/twiml.ts';
import type { TwimlMessage, TwimlReading } from '../../protocol/twilio/twiml.ts';
import { toldAddress } from '../api/told-address.ts';
import type { TwilioContext } from './context.ts';
import { wireOf } from './dispatches.ts';
import { enterMessage, messageSid } from './enter-message.ts';

/** The inbound message that was answered. */
export interface Answered {
  readonly person: string;
  /** E.164 of who wrote. */
  readonly number: string;
  readonly rcs: boolean;
  /** The sender that was written to. */
  readonly to: string;
  /** Of its callback; a redirect gets them again. */
  readonly fields: Readonly<Record<string, string>>;
  /** The address that answered, as the vendor was told it. */
  readonly told: string;
  /** Redirects before this answer. */
  readonly hops: number;
}

const VALID_MICROS = 36_000 * MICROS_PER_SECOND;
/** Ours: the vendor tells no limit. */
const MOST_HOPS = 10;
const URL_IN_TEXT = /https?:\/\//;
const RCS = /^rcs:/;

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

export function createTwimlReplies(
  context: TwilioContext,
): (answered: Answered, response: WireResponse, cause: number) => void {
  const { ambient, account, callbacks, chains, component, directory, optedOut, tap } = context;
  const { clock, history } = ambient;
  const { policyDisclosure } = context;

  /** A reply is a message of the program, handed over in the answer of its webhook. */
  const send = (
    { number, rcs, to, told }: Answered,
    { body, mediaUrls, ...given }: TwimlMessage,
    cause: number,
  ): void => {
    const text = body === '' ? mediaUrls.join(' ') : body;
    const recipient = (given.to ?? number).replace(RCS, '');
    const sender = given.from ?? to;
    const bearer = RCS.test(sender) ? 'rcs' : 'sms';
    const person = directory.byMsisdn(recipient)?.plan.id;
    const sid = messageSid(ambient, mediaUrls);
    const wire = wireOf(sid);
    const message = chains.messageIn(text);
    const linked = message === undefined && URL_IN_TEXT.test(text);
    const channel = linked ? 'secure-link' : bearer;
    const stopped = optedOut.has(recipient);
    const owned = sender === account.rcsSender.address || sender === account.phoneNumber.number;
    const refused = text === '' ? '21619' : stopped ? '21610' : owned ? undefined : '21606';
    const request = history.append({
      kind: 'door.request',
      cause,
      component,
      operation: 'send',
      what: 'TwiML <Message>',
      wire,
      channel,
      ...(person === undefined ? {} : { person }),
      ...(message === undefined ? {} : { message }),
      ...(policyDisclosure === '' ? {} : { disclosure: text.includes(policyDisclosure) }),
    });
    tap.scan(text, { channel, wire, cause: request });
    history.append({
      kind: 'door.answered',
      cause: request,
      request,
      outcome: refused === undefined ? 'accepted' : 'rejected',
      status: refused ?? 'accepted with the answer of the webhook',
      wire,
      handedAt: clock.now(),
    });
    if (refused !== undefined) return;
    const entered = enterMessage(context, {
      sid,
      serviceSid: null,
      from: sender,
      to: rcs && given.to === undefined ? `rcs:${number}` : recipient,
      body,
      status: 'queued',
      direction: 'outbound-reply',
      mediaUrls,
    });
    const callback = given.action === undefined ? null : URL.parse(given.action, told);
    context.dispatches.start({
      message: entered,
      wire,
      number: recipient,
      person,
      legs: [{ bearer, sender }],
      validMicros: VALID_MICROS,
      sendAtMillis: undefined,
      callback: callback === null ? undefined : toldAddress(callback.href, context.webhook()),
      planned: message,
      request,
    });
  };

  /** A document that was meant as TwiML and is none: nothing of it is carried out. */
  const tellUnread = (
    { code, detail }: TwimlReading & { readonly kind: 'unread' },
    cause: number,
  ): void => {
    const what = `TwiML that cannot be read (${code}: ${detail})`;
    const request = history.append({
      kind: 'door.request',
      cause,
      component,
      operation: 'unexpected',
      what,
    });
    history.append({
      kind: 'door.answered',
      cause: request,
      request,
      outcome: 'rejected',
      status: `${code}`,
      handedAt: null,
    });
  };

  const redirect = (answered: Answered, url: string, cause: number): void => {
    const address = URL.parse(url === '' ? answered.told : url, answered.told);
    if (address === null || answered.hops >= MOST_HOPS) return;
    const told = address.href;
    callbacks.push({
      notification: { kind: 'form', fields: answered.fields },
      event: 'redirect',
      to: toldAddress(told, context.webhook()),
      person: answered.person,
      cause,
      taken: (_callback, seq, response) =>
        carryOut({ ...answered, told, hops: answered.hops + 1 }, response, seq),
    });
  };

  const carryOut = (answered: Answered, { headers, body }: WireResponse, cause: number): void => {
    const type = headers['content-type'];
    const reading = readTwiml(type, textOf(body));
    if (reading.kind === 'unread') {
      // What is no XML by its own word (a page, JSON) was not meant to be carried out.
      if (/\bxml\b/i.test(type ?? '')) tellUnread(reading, cause);
      return;
    }
    for (const step of reading.steps) {
      if (step.kind === 'message') send(answered, step.message, cause);
      else redirect(answered, step.url, cause);
    }
  };
  return carryOut;
}
