import type { CallbackForgery, EventOf } from '../../simulators/kernel/events.ts';
import type { StatusWord } from '../../simulators/kernel/words.ts';
import type { Mark, Transmission } from './records.ts';

type Sent = EventOf<'callback.sent'>;
type Answered = EventOf<'callback.answered'>;

/** How the implementation answered one callback. */
export interface CallbackAnswer extends Mark {
  readonly outcome: Answered['outcome'];
  /** The HTTP status; null when no answer came. */
  readonly code: number | null;
  /** `403`, `ETIMEDOUT` */
  readonly status: string;
}

/** A callback that was answered; `at` and `seq` are those of its sending. */
export interface AnsweredCallback extends Mark {
  readonly component: string;
  readonly event: string;
  /** Null where it is about no message. */
  readonly transmission: Transmission | null;
  readonly newKey: boolean;
  readonly answer: CallbackAnswer;
}

/** One that was not the vendor's plain news: false, repeated, unreadable. */
export interface OddCallback extends AnsweredCallback {
  /** `again`: the vendor's own repetition. */
  readonly kind: CallbackForgery | 'again';
  /** The status that it would have the implementation believe. */
  readonly pretends: StatusWord | null;
  /** When its signature says it was made; null: there is no date in it. */
  readonly signedAt: number | null;
}

/** Genuine callbacks that met an error of the server, until they are taken after all. */
interface Broken {
  tries: number;
  readonly first: AnsweredCallback;
}

const isPause = (code: number): boolean => code === 408 || code === 425 || code === 429;

/** How gateways' callbacks were taken. It grows with what was odd or refused, not with the rest. */
export class CallbackLedger {
  readonly odd: OddCallback[] = [];
  /** Genuine ones refused for good (3xx, 4xx), each once however often it was repeated. */
  readonly refused: AnsweredCallback[] = [];
  /** Genuine ones that the implementation did not answer in the vendor's time. */
  readonly timedOut: AnsweredCallback[] = [];
  /** Genuine ones that were answered at all. */
  genuine = 0;
  readonly #refusedIds = new Set<string>();
  readonly #broken = new Map<string, Broken>();

  /** Genuine ones that only ever met errors of the server (5xx), and how often. */
  get neverTaken(): readonly Broken[] {
    return [...this.#broken.values()];
  }

  answered(sent: Sent, event: Answered, transmission: Transmission | null): void {
    const code = /^[1-5]\d\d\b/.exec(event.status)?.[0];
    const { outcome, status } = event;
    const callback: AnsweredCallback = {
      at: sent.t,
      seq: sent.seq,
      component: sent.component,
      event: sent.event,
      transmission,
      newKey: sent.newKey === true,
      answer: {
        at: event.t,
        seq: event.seq,
        outcome,
        code: code === undefined ? null : Number(code),
        status,
      },
    };
    const kind = sent.forgery ?? (sent.again === true ? 'again' : undefined);
    if (kind === undefined) {
      this.#genuine(sent.callback, callback);
      return;
    }
    const pretends = sent.pretends ?? null;
    this.odd.push({ ...callback, kind, pretends, signedAt: sent.signedAt ?? null });
  }

  #genuine(id: string, callback: AnsweredCallback): void {
    const { outcome, code, status } = callback.answer;
    if (outcome === 'no-answer') {
      if (status === 'ETIMEDOUT') this.timedOut.push(callback);
      return;
    }
    this.genuine++;
    if (outcome === 'accepted') {
      this.#broken.delete(id);
      return;
    }
    if (code === null || isPause(code)) return;
    if (code >= 500) {
      const known = this.#broken.get(id);
      if (known === undefined) this.#broken.set(id, { tries: 1, first: callback });
      else known.tries++;
      return;
    }
    if (this.#refusedIds.has(id)) return;
    this.#refusedIds.add(id);
    this.refused.push(callback);
  }
}
