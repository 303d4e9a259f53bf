/** Folds gateway-managed sessions: what they protected, and when their sender knew of the end. */
import type { EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { OneOf } from './looker.ts';
import type { Mark, Transmission } from './records.ts';

/** Why a sender knew that a session was over. */
export type EndWord = 'expired' | 'closed' | 'devices-changed' | 'refused';

export interface SessionEnd extends Mark {
  readonly why: EndWord;
}

/** A payload that was sent into a session: where, when, and by which request. */
export interface PayloadUse extends Mark {
  readonly session: string;
  readonly wire: string;
  readonly outcome: 'opened' | 'refused';
}

/** A canary that stood in a request for a session, readable without the gateway's key. */
export interface Unsealed extends Mark {
  readonly canary: string;
  readonly as: string;
  readonly where: string;
  /** The request. */
  readonly request: number;
}

interface Known {
  endsAtMicros: number;
  begun: Mark;
  /** Other ends than the one by time, as soon as the sender knew. */
  told: SessionEnd[];
}

const mark = ({ t, seq }: HistoryEvent): Mark => ({ at: t, seq });

const KINDS = [
  'door.request',
  'door.answered',
  'tap.scanned',
  'session.begun',
  'session.renewed',
  'session.ended',
  'session.payload',
  'callback.sent',
  'callback.answered',
] as const;

export class SessionFold {
  /** Nothing where no gateway reads what it encrypts. */
  readonly kinds: readonly (typeof KINDS)[number][];
  readonly #reading: ReadonlySet<string>;
  readonly #sessions = new Map<string, Known>();
  /** seq of a door.request of a session's gateway → it. */
  readonly #requests = new Map<number, EventOf<'door.request'>>();
  readonly #refused = new Map<number, EventOf<'session.payload'>>();
  readonly #closed = new Map<number, string>();
  readonly #ended = new Map<number, string>();
  readonly #news = new Map<string, { readonly session: string; readonly why: EndWord }>();
  /** Wires whose payload a gateway opened. */
  readonly #opened = new Set<string>();
  readonly uses: PayloadUse[] = [];
  readonly unsealed: Unsealed[] = [];
  /** Requests with a payload that were looked at. */
  looked = 0;

  /** `reading`: the gateways that hold the keys of what they encrypt. */
  constructor(reading: readonly string[]) {
    this.kinds = reading.length === 0 ? [] : KINDS;
    this.#reading = new Set(reading.map((name) => `gateway/${name}`));
  }

  observe(event: OneOf<(typeof KINDS)[number]>): void {
    switch (event.kind) {
      case 'door.request':
        if (this.#reading.has(event.component)) this.#requests.set(event.seq, event);
        return;
      case 'door.answered':
        return this.#answered(event);
      case 'tap.scanned':
        return this.#scanned(event);
      case 'session.begun':
        this.#sessions.set(event.session, {
          endsAtMicros: event.endsAtMicros,
          begun: mark(event),
          told: [],
        });
        return;
      case 'session.renewed': {
        const known = this.#sessions.get(event.session);
        if (known !== undefined) known.endsAtMicros = event.endsAtMicros;
        return;
      }
      case 'session.ended':
        if (event.why === 'devices-changed') this.#ended.set(event.seq, event.session);
        else if (event.cause !== undefined) this.#closed.set(event.cause, event.session);
        return;
      case 'session.payload':
        return this.#payload(event);
      case 'callback.sent':
        return this.#sent(event);
      case 'callback.answered':
        return this.#heard(event);
    }
  }

  #payload(event: EventOf<'session.payload'>): void {
    const { session, wire, outcome, cause } = event;
    if (outcome === 'opened') this.#opened.add(wire);
    else if (cause !== undefined) this.#refused.set(cause, event);
    const request = cause === undefined ? undefined : this.#requests.get(cause);
    const sent = request === undefined ? mark(event) : mark(request);
    this.uses.push({ ...sent, session, wire, outcome });
  }

  #answered({ request, handedAt, seq, outcome }: EventOf<'door.answered'>): void {
    this.#requests.delete(request);
    const refused = this.#refused.get(request);
    const closed = this.#closed.get(request);
    this.#refused.delete(request);
    this.#closed.delete(request);
    if (handedAt === null) return;
    const told = { at: handedAt, seq };
    if (refused !== undefined && outcome === 'conflict' && isEnd(refused.reason)) {
      this.#sessions.get(refused.session)?.told.push({ ...told, why: 'refused' });
    }
    if (closed !== undefined) this.#sessions.get(closed)?.told.push({ ...told, why: 'closed' });
  }

  /** What its tap finds in a request is readable; what the gateway opened is told apart. */
  #scanned(event: EventOf<'tap.scanned'>): void {
    if (event.observer !== 'gateway' || event.cause === undefined) return;
    const request = this.#requests.get(event.cause);
    if (request?.operation !== 'send') return;
    this.looked++;
    const { where, cause } = event;
    for (const { canary, as } of event.found) {
      this.unsealed.push({ ...mark(event), canary, as, where, request: cause });
    }
  }

  #sent(event: EventOf<'callback.sent'>): void {
    if (event.forgery !== undefined || event.cause === undefined) return;
    const session = this.#ended.get(event.cause);
    if (session !== undefined) {
      this.#news.set(event.callback, { session, why: 'devices-changed' });
    }
  }

  #heard({ callback, handedAt, seq, outcome }: EventOf<'callback.answered'>): void {
    const news = this.#news.get(callback);
    if (news === undefined || handedAt === null || outcome !== 'accepted') return;
    this.#news.delete(callback);
    const { session, why } = news;
    this.#sessions.get(session)?.told.push({ at: handedAt, seq, why });
  }

  /** Did a gateway open what this transmission carried? */
  protects(transmission: Transmission): boolean {
    if (this.#opened.size === 0) return false;
    const { wire } = transmission;
    if (wire !== null && this.#opened.has(wire)) return true;
    return transmission.dispatches.some((one) => one.wire !== null && this.#opened.has(one.wire));
  }

  /** Does this gateway hold the keys of what it encrypts? */
  reads(component: string): boolean {
    return this.#reading.has(component);
  }

  /** Was this transmission given to a gateway that holds the keys, opened there or not? */
  manages(transmission: Transmission): boolean {
    if (this.#reading.size === 0) return false;
    const given = transmission.dispatches.some(({ component }) => this.#reading.has(component));
    return given || this.protects(transmission);
  }

  /** The first end of the session that its sender knew of before `at`; null when none. */
  knownEnd(session: string, at: number, limits: EndLimits): SessionEnd | null {
    const known = this.#sessions.get(session);
    if (known === undefined) return null;
    const { endsAtMicros, begun, told } = known;
    if (at > endsAtMicros + limits.toleranceMicros) {
      return { at: endsAtMicros, seq: begun.seq, why: 'expired' };
    }
    return told.find((end) => at > end.at + limits.graceOf(end.why)) ?? null;
  }
}

export interface EndLimits {
  readonly toleranceMicros: number;
  readonly graceOf: (why: EndWord) => number;
}

/** The gateway's words for a session in which nothing is taken any more. */
function isEnd(reason: string | undefined): boolean {
  return reason === 'expired' || reason === 'closed' || reason === 'devices-changed';
}
