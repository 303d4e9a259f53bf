import type { Ambient } from '../../kernel/ambient.ts';
import type { Writable } from '../../kernel/writable.ts';
import type { MmsFile } from '../../protocol/mms/message.ts';
import type { RichContent } from '../../protocol/rich-content.ts';
import { fileOf } from './media-file.ts';
import type { FetchedMedium, MediaRelay } from './media-relay.ts';
import type {
  BearerContent,
  BearerMessage,
  CoreOutcome,
  MmsLine,
  RcsCore,
  SmsLine,
} from '../../network/bearer.ts';

/** A text on its way from a gateway to a person, on one bearer. */
export interface OutgoingText {
  /** Unique in the cell; a fall-back has one of its own. */
  readonly wire: string;
  readonly person: string;
  /** As the phone shows it: `agent:…` on RCS; a number, short code or name on SMS. */
  readonly from: string;
  readonly text: string;
  /** Buttons and files beside it; SMS has neither, MMS only files. */
  readonly rich?: RichContent;
  readonly message?: string;
  /** How long it may wait for the phone, µs. */
  readonly validMicros: number;
}

/** `media`: a file of it could not be fetched; `too-large`: for the carrier. */
export type TextEnd = 'undelivered' | 'expired' | 'media' | 'too-large';

/** What becomes of it; each at most once, `read` only on RCS. */
export interface TextFate {
  delivered(): void;
  read?(): void;
  failed(why: TextEnd): void;
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
  readonly mmsOf?: ((person: string) => MmsLine | undefined) | undefined;
  readonly media: MediaRelay;
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
  /** Whether the person's carrier has MMS. */
  hasMms(person: string): boolean;
  mms(text: OutgoingText, fate: TextFate): Recall | undefined;
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

/** A message whose files are being fetched: until that is done it can be taken back. */
class Fetching implements Recall {
  recalled = false;
  /** Once it was handed on. */
  under: Recall | undefined;

  recall(): boolean {
    if (this.under !== undefined) return this.under.recall();
    this.recalled = true;
    return true;
  }
}

/** What came of it is no hindrance: it is there, or outside of this world. */
function isHad({ outcome }: FetchedMedium): boolean {
  return outcome === 'content' || outcome === 'cached' || outcome === 'elsewhere';
}

function filesOf(fetched: readonly FetchedMedium[]): MmsFile[] {
  return fetched.flatMap(({ url, content }, index) =>
    content === undefined ? [] : [fileOf(url, content, index)],
  );
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { ambient, component, coreOf, smsOf, mmsOf, media: relay } = options;
  const { clock } = ambient;
  return {
    hasRcs: (person) => coreOf(person)?.registered(person) !== undefined,
    probe: (person) => coreOf(person)?.capabilities(person),
    rcs: ({ wire, person, from, text, rich, message, validMicros }, fate) => {
      const core = coreOf(person);
      if (core === undefined) return undefined;
      const content: BearerContent =
        rich === undefined ? { kind: 'text', text } : { kind: 'text', text, rich };
      const brought: Writable<BearerMessage> =
        message === undefined
          ? { wire, bearer: 'rcs', from, via: component, person, content }
          : { wire, bearer: 'rcs', from, via: component, person, content, message };
      const outcome = new RcsOutcome(fate, core, wire);
      const until = clock.now() + validMicros;
      if (rich === undefined || rich.media.length === 0) {
        core.submit(brought, until, outcome);
        return outcome;
      }
      const fetching = new Fetching();
      relay.fetch(rich.media, { wire, channel: 'rcs', person, message }, (fetched) => {
        if (fetching.recalled) return;
        fetching.under = outcome;
        brought.content = { kind: 'text', text, rich: { ...rich, media: relay.copiesOf(fetched) } };
        core.submit(brought, until, outcome);
      });
      return fetching;
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
    hasMms: (person) => mmsOf?.(person) !== undefined,
    mms: ({ wire, person, from, text, rich, message, validMicros }, fate) => {
      const line = mmsOf?.(person);
      if (line === undefined) return undefined;
      const fetching = new Fetching();
      const facts = { wire, channel: 'mms', person, message } as const;
      relay.fetch(rich?.media ?? [], facts, (fetched) => {
        if (fetching.recalled) return;
        // MM7 has a cancellation; no vendor here offers it.
        fetching.under = { recall: () => false };
        if (!fetched.every(isHad)) return fate.failed('media');
        const files = filesOf(fetched);
        const taken = line.submit({
          wire,
          via: component,
          from,
          person,
          text: rich?.wordless === true && files.length > 0 ? '' : text,
          files,
          validMicros,
          ...(message === undefined ? {} : { message }),
          ended: (end) => {
            if (end === 'delivered') fate.delivered();
            else fate.failed(end === 'expired' ? 'expired' : 'undelivered');
          },
        });
        if (!taken) fate.failed('too-large');
      });
      return fetching;
    },
  };
}
