/** The load: intends messages when the plan says so, hands them over, asks what became of them. */
import { textPrint } from '../../simulators/kernel/text-print.ts';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import type { Timer } from '../../simulators/kernel/clock.ts';
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { Cell, PersonPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import { BUSINESS } from '../../simulators/kernel/words.ts';
import type { Tap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import type { Conversation, OutgoingMessage, StatusReading } from '../implementation/interface.ts';
import { DEFAULT_POLL_MICROS } from '../implementation/interface.ts';
import { arrivalsOf } from '../plan/arrivals.ts';
import { messageText } from '../plan/message-text.ts';

/** A client's own patience: a second between tries, as a caller with retries has it. */
const RETRY_MICROS = MICROS_PER_SECOND;
const ATTEMPT_LIMIT = 20;
const RESUBMIT_AFTER_MICROS = 500_000;
const POLL_GROWTH = 2;
const POLL_LONGEST_MICROS = 30 * MICROS_PER_SECOND;
/** Statuses kept for messages whose acceptance is still to be heard of. */
const MOST_EARLY = 10_000;
/** Status reads under way at once at the end. */
const FINAL_BATCH = 32;

const ENDS: ReadonlySet<string> = new Set(['delivered', 'read', 'failed']);

interface Accepted {
  readonly message: string;
  readonly id: string;
}

export interface SubmissionOptions {
  readonly cell: Cell;
  readonly ambient: Ambient;
  readonly people: readonly PersonPlan[];
  readonly conversation: () => Conversation;
  readonly recipientOf: (person: string) => TemplateValues;
  /** What the implementation's own answers show. */
  readonly apiTap: Tap;
  readonly idempotent: boolean;
  readonly pollMicros: number | null;
  /** It tells statuses, by poll or by push. */
  readonly tellsStatus: boolean;
  /** A person writes to the implementation, on their first device. */
  readonly sendToBusiness: (from: string, message: OutgoingMessage) => void;
  /** Device-to-device messages are the world's. */
  readonly sendFromDevice: (from: string, to: string, message: OutgoingMessage) => void;
}

export interface Submissions {
  /** Schedules every traffic, counted from now. */
  begin(): void;
  /** No new polls; submissions under way go on. */
  stopPolling(): void;
  /** Reads the status of every accepted message once more, marked final. */
  readFinal(): Promise<void>;
  /** A status that the implementation pushed. */
  pushed(id: string, reading: StatusReading): void;
  /** What was pushed last under an own id, whosever it is. */
  told(id: string): StatusReading | undefined;
  readonly intended: number;
  /** Submissions whose answer is still to come, or that have yet to be intended. */
  readonly open: number;
  /** Accepted messages whose status is still on its way: neither delivered, read nor failed. */
  readonly underWay: number;
}

export function createSubmissions(options: SubmissionOptions): Submissions {
  const { cell, ambient, conversation, apiTap } = options;
  const { clock, history, index } = ambient;
  const random = ambient.random.fork('traffic');
  const accepted = new Map<string, Accepted>();
  const byOwnId = new Map<string, string>();
  const settledWords = new Set(['read', 'failed']);
  const settled = new Set<string>();
  const waiting = new Set<string>();
  const polls = new Set<Timer>();
  const lastRaw = new Map<string, string>();
  /** What was told last of each message, for implementations that cannot be asked at the end. */
  const lastPushed = new Map<string, StatusReading>();
  /** Told under an own id before the answer that names that id had come. */
  const early = new Map<string, StatusReading>();
  let intended = 0;
  let open = 0;
  let polling = true;

  const seen = (
    message: string,
    reading: StatusReading,
    by: 'poll' | 'push',
    final: boolean,
  ): void => {
    const key = `${reading.raw}|${reading.channel ?? ''}|${String(reading.encrypted)}`;
    // Only what changed is news; the final read is always recorded, since it is what is judged.
    if (!final && lastRaw.get(message) === key) return;
    lastRaw.set(message, key);
    if (reading.word !== undefined && ENDS.has(reading.word)) waiting.delete(message);
    const { raw, word, channel, encrypted } = reading;
    const cause = history.append({
      kind: 'status.seen',
      message,
      raw,
      ...(word === undefined ? {} : { word }),
      ...(channel === undefined ? {} : { channel }),
      ...(encrypted === undefined ? {} : { encrypted }),
      by,
      ...(final ? { final } : {}),
    });
    apiTap.scan(reading.body, { cause });
    if (word !== undefined && settledWords.has(word)) settled.add(message);
  };

  const pushed = (id: string, reading: StatusReading): void => {
    const message = byOwnId.get(id);
    if (message === undefined) {
      if (early.size < MOST_EARLY) early.set(id, reading);
      return;
    }
    lastPushed.set(message, reading);
    seen(message, reading, 'push', false);
  };

  const poll = (one: Accepted, waitMicros: number): void => {
    if (!polling || options.pollMicros === null) return;
    const timer = clock.after(
      waitMicros,
      () => {
        polls.delete(timer);
        if (!polling || settled.has(one.message)) return;
        void conversation()
          .status(one.message, one.id)
          .then((reading) => {
            if (reading !== undefined) seen(one.message, reading, 'poll', false);
            poll(one, Math.min(POLL_LONGEST_MICROS, waitMicros * POLL_GROWTH));
          });
      },
      { daemon: true },
    );
    polls.add(timer);
  };

  const attempt = async (
    message: OutgoingMessage,
    person: string,
    number: number,
  ): Promise<void> => {
    history.append({ kind: 'message.submitted', message: message.id, attempt: number });
    history.flush();
    const result = await conversation().submit({ message, recipient: options.recipientOf(person) });
    const definite = result.outcome === 'accepted' || result.definite;
    const cause = history.append({
      kind: 'message.answered',
      message: message.id,
      attempt: number,
      outcome: result.outcome,
      definite,
      status: result.status,
      ...(result.outcome === 'accepted' ? { id: result.id } : {}),
    });
    if (result.body !== '') apiTap.scan(result.body, { cause });
    if (result.outcome === 'accepted') {
      if (accepted.has(message.id)) return;
      const one = { message: message.id, id: result.id };
      accepted.set(message.id, one);
      if (options.tellsStatus) waiting.add(message.id);
      byOwnId.set(result.id, message.id);
      const before = early.get(result.id);
      if (before !== undefined) pushed(result.id, before);
      early.delete(result.id);
      poll(one, options.pollMicros ?? DEFAULT_POLL_MICROS);
      return;
    }
    const again = result.outcome !== 'refused' && (options.idempotent || result.definite);
    if (!again || number >= ATTEMPT_LIMIT) return;
    open++;
    clock.after(result.retryAfterMicros ?? RETRY_MICROS, () => {
      void attempt(message, person, number + 1).finally(() => {
        open--;
      });
    });
  };

  const intend = (traffic: TrafficPlan, number: number, person: string): void => {
    const canary = createCanary(random);
    const id = `${traffic.name}-${number}`;
    const message: OutgoingMessage = {
      id,
      text: messageText(traffic.message, canary, `${cell.seed}/${id}`),
      kind: traffic.message.kind,
      sensitivity: traffic.message.sensitivity,
      locale: traffic.message.locale,
    };
    intended++;
    const print = textPrint(message.text, canary);
    index.add({ message: id, traffic: traffic.name, person, canary, print });
    const base = {
      kind: 'message.intended',
      message: id,
      traffic: traffic.name,
      to: person,
    } as const;
    if (traffic.from !== null) {
      history.append({ ...base, canary, from: traffic.from });
      if (person === BUSINESS) {
        options.sendToBusiness(traffic.from, message);
        return;
      }
      options.sendFromDevice(traffic.from, person, message);
      return;
    }
    history.append({ ...base, canary });
    open++;
    void attempt(message, person, 1).finally(() => {
      open--;
    });
    // Only who promises to merge repetitions is sent any.
    const repeats = options.idempotent ? traffic.resubmit : 0;
    for (let again = 1; again <= repeats; again++) {
      open++;
      clock.after(again * RESUBMIT_AFTER_MICROS, () => {
        void attempt(message, person, 1 + again).finally(() => {
          open--;
        });
      });
    }
  };

  const schedule = (traffic: TrafficPlan): void => {
    const origin = clock.now();
    const recipients = traffic.to.flatMap((to) =>
      to === 'population'
        ? options.people.filter(({ id }) => id.startsWith('population/')).map(({ id }) => id)
        : [to],
    );
    const arrivals = arrivalsOf(traffic);
    let number = 0;
    const next = (): void => {
      const arrival = arrivals.next();
      if (arrival.done === true) {
        open--;
        return;
      }
      clock.after(origin + arrival.value - clock.now(), () => {
        number++;
        intend(traffic, number, recipients[(number - 1) % recipients.length]!);
        next();
      });
    };
    open++;
    next();
  };

  return {
    begin: () => {
      for (const traffic of cell.traffic) schedule(traffic);
    },
    stopPolling: () => {
      polling = false;
      for (const timer of polls) timer.cancel();
      polls.clear();
    },
    readFinal: async () => {
      const all = [...accepted.values()];
      for (let start = 0; start < all.length; start += FINAL_BATCH) {
        await Promise.all(
          all.slice(start, start + FINAL_BATCH).map(async (one) => {
            const reading = await conversation().status(one.message, one.id);
            const told = lastPushed.get(one.message);
            if (reading !== undefined) seen(one.message, reading, 'poll', true);
            else if (told !== undefined) seen(one.message, told, 'push', true);
          }),
        );
      }
    },
    pushed,
    told: (id) => lastPushed.get(byOwnId.get(id) ?? '') ?? early.get(id),
    get intended() {
      return intended;
    },
    get open() {
      return open;
    },
    get underWay() {
      return waiting.size;
    },
  };
}
