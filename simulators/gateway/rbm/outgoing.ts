import type { Ambient } from '../../kernel/ambient.ts';
import type { Timer } from '../../kernel/clock.ts';
import type { Channel } from '../../kernel/words.ts';
import type { BearerMessage, CoreOutcome, RcsCore } from '../../network/bearer.ts';
import { createIsoDates } from '../../protocol/iso-dates.ts';
import type { MediaRelay } from '../api/media-relay.ts';
import type { FileStore } from './files.ts';
import { notReadableOn, notThisMessage } from './meanings.ts';
import type { WebhookQueue } from './webhook-scheme.ts';

/** Longest that the vendor keeps an undelivered message: 30 days. */
const KEEP_MICROS = 30 * 24 * 3_600 * 1_000_000;

export interface OutgoingFacts {
  readonly messageId: string;
  /** E.164 */
  readonly number: string;
  readonly channel: Channel;
  /** Welcome, Commit: no receipts are told. */
  readonly control: boolean;
  readonly ttlMicros: number | undefined;
  /** seq of the door.request. */
  readonly request: number;
}

/** Messages that the gateway has handed to a core, until their fate is told. */
export interface OutgoingMessages {
  send(core: RcsCore, message: BearerMessage, facts: OutgoingFacts): void;
  /** Recorded with its result; the caller is never told. */
  revoke(core: RcsCore, wire: string, person: string): void;
}

/** `person/ana/device/1` → `1`. */
export function deviceIdOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export interface OutgoingOptions {
  readonly ambient: Ambient;
  readonly webhook: WebhookQueue;
  readonly component: string;
  readonly agentId: string;
  readonly media: MediaRelay;
  readonly files: FileStore;
}

/** What all messages of a gateway share. */
interface Ways {
  readonly webhook: WebhookQueue;
  /** The parts of a notification that every one has. */
  readonly eventFacts: () => {
    readonly agentId: string;
    readonly eventId: string;
    readonly sendTime: string;
  };
  /** Its time limit, where it has one, is over. */
  readonly endLimit: (wire: string) => void;
  /** True when it had not left yet, for its files are being fetched; it never will. */
  readonly forget: (wire: string) => boolean;
}

/** A message until its fate is told: one object without closures, for it is kept so long. */
class OutgoingMessage implements CoreOutcome {
  readonly message: BearerMessage;
  readonly facts: OutgoingFacts;
  /** The core gave it up: nothing will be delivered. */
  gone = false;
  #delivered = false;
  #read = false;
  readonly #ways: Ways;

  constructor(ways: Ways, message: BearerMessage, facts: OutgoingFacts) {
    this.#ways = ways;
    this.message = message;
    this.facts = facts;
  }

  delivered(): void {
    this.#ways.endLimit(this.message.wire);
    if (this.#delivered || this.facts.control) return;
    this.#delivered = true;
    this.#receipt('DELIVERED');
  }

  displayed(): void {
    if (this.#read || this.facts.control) return;
    this.#read = true;
    this.#receipt('READ');
  }

  failed(device: string, reason: string): void {
    const { content } = this.message;
    if (content.kind !== 'mls') return;
    const { webhook, eventFacts } = this.#ways;
    const { messageId, number } = this.facts;
    webhook.push({
      notification: {
        phoneNumber: number,
        eventType: 'MLS_FAILURE',
        messageId,
        deviceId: deviceIdOf(device),
        reason,
        ...eventFacts(),
      },
      event: 'MLS_FAILURE',
      device,
      meaning: notReadableOn(device),
      ...this.#told(),
    });
  }

  expired(): void {
    this.gone = true;
  }

  /** Its time limit ran out. */
  outOfTime(core: RcsCore): void {
    const { message, facts } = this;
    const { wire, person } = message;
    const { webhook, eventFacts } = this.#ways;
    const revoked = this.gone || this.#ways.forget(wire) || core.revoke(wire);
    const eventType = revoked ? 'TTL_EXPIRATION_REVOKED' : 'TTL_EXPIRATION_REVOKE_FAILED';
    const { number: phoneNumber, messageId } = facts;
    webhook.push({
      notification: { phoneNumber, messageId, eventType, ...eventFacts() },
      event: eventType,
      ...(revoked
        ? { meaning: notThisMessage(person, facts.channel), implies: 'failed' as const }
        : {}),
      ...this.#told(),
    });
  }

  #receipt(eventType: 'DELIVERED' | 'READ'): void {
    const { webhook, eventFacts } = this.#ways;
    if (!webhook.connected) return;
    const { messageId, number } = this.facts;
    webhook.push({
      notification: { senderPhoneNumber: number, eventType, messageId, ...eventFacts() },
      event: eventType,
      implies: eventType === 'READ' ? 'read' : 'delivered',
      ...this.#told(),
    });
  }

  /** What callbacks about it have in common. */
  #told() {
    const { wire, person, message } = this.message;
    const told = { wire, person, cause: this.facts.request };
    return message === undefined ? told : { ...told, message };
  }
}

export function createOutgoingMessages(options: OutgoingOptions): OutgoingMessages {
  const { ambient, webhook, component, agentId, media, files } = options;
  const { clock, history, ids } = ambient;
  /** Wires of messages whose files are being fetched. */
  const fetching = new Set<string>();
  const forget = (wire: string): boolean => fetching.size > 0 && fetching.delete(wire);
  /** Running time limits by wire. */
  const limits = new Map<string, Timer>();
  const endLimit = (wire: string): void => {
    if (limits.size === 0) return;
    const timer = limits.get(wire);
    if (timer === undefined) return;
    timer.cancel();
    limits.delete(wire);
  };
  const isoDate = createIsoDates();
  const eventFacts = () => ({
    agentId,
    eventId: ids.uuid(),
    sendTime: isoDate(clock.epochMillis()),
  });
  const ways: Ways = { webhook, eventFacts, endLimit, forget };

  /** The service fetches the files first; the message goes on without those that it has not. */
  const bring = (
    core: RcsCore,
    message: BearerMessage,
    until: number,
    outgoing: OutgoingMessage,
  ): void => {
    const { content, wire, person, message: planned } = message;
    const rich = content.kind === 'text' ? content.rich : undefined;
    if (rich === undefined || rich.media.length === 0 || content.kind !== 'text') {
      core.submit(message, until, outgoing);
      return;
    }
    fetching.add(wire);
    const facts = { wire, channel: 'rcs', person, message: planned } as const;
    media.fetch(rich.media.map(files.resolve), facts, (fetched) => {
      if (!fetching.delete(wire)) return;
      const copies = { ...rich, media: media.copiesOf(fetched) };
      core.submit({ ...message, content: { ...content, rich: copies } }, until, outgoing);
    });
  };

  return {
    send: (core, message, facts) => {
      const { ttlMicros } = facts;
      const outgoing = new OutgoingMessage(ways, message, facts);
      if (ttlMicros !== undefined && !facts.control) {
        const { wire } = message;
        const timer = clock.after(ttlMicros, () => {
          limits.delete(wire);
          outgoing.outOfTime(core);
        });
        limits.set(wire, timer);
      }
      bring(core, message, clock.now() + KEEP_MICROS, outgoing);
    },
    revoke: (core, wire, person) => {
      const held = forget(wire);
      if (held || core.revoke(wire)) endLimit(wire);
      else history.append({ kind: 'revoked', wire, component, person, before: false });
      if (held) history.append({ kind: 'revoked', wire, component, person, before: true });
    },
  };
}
