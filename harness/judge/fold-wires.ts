import type { EventOf, Meaning } from '../../simulators/kernel/events.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import type { Attribution } from './attribution.ts';
import { withParts } from './attribution.ts';
import { CallbackLedger } from './callback-ledger.ts';
import type { DoorLedger } from './door-ledger.ts';
import type { Stop } from './fold-run.ts';
import type { Knowledge } from './knowledge.ts';
import type { Dispatch, Mark, Told, Transmission } from './records.ts';
import { withOne } from './records.ts';

interface PendingRequest {
  readonly request: EventOf<'door.request'>;
  readonly dispatch: Dispatch | null;
}

/** An answer to a request whose sender was stopped when it came. */
interface Unheard {
  readonly request: EventOf<'door.request'>;
  readonly answer: EventOf<'door.answered'>;
}

const NO_CHANNELS: readonly Channel[] = Object.freeze([]);

export interface Verification extends Mark {
  readonly status: string;
  readonly held: boolean;
}

/** How every gateway's history calls the handshake by which a webhook is proven. */
const VERIFICATION = 'verification';

/** A door refused a send as wrong before it could tell which channel was meant. */
export interface Misfit extends Mark {
  readonly component: string;
  readonly status: string;
}

/** When the implementation learned that a device was removed from a number. */
export interface RemovalTold {
  readonly at: number;
  readonly seq: number;
}

/** Follows what passes the doors and the wires behind them: dispatches, callbacks, hops. */
export class WireFold {
  readonly #attribution: Attribution;
  readonly #knowledge: Knowledge;
  readonly #policy: Policy;
  readonly #doors: DoorLedger;
  /** Wires of parts, and which part each is. */
  readonly #parts = new Map<string, number>();
  readonly #requests = new Map<number, PendingRequest>();
  readonly #callbacks = new Map<string, EventOf<'callback.sent'>>();
  #unheard: Unheard[] = [];
  /** device → when the implementation acknowledged its removal. */
  readonly removals = new Map<string, RemovalTold>();
  /** device → when it was told that the device needs new keys or has them. */
  readonly rekeyTold = new Map<string, RemovalTold>();
  /** device → each time that it was told that the device could not read something. */
  readonly unreadTold = new Map<string, RemovalTold[]>();
  /** How a gateway's last verification of the implementation's webhook ended. */
  readonly verifications = new Map<string, Verification>();
  /** By message. */
  readonly misfits = new Map<string, Misfit[]>();
  /** What else is to be said of gateways' callbacks. */
  readonly callbacks = new CallbackLedger();
  readonly #revokedOf = new Map<string, Set<string>>();

  constructor(attribution: Attribution, knowledge: Knowledge, policy: Policy, doors: DoorLedger) {
    this.#attribution = attribution;
    this.#knowledge = knowledge;
    this.#policy = policy;
    this.#doors = doors;
  }

  deviceRevoked(person: string, device: string): void {
    const known = this.#revokedOf.get(person) ?? new Set<string>();
    this.#revokedOf.set(person, known.add(device));
  }

  requested(event: EventOf<'door.request'>): void {
    this.#doors.requested(event);
    const transmission = this.#transmissionOf(event);
    let dispatch: Dispatch | null = null;
    if (event.operation === 'send' && event.channel !== undefined) {
      dispatch = this.#dispatched(event, transmission, event.channel);
    } else if (event.operation === 'mls-control') {
      transmission.control = true;
    } else if (event.operation === 'revoke') {
      transmission.revokeAsked ??= { at: event.t, seq: event.seq };
    }
    this.#requests.set(event.seq, { request: event, dispatch });
  }

