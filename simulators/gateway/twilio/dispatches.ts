import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Channel } from '../../kernel/words.ts';
import type { FilledRich } from '../../protocol/twilio/content.ts';
import { NO_MEDIA, NO_SUGGESTIONS, richOf } from '../../protocol/rich-content.ts';
import type { Medium, RichContent } from '../../protocol/rich-content.ts';
import { TWILIO_API_VERSION } from '../../protocol/twilio/message.ts';
import type { TwilioMessage, TwilioStatus } from '../../protocol/twilio/message.ts';
import { twilioErrorText } from '../../protocol/twilio/errors.ts';
import type { TwilioErrorCode } from '../../protocol/twilio/errors.ts';
import type { CallbackAddress } from '../api/callback-scheme.ts';
import type {
  ChainListener,
  ChainStep,
  ChainSteps,
  FallbackChains,
  StepEnd,
} from '../api/fallback-chain.ts';
import { mayBecome, noRcs, notThisMessage, statusOf } from '../api/message-life.ts';
import type { MessageState } from '../api/message-life.ts';
import type { TwilioCallbacks } from './context.ts';
import type { EventStreams } from './event-streams.ts';
import type { MediaFetching } from './media.ts';

/** How long RCS is tried before the fall-back, µs: ours, the vendor tells none. */
const RCS_PATIENCE_MICROS = 30 * MICROS_PER_SECOND;
const WIRE_PREFIX = 'twilio:';

/** One bearer on which a message is tried. */
export interface Leg {
  readonly bearer: 'rcs' | 'sms';
  /** `rcs:bellwether`, `+E164`, a name. */
  readonly sender: string;
}

export interface DispatchFacts {
  readonly message: TwilioMessage;
  /** By which the history knows it. */
  readonly wire: string;
  /** E.164 */
  readonly number: string;
  readonly person: string | undefined;
  /** In the order of trying: at most RCS and then SMS. */
  readonly legs: readonly Leg[];
  /** Of a template: what RCS shows in place of the text. */
  readonly rich?: FilledRich | undefined;
  readonly validMicros: number;
  readonly sendAtMillis: number | undefined;
  /** Where its status callbacks go. */
  readonly callback: CallbackAddress | undefined;
  /** The planned message; its door.request. */
  readonly planned: string | undefined;
  readonly request: number;
}

/** Messages on their way, with what is told of them. */
export interface Dispatches {
  start(facts: DispatchFacts): void;
  /** True when it was scheduled and will not be sent. */
  cancel(sid: string): boolean;
  /** In words, for a world that wants to come to rest. */
  unfinished(): string[];
}

export interface DispatchesOptions {
  readonly ambient: Ambient;
  readonly component: string;
  readonly chains: FallbackChains;
  readonly callbacks: TwilioCallbacks;
  readonly streams: EventStreams;
  readonly media: MediaFetching;
  /** Whether a person's carrier has MMS, by which media go out where RCS does not bring them. */
  readonly hasMms: (person: string) => boolean;
}

export function wireOf(sid: string): string {
  return `${WIRE_PREFIX}${sid}`;
}

/** What the phone shows: RCS knows agents, SMS numbers and names. */
function shownAs({ bearer, sender }: Leg): string {
  return bearer === 'rcs' ? `agent:${sender.replace('rcs:', '')}` : sender;
}

/** The text that is carried: a template has one of its own for RCS; media are their addresses. */
function textOf(
  { message: { media }, rich }: DispatchFacts,
  body: string,
  channel: 'rcs' | 'sms' | 'mms',
): string {
  if (channel === 'rcs' && rich !== undefined && rich.text !== '') return rich.text;
  return body === '' ? media.map(({ url }) => url).join(' ') : body;
}

/** What goes with the text: MMS has no buttons. */
function richOn(
  { rich }: DispatchFacts,
  body: string,
  channel: 'rcs' | 'mms',
  fetched: readonly Medium[],
): RichContent | undefined {
  const onRcs = channel === 'rcs' && rich !== undefined;
  const content = richOf(onRcs ? rich.suggestions : NO_SUGGESTIONS, fetched, '');
  const worded = body !== '' || (onRcs && rich.text !== '');
  if (content === undefined || worded || fetched.length === 0) return content;
  return { ...content, wordless: true };
}

