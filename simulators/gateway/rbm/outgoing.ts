import type { Ambient } from '../../kernel/ambient.ts';
import type { Timer } from '../../kernel/clock.ts';
import type { Channel } from '../../kernel/words.ts';
import type { BearerMessage, CoreOutcome, RcsCore } from '../../network/bearer.ts';
import { createIsoDates } from '../../protocol/iso-dates.ts';
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

/** What became of a message, for as long as a core or a phone still holds it. */
interface Fate {
  delivered: boolean;
  read: boolean;
  /** The core gave it up: nothing will be delivered. */
  gone: boolean;
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
}

export function createOutgoingMessages(options: OutgoingOptions): OutgoingMessages {
  const { ambient, webhook, component, agentId } = options;
  const { clock, history, ids } = ambient;
  /** Running time limits by wire. */
  const limits = new Map<string, Timer>();
  const endLimit = (wire: string): void => {
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

  const outcomeOf = (message: BearerMessage, facts: OutgoingFacts, fate: Fate): CoreOutcome => {
    const { wire, person } = message;
    const { messageId, number, request: cause } = facts;
    const known = message.message === undefined ? {} : { message: message.message };
    const receipt = (eventType: 'DELIVERED' | 'READ'): void => {
      if (!webhook.connected) return;
      webhook.push({
        notification: { senderPhoneNumber: number, eventType, messageId, ...eventFacts() },
        event: eventType,
        wire,
        person,
        implies: eventType === 'READ' ? 'read' : 'delivered',
        cause,
        ...known,
      });
    };
    return {
      delivered: () => {
        endLimit(wire);
        if (fate.delivered || facts.control) return;
        fate.delivered = true;
        receipt('DELIVERED');
      },
      displayed: () => {
        if (fate.read || facts.control) return;
        fate.read = true;
        receipt('READ');
      },
      failed: (device, reason) => {
        if (message.content.kind !== 'mls') return;
        const deviceId = deviceIdOf(device);
        const notification = {
          phoneNumber: number,
          eventType: 'MLS_FAILURE',
          messageId,
          deviceId,
          reason,
          ...eventFacts(),
        } as const;
        const meaning = notReadableOn(device);
        const event = 'MLS_FAILURE';
        webhook.push({ notification, event, wire, person, device, meaning, cause, ...known });
      },
      expired: () => {
        fate.gone = true;
      },
    };
  };

  const limit = (
    core: RcsCore,
    message: BearerMessage,
    facts: OutgoingFacts,
    fate: Fate,
    micros: number,
  ): void => {
    const { wire, person } = message;
    const task = (): void => {
      limits.delete(wire);
      const revoked = fate.gone || core.revoke(wire);
      const eventType = revoked ? 'TTL_EXPIRATION_REVOKED' : 'TTL_EXPIRATION_REVOKE_FAILED';
      const { number: phoneNumber, messageId } = facts;
      webhook.push({
        notification: { phoneNumber, messageId, eventType, ...eventFacts() },
        event: eventType,
        wire,
        person,
        ...(revoked
          ? { meaning: notThisMessage(person, facts.channel), implies: 'failed' as const }
          : {}),
        cause: facts.request,
        ...(message.message === undefined ? {} : { message: message.message }),
      });
    };
    limits.set(wire, clock.after(micros, task));
  };

  return {
    send: (core, message, facts) => {
      const { ttlMicros } = facts;
      const fate: Fate = { delivered: false, read: false, gone: false };
      if (ttlMicros !== undefined && !facts.control) limit(core, message, facts, fate, ttlMicros);
      core.submit(message, clock.now() + KEEP_MICROS, outcomeOf(message, facts, fate));
    },
    revoke: (core, wire, person) => {
      if (core.revoke(wire)) endLimit(wire);
      else history.append({ kind: 'revoked', wire, component, person, before: false });
    },
  };
}
