import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { EventInput, Meaning } from '../../kernel/events.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { Network, OutboundResult } from '../../network/wire.ts';
import { envelope, judgeHandshake } from '../../protocol/rbm/webhook.ts';
import type { HandshakeResult, Notification } from '../../protocol/rbm/webhook.ts';

/** A notification, and what the history tells of it. */
export interface Callback {
  readonly notification: Notification;
  /** `DELIVERED`, `TTL_EXPIRATION_REVOKED`, `user message` … */
  readonly event: string;
  readonly wire?: string;
  readonly person?: string;
  readonly device?: string;
  readonly meaning?: readonly Meaning[];
  readonly implies?: StatusWord;
  readonly cause?: number;
  /** Told when it was answered 2xx: its callback id, and seq of the callback.answered. */
  readonly taken?: (callback: string, cause: number) => void;
}

export interface WebhookAddress {
  readonly url: string;
  readonly clientToken: string;
}

/**
 * One ordered queue per agent, as the vendor has it: the next notification leaves when the one
 * before was answered 2xx or given up.
 */
export interface WebhookQueue {
  /** The verification handshake; notifications leave only after it held. */
  connect(address: WebhookAddress): Promise<HandshakeResult>;
  /** Dropped when no webhook is connected. */
  push(callback: Callback): void;
  readonly size: number;
  readonly connected: boolean;
}

const TIMEOUT_MICROS = 10 * MICROS_PER_SECOND;
const FIRST_PAUSE_MICROS = MICROS_PER_SECOND;
const LONGEST_PAUSE_MICROS = 60 * MICROS_PER_SECOND;
const MOST_ATTEMPTS = 12;
/** Notifications kept for an agent that does not take them; beyond it the newest is lost. */
const LONGEST_QUEUE = 50_000;

/** For events that are built field by field: a copy for each field costs more than the event. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Waiting extends Callback {
  readonly id: string;
  readonly publishTime: string;
  attempt: number;
}

export interface WebhookQueueOptions {
  readonly ambient: Ambient;
  readonly request: Network['request'];
  readonly component: string;
  readonly agentId: string;
}

function accepted(result: OutboundResult): boolean {
  return result.kind === 'answer' && result.response.status >= 200 && result.response.status < 300;
}

export function createWebhookQueue(options: WebhookQueueOptions): WebhookQueue {
  const { ambient, component, agentId, request } = options;
  const { clock, history, ids } = ambient;
  const isoNow = (): string => new Date(clock.epochMillis()).toISOString();
  const subscription = `projects/bellwether/subscriptions/rbm-${agentId}`;
  /** Taken from the front by index, so that a long queue costs nothing. */
  let queue: (Waiting | undefined)[] = [];
  let front = 0;
  let address: WebhookAddress | undefined;
  let busy = false;

  const post = (type: string, signature: string | undefined, body: string, to: WebhookAddress) =>
    request({
      method: 'POST',
      url: to.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
        'x-goog-webhook-type': type,
        ...(signature === undefined ? {} : { 'x-goog-signature': signature }),
      },
      body,
      timeoutMicros: TIMEOUT_MICROS,
    });

  const answered = (
    callback: string,
    attempt: number,
    cause: number,
    sentAt: number,
    result: OutboundResult,
    verdict?: HandshakeResult,
  ): number => {
    if (result.kind === 'failure') {
      return history.append({
        kind: 'callback.answered',
        cause,
        callback,
        attempt,
        outcome: 'no-answer',
        status: result.reason,
        handedAt: result.handed ? sentAt : null,
      });
    }
    const held = verdict?.held ?? accepted(result);
    const note = verdict === undefined ? undefined : verdict.held ? verdict.note : verdict.why;
    return history.append({
      kind: 'callback.answered',
      cause,
      callback,
      attempt,
      outcome: held ? 'accepted' : 'refused',
      status:
        note === undefined ? `${result.response.status}` : `${result.response.status} (${note})`,
      handedAt: clock.now(),
    });
  };

  const next = (): void => {
    if (busy || address === undefined) return;
    const callback = queue[front];
    if (callback === undefined) {
      queue = [];
      front = 0;
      return;
    }
    busy = true;
    void deliver(callback, address);
  };

  const leave = (): void => {
    queue[front] = undefined;
    front++;
    if (front > 1024 && front * 2 > queue.length) {
      queue = queue.slice(front);
      front = 0;
    }
    busy = false;
    next();
  };

  const deliver = async (callback: Waiting, to: WebhookAddress): Promise<void> => {
    const attempt = ++callback.attempt;
    const { id, notification, event, wire, person, device, meaning, implies, cause } = callback;
    const { body, signature } = envelope(notification, to.clientToken, {
      messageId: id,
      publishTime: callback.publishTime,
      subscription,
      projectNumber: '999000000000',
    });
    const sentAt = clock.now();
    const sent: Writable<EventInput & { kind: 'callback.sent' }> =
      cause === undefined
        ? { kind: 'callback.sent', callback: id, component, event, attempt }
        : { kind: 'callback.sent', cause, callback: id, component, event, attempt };
    if (wire !== undefined) sent.wire = wire;
    if (person !== undefined) sent.person = person;
    if (device !== undefined) sent.device = device;
    if (meaning !== undefined) sent.meaning = meaning;
    if (implies !== undefined) sent.implies = implies;
    const seq = history.append(sent);
    const result = await post('message_callback', signature, body, to);
    clock.touch();
    const told = answered(id, attempt, seq, sentAt, result);
    if (accepted(result)) {
      callback.taken?.(id, told);
      leave();
    } else if (attempt >= MOST_ATTEMPTS) {
      history.append({ kind: 'lost', wire: wire ?? id, component });
      leave();
    } else {
      const pause = Math.min(FIRST_PAUSE_MICROS * 2 ** (attempt - 1), LONGEST_PAUSE_MICROS);
      clock.after(pause, () => {
        busy = false;
        next();
      });
    }
  };

  return {
    connect: async (to) => {
      const id = ids.next('rbm-callback:');
      const secret = ids.hex(16);
      const sentAt = clock.now();
      const seq = history.append({
        kind: 'callback.sent',
        callback: id,
        component,
        event: 'verification',
        attempt: 1,
      });
      const body = JSON.stringify({ clientToken: to.clientToken, secret });
      const result = await post('verification', undefined, body, to);
      clock.touch();
      const verdict: HandshakeResult =
        result.kind === 'failure'
          ? { held: false, why: `no answer: ${result.reason}` }
          : judgeHandshake(result.response.status, textOf(result.response.body), secret);
      answered(id, 1, seq, sentAt, result, verdict);
      if (verdict.held) {
        address = to;
        next();
      }
      return verdict;
    },
    push: (callback) => {
      // Without a verified webhook the vendor has nowhere to send to, and keeps nothing.
      if (address === undefined) return;
      if (queue.length - front >= LONGEST_QUEUE) {
        history.append({ kind: 'lost', wire: callback.wire ?? callback.event, component });
        return;
      }
      queue.push({
        ...callback,
        id: ids.next('rbm-callback:'),
        publishTime: isoNow(),
        attempt: 0,
      });
      next();
    },
    get size() {
      return queue.length - front;
    },
    get connected() {
      return address !== undefined;
    },
  };
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}
