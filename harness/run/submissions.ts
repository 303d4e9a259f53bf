/** The load: intends messages when the plan says so, hands them over, asks what became of them. */
import { textPrint } from '../../simulators/kernel/text-print.ts';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { EventInput } from '../../simulators/kernel/events.ts';
import type { Cell, PersonPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import type { Writing } from '../../simulators/device/conversation.ts';
import { isOvertaken } from '../../simulators/kernel/status-order.ts';
import { BUSINESS } from '../../simulators/kernel/words.ts';
import type { Writable } from '../../simulators/kernel/writable.ts';
import type { SteppedTap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';
import type {
  Conversation,
  OutgoingMessage,
  StatusReading,
  SubmitResult,
} from '../implementation/interface.ts';
import { arrivalsOf } from '../plan/arrivals.ts';
import { attachmentOf } from '../plan/attachment-bytes.ts';
import { createTexts } from '../plan/message-text.ts';
import { createStatusPolls } from './status-polls.ts';
import { showsTemplate } from './probe.ts';

/** A client's own patience: a second between tries, as a caller with retries has it. */
const RETRY_MICROS = MICROS_PER_SECOND;
const ATTEMPT_LIMIT = 20;
const RESUBMIT_AFTER_MICROS = 500_000;
/** Statuses kept for messages whose acceptance is still to be heard of. */
const MOST_EARLY = 10_000;
/** Status reads under way at once at the end. */
const FINAL_BATCH = 32;

/** Nothing better is to be heard of the message, or nothing more at all. */
const ARRIVED: ReadonlySet<string> = new Set(['delivered', 'read', 'failed']);
const SETTLED: ReadonlySet<string> = new Set(['read', 'failed']);

/** What was pushed last, less what it had overtaken. */
interface Pushed {
  readonly reading: StatusReading;
  readonly atMicros: number;
}

/** What the implementation took, and what it told of it. */
interface Accepted {
  readonly message: string;
  readonly person: string;
  readonly id: string;
  /** As told last, by poll or by push. */
  last: StatusReading | undefined;
  /** As pushed, for implementations that cannot be asked at the end. */
  pushed: Pushed | undefined;
  /** Its status is still to come: neither delivered, read nor failed was told. */
  underWay: boolean;
  settled: boolean;
}

function isSame(a: StatusReading, b: StatusReading | undefined): boolean {
  if (a === b) return true;
  return (
    b !== undefined &&
    a.raw === b.raw &&
    a.channel === b.channel &&
    a.encrypted === b.encrypted &&
    a.encryptedAs === b.encryptedAs
  );
}

/** What is recorded only where there is something in it. */
function overheard(tap: SteppedTap, body: string): void {
  const seen = tap.find(body);
  if (seen !== undefined) tap.record(seen, undefined, undefined, undefined);
}

export interface SubmissionOptions {
  readonly cell: Cell;
  readonly ambient: Ambient;
  readonly people: readonly PersonPlan[];
  readonly conversation: () => Conversation;
  readonly recipientOf: (person: string) => TemplateValues;
  /** What the implementation's own answers show, and what it tells by itself. */
  readonly taps: { readonly api: SteppedTap; readonly callbacks: SteppedTap };
  readonly idempotent: boolean;
  readonly pollMicros: number | null;
  /** It tells statuses, by poll or by push. */
  readonly tellsStatus: boolean;
  /** A person writes to the implementation, on their first device. */
  readonly sendToBusiness: (
    from: string,
    message: OutgoingMessage,
    how: Pick<TrafficPlan, 'by' | 'tap' | 'share' | 'typing'>,
  ) => void;
  /** Device-to-device messages are the world's; `to`: everybody else in the conversation. */
  readonly sendFromDevice: (
    from: string,
    to: readonly string[],
    message: OutgoingMessage,
    how: Pick<Writing, 'act' | 'vanishMicros' | 'typing'>,
  ) => void;
}

/** What the implementation took: the message, and the id that it was given there. */
export type AcceptedMessage = Pick<Accepted, 'message' | 'person' | 'id'>;

export interface Submissions {
  /** Schedules every traffic, counted from now. */
  begin(): void;
  /** No new polls; submissions under way go on. */
  stopPolling(): void;
  /** Reads the status of every accepted message once more, marked final. */
  readFinal(): Promise<void>;
  /** In the order of acceptance. */
  readonly accepted: readonly AcceptedMessage[];
  /** A status that the implementation pushed. */
  pushed(id: string, reading: StatusReading): void;
  /** What was pushed last under an own id, whosever it is. */
  told(id: string): StatusReading | undefined;
  readonly intended: number;
  /** Set while nothing was ever accepted: the first answer that may be the template's fault. */
  readonly refusal: SubmitResult | undefined;
  /** Submissions whose answer is still to come, or that have yet to be intended. */
  readonly open: number;
  /** Accepted messages whose status is still on its way: neither delivered, read nor failed. */
  readonly underWay: number;
}

export function createSubmissions(options: SubmissionOptions): Submissions {
  const { cell, ambient, conversation, taps } = options;
  const { clock, history, index } = ambient;
  const random = ambient.random.fork('traffic');
  const write = createTexts(`${cell.seed}`);
  const accepted = new Map<string, Accepted>();
  const byOwnId = new Map<string, Accepted>();
  /** Told under an own id before the answer that names that id had come. */
  const early = new Map<string, Pushed>();
  let intended = 0;
  let open = 0;
  let underWay = 0;
  let refusal: SubmitResult | undefined;

  const seen = (
    one: Accepted,
    reading: StatusReading,
    by: 'poll' | 'push',
    final: boolean,
  ): void => {
    // Only what changed is news; the final read is always recorded, since it is what is judged.
    const tap = by === 'poll' ? taps.api : taps.callbacks;
    if (!final && isSame(reading, one.last)) {
      // No news, but other words around it may say more than they should.
      if (reading.body !== one.last?.body) overheard(tap, reading.body);
      one.last = reading;
      return;
    }
    one.last = reading;
    const { raw, word, channel, means, encrypted, encryptedAs } = reading;
    if (one.underWay && word !== undefined && ARRIVED.has(word)) {
      one.underWay = false;
      underWay--;
    }
    if (word !== undefined && SETTLED.has(word)) one.settled = true;
    const event: Writable<EventInput & { kind: 'status.seen' }> = {
      kind: 'status.seen',
      message: one.message,
      raw,
      by,
    };
    if (word !== undefined) event.word = word;
    if (channel !== undefined) event.channel = channel;
    if (means !== undefined) event.means = means;
    if (encrypted !== undefined) event.encrypted = encrypted;
    if (encryptedAs !== undefined) event.encryptedAs = encryptedAs;
    if (final) event.final = true;
    tap.scan(reading.body, { cause: history.append(event) });
  };

  const polls = createStatusPolls<Accepted>({
    clock,
    everyMicros: options.pollMicros,
    ask: (one, again) => {
      if (one.settled) return;
      conversation().status(one.message, one.id, (reading) => {
        if (reading !== undefined) seen(one, reading, 'poll', false);
        if (!one.settled) again();
      });
    },
  });

  /** Pushes of one message may overtake each other: within the tolerance the furthest holds. */
  const furthest = (before: Pushed | undefined, reading: StatusReading): Pushed => {
    const atMicros = clock.now();
    const said = before?.reading.word;
    if (before === undefined || said === undefined || reading.word === undefined) {
      return { reading, atMicros };
    }
    const close = atMicros - before.atMicros <= cell.policy.toleranceMicros;
    return close && isOvertaken(said, reading.word) ? before : { reading, atMicros };
  };

  const pushed = (id: string, reading: StatusReading): void => {
    const one = byOwnId.get(id);
    if (one === undefined) {
      const known = early.get(id);
      if (known !== undefined || early.size < MOST_EARLY) early.set(id, furthest(known, reading));
      return;
    }
    one.pushed = furthest(one.pushed, reading);
    seen(one, reading, 'push', false);
  };

  const taken = (message: string, person: string, id: string): void => {
    if (accepted.has(message)) return;
    const one: Accepted = {
      message,
      person,
      id,
      last: undefined,
      pushed: undefined,
      underWay: options.tellsStatus,
      settled: false,
    };
    accepted.set(message, one);
    if (one.underWay) underWay++;
    byOwnId.set(id, one);
    const before = early.get(id);
    if (before !== undefined) {
      early.delete(id);
      one.pushed = before;
      seen(one, before.reading, 'push', false);
    }
    polls.watch(one);
  };

  const attempt = (message: OutgoingMessage, person: string, number: number): void => {
    history.append({ kind: 'message.submitted', message: message.id, attempt: number });
    // In virtual time nothing outside of this process acts on it.
    if (clock.kind === 'wall') history.flush();
    conversation().submit({ message, recipient: options.recipientOf(person) }, (result) => {
      answered(message, person, number, result);
      open--;
    });
  };

  const answered = (
    message: OutgoingMessage,
    person: string,
    number: number,
    result: SubmitResult,
  ): void => {
    const { outcome, status } = result;
    const event: Writable<EventInput & { kind: 'message.answered' }> = {
      kind: 'message.answered',
      message: message.id,
      attempt: number,
      outcome,
      definite: result.outcome === 'accepted' || result.definite,
      status,
    };
    if (result.outcome === 'accepted') event.id = result.id;
    const cause = history.append(event);
    if (result.body !== '') taps.api.scan(result.body, { cause });
    if (result.outcome === 'accepted') {
      taken(message.id, person, result.id);
      return;
    }
    if (showsTemplate(result)) refusal ??= result;
    const again = outcome !== 'refused' && (options.idempotent || result.definite);
    if (!again || number >= ATTEMPT_LIMIT) return;
    open++;
    clock.after(result.retryAfterMicros ?? RETRY_MICROS, () =>
      attempt(message, person, number + 1),
    );
  };

  const intend = (traffic: TrafficPlan, number: number, person: string): void => {
    const canary = createCanary(random);
    const id = `${traffic.name}-${number}`;
    const text = write(traffic.message, canary, number);
    const { attachment } = traffic.message;
    const message: OutgoingMessage = {
      id,
      text,
      kind: traffic.message.kind,
      sensitivity: traffic.message.sensitivity,
      locale: traffic.message.locale,
      ...(attachment !== undefined && { attachment: attachmentOf(attachment, text, id) }),
    };
    intended++;
    const print = textPrint(message.text, canary);
    index.add({ message: id, traffic: traffic.name, person, canary, print });
    const event: Writable<EventInput & { kind: 'message.intended' }> = {
      kind: 'message.intended',
      message: id,
      traffic: traffic.name,
      to: person,
      canary,
    };
    if (traffic.from !== null) {
      event.from = traffic.from;
      history.append(event);
      if (person === BUSINESS) {
        options.sendToBusiness(traffic.from, message, traffic);
        return;
      }
      const everybody = traffic.group === true ? traffic.to : [person];
      const { act, vanishMicros, typing } = traffic;
      options.sendFromDevice(traffic.from, everybody, message, {
        ...(act !== undefined && { act: { kind: act.kind, of: `${act.of}-${number}` } }),
        ...(vanishMicros !== undefined && { vanishMicros }),
        ...(typing === true && { typing }),
      });
      return;
    }
    history.append(event);
    open++;
    attempt(message, person, 1);
    // Only who promises to merge repetitions is sent any.
    const repeats = options.idempotent ? traffic.resubmit : 0;
    for (let again = 1; again <= repeats; again++) {
      open++;
      clock.after(again * RESUBMIT_AFTER_MICROS, () => attempt(message, person, 1 + again));
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
    stopPolling: () => polls.stop(),
    readFinal: () => {
      const all = [...accepted.values()];
      return new Promise((resolve) => {
        const read = (start: number): void => {
          const batch = all.slice(start, start + FINAL_BATCH);
          let left = batch.length;
          if (left === 0) {
            clock.touch();
            resolve();
          }
          for (const one of batch) {
            conversation().status(one.message, one.id, (reading, unread) => {
              if (reading !== undefined) seen(one, reading, 'poll', true);
              else if (one.pushed !== undefined) seen(one, one.pushed.reading, 'push', true);
              else if (unread !== undefined) {
                const { detail } = unread;
                history.append({ kind: 'status.unread', message: one.message, detail });
              }
              left--;
              if (left === 0) read(start + FINAL_BATCH);
            });
          }
        };
        read(0);
      });
    },
    pushed,
    told: (id) => (byOwnId.get(id)?.pushed ?? early.get(id))?.reading,
    get accepted() {
      return [...accepted.values()];
    },
    get intended() {
      return intended;
    },
    get refusal() {
      return accepted.size === 0 ? refusal : undefined;
    },
    get open() {
      return open;
    },
    get underWay() {
      return underWay;
    },
  };
}