/** The vendor's words for the common ones. */
const WORDS: Readonly<Record<MessageState, TwilioStatus>> = {
  scheduled: 'scheduled',
  accepted: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'canceled',
};

const ERROR_OF: Readonly<Record<StepEnd, TwilioErrorCode>> = {
  // Neither comes about: every leg has its channel, and what is sent cannot be taken back.
  unsupported: 30003,
  unreachable: 30005,
  undelivered: 30003,
  expired: 30036,
  recalled: 30003,
  media: 11200,
  'too-large': 11751,
};

/** What every message on its way has in common. */
interface Ways {
  readonly nowMillis: () => number;
  /** A number of the account sends media by MMS, and their addresses by SMS where there is none. */
  channelOf(facts: DispatchFacts, leg: Leg): 'rcs' | 'sms' | 'mms';
  become(under: Under, state: MessageState, leg: Leg | undefined, code?: TwilioErrorCode): void;
}

/**
 * A message on its way: the steps of its chain, made when they are tried, and what listens to it.
 * Kept so long, and without closures.
 */
class Under implements ChainListener, ChainSteps {
  readonly facts: DispatchFacts;
  state: MessageState;
  /** What goes out, whatever the resource says later: its body may be redacted. */
  body = '';
  fetched: readonly Medium[] = NO_MEDIA;
  readonly #ways: Ways;

  constructor(ways: Ways, facts: DispatchFacts, state: MessageState) {
    this.#ways = ways;
    this.facts = facts;
    this.state = state;
  }

  get length(): number {
    return this.facts.legs.length;
  }

  at(step: number): ChainStep | undefined {
    const { facts, body, fetched } = this;
    const { wire, person, legs, validMicros } = facts;
    const leg = legs[step];
    if (leg === undefined) return undefined;
    const channel = this.#ways.channelOf(facts, leg);
    return {
      wire: step === 0 ? wire : `${wire}/${leg.bearer}`,
      channel,
      person,
      from: shownAs(leg),
      text: textOf(facts, body, channel),
      rich: channel === 'sms' ? undefined : richOn(facts, body, channel, fetched),
      validMicros,
      patienceMicros: channel === 'rcs' ? RCS_PATIENCE_MICROS : undefined,
    };
  }

  submitted(step: number): void {
    const leg = this.facts.legs[step];
    if (leg === undefined) return;
    this.choose(leg);
    this.facts.message.sentMillis ??= this.#ways.nowMillis();
    this.#ways.become(this, 'sent', leg);
  }

  delivered(step: number): void {
    this.#ways.become(this, 'delivered', this.facts.legs[step]);
  }

  read(step: number): void {
    this.#ways.become(this, 'read', this.facts.legs[step]);
  }

  failed(step: number, why: StepEnd, next: boolean): void {
    const leg = this.facts.legs[step];
    if (next || leg === undefined) return;
    this.choose(leg);
    const noRcsThere = leg.bearer === 'rcs' && why === 'unreachable';
    const code = noRcsThere ? 63106 : ERROR_OF[why];
    this.#ways.become(this, noRcsThere ? 'failed' : 'undelivered', leg, code);
  }

  choose(leg: Leg): void {
    const { message, number } = this.facts;
    message.from = leg.sender;
    message.to = leg.bearer === 'rcs' ? `rcs:${number}` : number;
  }
}