  /** Parts of one text are one copy, also where the last of them never comes. */
  #transmissionOf({ wire, part }: EventOf<'door.request'>): Transmission {
    const attribution = this.#attribution;
    if (wire === undefined) return attribution.nameless();
    const own = attribution.ofWire(wire);
    if (part === undefined) return own;
    const { of, number, total, unasked } = part;
    this.#parts.set(wire, number);
    own.parts = withParts(own.parts, { total, unasked: unasked === true ? [number] : [] });
    return of === wire ? own : attribution.link(own, attribution.ofWire(of));
  }

  #dispatched(
    event: EventOf<'door.request'>,
    transmission: Transmission,
    channel: Channel,
  ): Dispatch {
    const dispatch: Dispatch = {
      at: event.t,
      seq: event.seq,
      channel,
      component: event.component,
      operation: event.operation,
      device: event.device ?? null,
      wire: event.wire ?? null,
      repeated: event.repeated === true,
      disclosure: event.disclosure ?? null,
      push: event.push ?? null,
      outcome: null,
      status: '',
      handedAt: null,
      answerSeq: event.seq,
      retryAfterMicros: null,
      transmission,
    };
    transmission.dispatches = withOne(transmission.dispatches, dispatch);
    if (event.echoed !== undefined) transmission.echoed ??= event.echoed;
    this.#attribution.knownAs(transmission, event.message);
    if (event.person !== undefined) transmission.person = event.person;
    return dispatch;
  }

  /** `stop`: the implementation is stopped meanwhile. */
  answered(event: EventOf<'door.answered'>, stop: Stop | null): void {
    const pending = this.#requests.get(event.request);
    if (pending === undefined) return;
    this.#requests.delete(event.request);
    const { request, dispatch } = pending;
    if (dispatch !== null) {
      dispatch.outcome = event.outcome;
      dispatch.status = event.status;
      dispatch.handedAt = event.handedAt;
      dispatch.answerSeq = event.seq;
      dispatch.retryAfterMicros = event.retryAfterMicros ?? null;
      if (event.wire !== undefined && event.wire !== request.wire) {
        this.#attribution.link(
          this.#attribution.ofWire(event.wire),
          this.#attribution.root(dispatch.transmission),
        );
      }
    }
    if (dispatch === null) this.#misfit(request, event);
    this.#doors.answered(request, event);
    if (stop === null || !isOf(stop, request)) this.#learn(event, request, event.handedAt);
    else this.#unheard.push({ request, answer: event });
    this.#toldByAnswer(event);
    if (request.operation === 'devices' && event.outcome === 'accepted') {
      this.#removalsSeen(request.person, event);
    }
  }

  #misfit(request: EventOf<'door.request'>, event: EventOf<'door.answered'>): void {
    if (request.operation !== 'send' || event.outcome !== 'rejected') return;
    if (request.message === undefined) return;
    const { component, t: at } = request;
    const one = { at, seq: event.seq, component, status: event.status };
    this.misfits.set(request.message, withOne(this.misfits.get(request.message) ?? [], one));
  }

  #removalsSeen(person: string | undefined, event: EventOf<'door.answered'>): void {
    if (person === undefined || event.handedAt === null) return;
    for (const device of this.#revokedOf.get(person) ?? []) {
      if (!this.removals.has(device)) {
        this.removals.set(device, { at: event.handedAt, seq: event.seq });
      }
    }
  }

  /**
   * It runs again. What was answered meanwhile reaches it now, if it was only frozen; but nobody
   * can say whether it reads that first or sees that a timer of its own has run out. Whoever begins
   * anew has lost the connection.
   */
  isBack(stop: Stop, at: number): void {
    const backOff = this.#policy.gatewayBackOffMicros;
    const doubts = (request: EventOf<'door.request'>, seq: number): void => {
      if (stop.frozen && at <= this.#doubtedAt(request)) return;
      this.#knowledge.broke(request.component, at, at + backOff, seq);
    };
    const unheard = this.#unheard;
    this.#unheard = [];
    for (const { request, answer } of unheard) {
      if (stop.frozen) this.#learn(answer, request, answer.handedAt === null ? null : at);
      doubts(request, answer.seq);
    }
    for (const { request } of this.#requests.values()) {
      if (isOf(stop, request)) doubts(request, request.seq);
    }
  }

  /**
   * The timeout bounds a whole attempt, its repetitions included. How long a sender waits for one
   * answer within it is its own affair: while there is none, it may think what it likes from here.
   */
  #doubtedAt(request: EventOf<'door.request'>): number {
    return request.t + Math.min(this.#patience(request), this.#policy.toleranceMicros);
  }

  /** `handedAt`: when the answer could be read; null when it never came. */
  #learn(
    event: EventOf<'door.answered'>,
    request: EventOf<'door.request'>,
    handedAt: number | null,
  ): void {
    const { component, t } = request;
    const backOff = this.#policy.gatewayBackOffMicros;
    const patience = this.#patience(request);
    const came = event.outcome === 'silence' ? Infinity : (handedAt ?? event.t);
    // To a sender that waits no longer, a later answer is a timeout; it may not even see it, so
    // what it says in favour of the channel counts for nothing.
    const late = came - t > patience;
    const doubted = this.#doubtedAt(request);
    if (came > doubted) {
      const until = late ? t + patience + backOff : came;
      this.#knowledge.broke(component, doubted, until, event.seq);
    }
    const { channel } = request;
    if (!late && handedAt !== null && event.outcome === 'accepted' && channel !== undefined) {
      this.#knowledge.worked(component, channel, t, handedAt);
    }
    if (handedAt !== null && event.meaning !== undefined && event.meaning.length > 0) {
      for (const meaning of event.meaning) {
        if (late && meaning.says === 'available') continue;
        this.#knowledge.learn(meaning, handedAt, event.seq);
      }
      return;
    }
    // What an answer that never comes would have said is not known: the sender sees its connection
    // break.
    switch (event.outcome) {
      case 'reset':
      case 'refused-connection':
        this.#knowledge.broke(component, event.t, event.t + backOff, event.seq);
        break;
      case 'answer-lost':
        this.#knowledge.lost(component, event.t, event.t + backOff, event.seq);
        break;
      default:
        break;
    }
  }

  /** A status that was asked for tells as much as a callback does. */
  #toldByAnswer({ tells, handedAt: at, seq }: EventOf<'door.answered'>): void {
    if (tells === undefined || at === null) return;
    for (const { wire, implies } of tells) {
      this.#tell(this.#attribution.ofWire(wire), wire, { at, offeredAt: at, seq, implies });
    }
  }

  #tell(transmission: Transmission, wire: string | undefined, told: PlainTold): void {
    transmission.told = withOne(transmission.told, {
      ...told,
      answeredAt: told.at,
      part: this.#parts.get(wire ?? '') ?? 0,
      untrue: false,
      unavailable: NO_CHANNELS,
    });
  }

  /** How long a sender waits for an answer: the attempt timeout of the channel, or the shortest. */
  #patience(request: EventOf<'door.request'>): number {
    const timeouts = this.#policy.attemptTimeoutMicros;
    const own = request.channel === undefined ? undefined : timeouts[request.channel];
    return own ?? Math.min(...Object.values(timeouts), this.#policy.gatewayBackOffMicros);
  }

  callbackSent(event: EventOf<'callback.sent'>): void {
    this.#callbacks.set(event.callback, event);
  }

  callbackAnswered(event: EventOf<'callback.answered'>): void {
    const sent = this.#callbacks.get(event.callback);
    if (sent === undefined) return;
    const about = sent.wire === undefined ? null : this.#attribution.ofWire(sent.wire);
    if (sent.component.startsWith('gateway/') && sent.event !== VERIFICATION) {
      this.callbacks.answered(sent, event, about);
    }
    this.#tookOdd(sent, event, about);
    // What an attacker said, or the vendor said twice, tells the implementation nothing.
    if (sent.forgery !== undefined || sent.again === true) return;
    this.#offered(sent, event, about);
    if (event.handedAt === null) return;
    const { handedAt } = event;
    // A refused callback is sent again and may still be acknowledged: keep it until then.
    if (event.outcome === 'accepted') this.#callbacks.delete(event.callback);
    for (const meaning of sent.meaning ?? []) {
      this.#knowledge.learn(meaning, handedAt, event.seq);
    }
    if (about !== null) {
      about.told = withOne(about.told, {
        at: handedAt,
        offeredAt: sent.t,
        answeredAt: answeredAt(event),
        seq: event.seq,
        implies: sent.implies ?? null,
        part: this.#parts.get(sent.wire ?? '') ?? 0,
        untrue: sent.untrue === true,
        unavailable: sent.meaning?.flatMap(channelsOfMessage) ?? NO_CHANNELS,
      });
    }
    if (sent.device === undefined) return;
    const mark = { at: handedAt, seq: event.seq };
    if (sent.event === 'DEVICE_REMOVED' && event.outcome === 'accepted') {
      if (!this.removals.has(sent.device)) this.removals.set(sent.device, mark);
    }
    if (sent.event === 'MLS_FAILURE' && event.outcome === 'accepted') {
      this.unreadTold.set(sent.device, [...(this.unreadTold.get(sent.device) ?? []), mark]);
    }
    if (sent.event === 'MLS_FAILURE' || sent.event === 'DEVICE_ADDED') {
      if (!this.rekeyTold.has(sent.device)) this.rekeyTold.set(sent.device, mark);
    }
  }

  /** Far too large or cut off, but signed and true: whoever can read it may believe it. */
  #tookOdd(
    sent: EventOf<'callback.sent'>,
    event: EventOf<'callback.answered'>,
    about: Transmission | null,
  ): void {
    const { forgery, pretends } = sent;
    if (forgery !== 'oversize' && forgery !== 'malformed') return;
    if (event.outcome !== 'accepted') return;
    if (about === null || pretends === undefined) return;
    const told = { at: event.t, offeredAt: sent.t, seq: event.seq, implies: pretends };
    this.#tell(about, sent.wire, told);
  }

  /** What a person wrote was brought to the implementation; the vendor repeats what is refused. */
  #offered(
    sent: EventOf<'callback.sent'>,
    event: EventOf<'callback.answered'>,
    about: Transmission | null,
  ): void {
    if (sent.event === VERIFICATION) {
      const held = event.outcome === 'accepted';
      const { t: at, seq, status } = event;
      this.verifications.set(sent.component, { at, seq, status, held });
    }
    if (about?.message?.toBusiness !== true) return;
    const { outcome, status, seq } = event;
    about.offers ??= [];
    about.offers.push({ at: sent.t, seq: sent.seq, outcome, status, answerSeq: seq });
  }

  carried(event: EventOf<'carried'>): void {
    const transmission =
      event.parent === undefined
        ? this.#attribution.ofWire(event.wire)
        : this.#attribution.carriedOn(event.wire, event.parent);
    this.#attribution.knownAs(transmission, event.message);
    if (transmission.carriedAt === null && event.to.startsWith('carrier/')) {
      transmission.carriedAt = event.t;
    }
  }
}

/** Was it sent by the one that was stopped? The next one may send before it is called ready. */
function isOf({ since, frozen }: Stop, request: EventOf<'door.request'>): boolean {
  return frozen || request.t < since;
}

/** Which part of a copy `told` is about, when it was answered, and that it is true, go without. */
type PlainTold = Pick<Told, 'at' | 'offeredAt' | 'seq' | 'implies'>;

/** What the vendor waited for in vain, by HTTP and by SMPP. */
const WAITED_OUT: ReadonlySet<string> = new Set(['ETIMEDOUT', 'no answer']);

/** Nobody is bound to keep what broke off before it was acknowledged. */
function answeredAt({ t, outcome, status }: EventOf<'callback.answered'>): number {
  return outcome === 'no-answer' && !WAITED_OUT.has(status) ? Infinity : t;
}

function channelsOfMessage(meaning: Meaning): readonly Channel[] {
  // What one device could not read is made good by new keys, not by giving the channel up.
  if ('device' in meaning.scope) return [];
  return meaning.holds === 'message' && meaning.says === 'unavailable' ? meaning.channels : [];
}
