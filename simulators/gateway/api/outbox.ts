import type { Ambient } from '../../kernel/ambient.ts';
import type { RichContent } from '../../protocol/rich-content.ts';
import type { BearerMessage, CoreOutcome, RcsCore, SmsLine } from '../../network/bearer.ts';

/** For records that are built field by field: on this path copies cost more than the work. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A text on its way from a gateway to a person, on one bearer. */
export interface OutgoingText {
  /** Unique in the cell; a fall-back has one of its own. */
  readonly wire: string;
  readonly person: string;
  /** As the phone shows it: `agent:…` on RCS; a number, short code or name on SMS. */
  readonly from: string;
  readonly text: string;
  /** Buttons and files beside it; SMS has none. */
  readonly rich?: RichContent;
  readonly message?: string;
  /** How long it may wait for the phone, µs. */
  readonly validMicros: number;
}

/** What becomes of it; each at most once, `read` only on RCS. */
export interface TextFate {
  delivered(): void;
  read?(): void;
  failed(why: 'undelivered' | 'expired'): void;
}

/** The way back of a message that was handed on. */
export interface Recall {
  /** True when it was still on the way: nothing will be delivered. */
  recall(): boolean;
}

export interface OutboxOptions {
  readonly ambient: Ambient;
  /** `gateway/twilio` */
  readonly component: string;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly smsOf: (person: string) => SmsLine | undefined;
}

/** Hands texts to carriers, and follows them until they are delivered, expire or fail. */
export interface Outbox {
  /** As a hub remembers it, whatever the core's state. */
  hasRcs(person: string): boolean;
  /** Asks the carrier now; undefined when nobody answers. */
  probe(person: string): { readonly e2ee: boolean } | undefined;
  /** Undefined where the person's carrier has no such bearer. */
  rcs(text: OutgoingText, fate: TextFate): Recall | undefined;
  sms(text: OutgoingText, fate: TextFate): Recall | undefined;
}

/** Each outcome at most once, of however many devices; without closures, as it is kept. */
class RcsOutcome implements CoreOutcome, Recall {
  readonly #fate: TextFate;
  readonly #core: RcsCore;
  readonly #wire: string;
  #delivered = false;
  #read = false;

  constructor(fate: TextFate, core: RcsCore, wire: string) {
    this.#fate = fate;
    this.#core = core;
    this.#wire = wire;
  }

  recall(): boolean {
    return this.#core.revoke(this.#wire);
  }

  delivered(): void {
    if (this.#delivered) return;
    this.#delivered = true;
    this.#fate.delivered();
  }

  displayed(): void {
    if (this.#read) return;
    this.#read = true;
    this.#fate.read?.();
  }

  failed(): void {
    if (!this.#delivered) this.#fate.failed('undelivered');
  }

  expired(): void {
    this.#fate.failed('expired');
  }
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { ambient, component, coreOf, smsOf } = options;
  const { clock } = ambient;
  return {
    hasRcs: (person) => coreOf(person)?.registered(person) !== undefined,
    probe: (person) => coreOf(person)?.capabilities(person),
    rcs: ({ wire, person, from, text, rich, message, validMicros }, fate) => {
      const core = coreOf(person);
      if (core === undefined) return undefined;
      const brought: Writable<BearerMessage> = {
        wire,
        bearer: 'rcs',
        from,
        via: component,
        person,
        content: rich === undefined ? { kind: 'text', text } : { kind: 'text', text, rich },
      };
      if (message !== undefined) brought.message = message;
      const outcome = new RcsOutcome(fate, core, wire);
      core.submit(brought, clock.now() + validMicros, outcome);
      return outcome;
    },
    sms: ({ wire, person, from, text, message, validMicros }, fate) => {
      const line = smsOf(person);
      if (line === undefined) return undefined;
      line.submit({
        wire,
        via: component,
        from,
        person,
        text,
        validMicros,
        ...(message === undefined ? {} : { message }),
        ended: (end) => {
          if (end === 'delivered') fate.delivered();
          else if (end === 'expired') fate.failed('expired');
          else if (end === 'failed') fate.failed('undelivered');
        },
      });
      return { recall: () => line.cancel(wire) };
    },
  };
}