export function createDispatches(options: DispatchesOptions): Dispatches {
  const { ambient, chains, callbacks, streams, media, hasMms } = options;
  const { clock } = ambient;
  /** Scheduled, not yet begun. */
  const scheduled = new Map<string, { readonly under: Under; readonly stop: () => void }>();

  const channelOf: Ways['channelOf'] = ({ message, person }, { bearer }) => {
    if (bearer === 'rcs' || message.media.length === 0) return bearer;
    return person !== undefined && hasMms(person) ? 'mms' : 'sms';
  };

  /** The channels that a final failure closes for this message. */
  const channelsOf = (facts: DispatchFacts): Channel[] => [
    ...facts.legs.map((leg) => channelOf(facts, leg)),
    'secure-link',
  ];

  const told = (under: Under, leg: Leg | undefined, code: TwilioErrorCode | undefined): void => {
    const { message, wire, callback, person, request: cause, planned } = under.facts;
    const { sid, accountSid, serviceSid, status } = message;
    streams.messageChanged(message);
    if (callback === undefined) return;
    const dead = under.state === 'failed' || under.state === 'undelivered';
    const onRcs = leg?.bearer === 'rcs';
    const fields: Record<string, string> = {
      ...(onRcs ? { ChannelPrefix: 'rcs', EventType: status.toUpperCase() } : {}),
      ...(onRcs ? {} : doneDate(status, clock.epochMillis())),
      ...(code === undefined ? {} : { ErrorCode: `${code}` }),
      ...(code === undefined ? {} : { ErrorMessage: twilioErrorText(code) }),
      SmsSid: sid,
      SmsStatus: status,
      MessageStatus: status,
      To: message.to,
      ...(serviceSid === null ? {} : { MessagingServiceSid: serviceSid }),
      MessageSid: sid,
      AccountSid: accountSid,
      ...(message.from === null ? {} : { From: message.from }),
      ApiVersion: TWILIO_API_VERSION,
    };
    const closes =
      dead && person !== undefined
        ? [
            ...(code === 63106 ? noRcs(person) : []),
            ...notThisMessage(person, channelsOf(under.facts)),
          ]
        : undefined;
    callbacks.push({
      notification: { kind: 'form', fields },
      event: status,
      to: callback,
      wire,
      implies: statusOf(under.state),
      cause,
      ...(person === undefined ? {} : { person }),
      ...(planned === undefined ? {} : { message: planned }),
      ...(closes === undefined ? {} : { meaning: closes }),
    });
  };

  const become: Ways['become'] = (under, state, leg, code) => {
    if (!mayBecome(under.state, state)) return;
    const { message } = under.facts;
    under.state = state;
    message.status = WORDS[state];
    message.updatedMillis = clock.epochMillis();
    if (code !== undefined) {
      message.errorCode = code;
      message.errorMessage = twilioErrorText(code);
    }
    told(under, leg, code);
  };

  const ways: Ways = { nowMillis: clock.epochMillis, channelOf, become };

  const send = (under: Under): void => {
    const { message: resource, planned: message, request, wire } = under.facts;
    under.body = resource.body;
    const what = 'fall-back of the Messaging Service';
    chains.start(under, { message, request, wire, what }, under);
  };

  const begin = (under: Under): void => {
    const { message, wire, legs, person, planned } = under.facts;
    if (message.media.length === 0) {
      send(under);
      return;
    }
    const [leg] = legs;
    const channel = leg === undefined ? 'sms' : channelOf(under.facts, leg);
    const facts = { wire, channel, person, message: planned };
    media.fetch(message, facts, (fetched) => {
      if (fetched !== undefined) {
        under.fetched = fetched;
        send(under);
        return;
      }
      if (leg !== undefined) under.choose(leg);
      become(under, 'failed', leg, leg?.bearer === 'rcs' ? 63019 : 11200);
    });
  };

  return {
    start: (facts) => {
      const { message, sendAtMillis } = facts;
      const under = new Under(ways, facts, sendAtMillis === undefined ? 'accepted' : 'scheduled');
      if (sendAtMillis === undefined) {
        begin(under);
        return;
      }
      const micros = (sendAtMillis - clock.epochMillis()) * MICROS_PER_MILLI;
      const timer = clock.after(micros, () => {
        scheduled.delete(message.sid);
        under.state = 'accepted';
        message.status = 'accepted';
        begin(under);
      });
      scheduled.set(message.sid, { under, stop: () => timer.cancel() });
    },
    cancel: (sid) => {
      const found = scheduled.get(sid);
      if (found === undefined) return false;
      scheduled.delete(sid);
      found.stop();
      become(found.under, 'canceled', undefined);
      return true;
    },
    unfinished: () =>
      chains.waiting + scheduled.size === 0
        ? []
        : [`${chains.waiting + scheduled.size} messages at ${options.component}`],
  };
}

/** YYMMDDhhmm, the carrier receipt's own done date, on what SMS was told of. */
function doneDate(status: TwilioStatus, millis: number): Record<string, string> {
  if (status !== 'delivered' && status !== 'undelivered') return {};
  const digits = new Date(millis).toISOString().replaceAll(/\D/g, '');
  return { RawDlrDoneDate: digits.slice(2, 12) };
}
