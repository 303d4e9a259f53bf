import type { Ambient } from '../../kernel/ambient.ts';
import type { EventInput } from '../../kernel/events.ts';
import { createAnswers } from '../../network/envelope.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { Network, OutboundResult } from '../../network/wire.ts';
import type { Verb } from '../../kernel/target.ts';
import type { Writable } from '../../kernel/writable.ts';
import { createCallbackFaults } from './callback-faults.ts';
import type { Extra, Fate } from './callback-faults.ts';
import type { Callback, CallbackAddress, CallbackScheme, Posted } from './callback-scheme.ts';
import type { HandshakeResult } from './gateway.ts';

/** The callbacks of one gateway: sent, repeated and given up as its vendor does. */
export interface CallbackQueue<N> {
  /** From now on notifications leave; those without an address of their own go there. */
  open(address: CallbackAddress, key: string): void;
  /** Dropped when neither it nor the queue has an address: the vendor keeps nothing. */
  push(callback: Callback<N>): void;
  /** A call outside the queue that proves the webhook, recorded as the event `verification`. */
  verify(
    to: CallbackAddress,
    make: (id: string) => Posted,
    judge: (result: OutboundResult & { kind: 'answer' }) => HandshakeResult,
  ): Promise<HandshakeResult>;
  /** What callback faults do, as verbs of the gateway's target. */
  readonly verbs: Readonly<Record<string, Verb>>;
  readonly size: number;
  readonly connected: boolean;
}

export interface CallbackQueueOptions<N> {
  readonly ambient: Ambient;
  readonly request: Network['call'];
  readonly component: string;
  /** What the vendor reads in the answers. */
  readonly tap: SteppedTap;
  readonly scheme: CallbackScheme<N>;
  /** The key that `rotate-signing-key` brings in. */
  readonly nextKey: string;
  /** A key of the right form that belongs to nobody here, for forgeries. */
  readonly foreignKey: string;
  /** Signs before `open` gave a key (vendors whose account has one from the start). */
  readonly key?: string;
}

/** What is known of an answer besides itself. */
interface AnswerFacts {
  readonly wire?: string | undefined;
  /** The vendor carries out what its body says, and looks at that itself. */
  readonly isOrder?: boolean;
  readonly verdict?: HandshakeResult;
}

interface Waiting<N> {
  readonly callback: Callback<N>;
  readonly id: string;
  readonly createdMillis: number;
  attempt: number;
  /** What faults decided when it arose; undefined: nothing. */
  readonly fate: Fate<N> | undefined;
}

export function createCallbackQueue<N>(options: CallbackQueueOptions<N>): CallbackQueue<N> {
  const { ambient, component, request, scheme, tap } = options;
  const { clock, history, ids } = ambient;
  const answers = createAnswers(tap);
  const inOrder = scheme.order === 'one-queue';
  /** Taken from the front by index, so that a long queue costs nothing. */
  let queue: (Waiting<N> | undefined)[] = [];
  let front = 0;
  let address: CallbackAddress | undefined;
  let key = options.key ?? '';
  let busy = false;
  /** Under way, or waiting to be repeated, outside the queue. */
  let apart = 0;

  const faults = createCallbackFaults<N>({
    ambient,
    component,
    scheme,
    keys: { current: () => key, next: options.nextKey, foreign: options.foreignKey },
    rotated: (fresh) => (key = fresh),
    post: (extra) => postExtra(extra),
    held: (change) => (apart += change),
  });

  const call = (
    posted: Posted,
    to: CallbackAddress,
    told: (result: OutboundResult) => void,
  ): void => {
    const { method = 'POST', url = to.url, headers, body } = posted;
    request({ method, url, headers, body, timeoutMicros: scheme.timeoutMicros }, told);
  };

  const accepted = (result: OutboundResult): boolean =>
    result.kind === 'answer' && scheme.taken(result.response.status);

  const answered = (
    callback: string,
    attempt: number,
    cause: number,
    sentAt: number,
    result: OutboundResult,
    { wire, isOrder = false, verdict }: AnswerFacts = {},
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
    const told = history.append({
      kind: 'callback.answered',
      cause,
      callback,
      attempt,
      outcome: held ? 'accepted' : 'refused',
      status:
        note === undefined ? `${result.response.status}` : `${result.response.status} (${note})`,
      handedAt: clock.now(),
    });
    const seen = answers.look(result.response, !isOrder);
    if (seen !== undefined) tap.record(seen, told, wire, undefined);
    return told;
  };

  const next = (): void => {
    if (busy) return;
    const first = queue[front];
    if (first === undefined) {
      queue = [];
      front = 0;
      return;
    }
    const to = first.callback.to ?? address;
    if (to === undefined) return;
    busy = true;
    deliver(first, to);
  };

  /** This one is over: taken, or given up. */
  const leave = (): void => {
    if (!inOrder) {
      apart--;
      return;
    }
    queue[front] = undefined;
    front++;
    if (front > 1024 && front * 2 > queue.length) {
      queue = queue.slice(front);
      front = 0;
    }
    busy = false;
    next();
  };

  const repeat = (waiting: Waiting<N>, to: CallbackAddress, pauseMicros: number): void => {
    clock.after(pauseMicros, () => {
      if (!inOrder) {
        deliver(waiting, to);
        return;
      }
      busy = false;
      next();
    });
  };

  const announce = (
    { event, wire, person, device, meaning, implies, cause }: Callback<N>,
    id: string,
    attempt: number,
  ): Writable<SentEvent> => {
    const sent: Writable<SentEvent> =
      cause === undefined
        ? { kind: 'callback.sent', callback: id, component, event, attempt }
        : { kind: 'callback.sent', cause, callback: id, component, event, attempt };
    if (wire !== undefined) sent.wire = wire;
    if (person !== undefined) sent.person = person;
    if (device !== undefined) sent.device = device;
    if (meaning !== undefined) sent.meaning = meaning;
    if (implies !== undefined) sent.implies = implies;
    return sent;
  };

  const deliver = (waiting: Waiting<N>, to: CallbackAddress): void => {
    const attempt = ++waiting.attempt;
    const { callback, id, createdMillis, fate } = waiting;
    const { notification } = callback;
    const posted = scheme.seal(scheme.render(notification), notification, to, {
      id,
      attempt,
      createdMillis,
      nowMillis: clock.epochMillis(),
      key: callback.key ?? fate?.key ?? key,
      hex: ids.hex,
    });
    const sentAt = clock.now();
    const sent = announce(callback, id, attempt);
    if (fate?.key !== undefined) sent.newKey = true;
    const seq = history.append(sent);
    call(posted, to, (result) => {
      const told = answered(id, attempt, seq, sentAt, result, {
        wire: callback.wire,
        isOrder: callback.taken !== undefined,
      });
      if (result.kind === 'answer' && scheme.taken(result.response.status)) {
        callback.taken?.(id, told, result.response);
        if (fate !== undefined) faults.taken(callback, fate, posted, to);
        leave();
        return;
      }
      const pause = scheme.pauseMicros(attempt, result, to);
      if (pause !== undefined) {
        repeat(waiting, to, pause);
        return;
      }
      history.append({ kind: 'lost', wire: callback.wire ?? id, component });
      leave();
    });
  };

  /** A request that a fault adds: it is never repeated, and nothing waits for it. */
  const postExtra = ({ sent, posted, to, taken }: Extra): void => {
    apart++;
    const id = ids.next(scheme.idPrefix);
    const sentAt = clock.now();
    const seq = history.append({
      ...sent,
      kind: 'callback.sent',
      callback: id,
      component,
      attempt: 1,
    });
    call(posted, to, (result) => {
      const told = answered(id, 1, seq, sentAt, result, { isOrder: taken !== undefined });
      if (result.kind === 'answer' && accepted(result)) taken?.(told, result.response);
      apart--;
    });
  };

  const enter = (waiting: Waiting<N>, to: CallbackAddress): void => {
    if (!inOrder) {
      apart++;
      deliver(waiting, to);
      return;
    }
    queue.push(waiting);
    next();
  };

  return {
    open: (to, secret) => {
      address = to;
      key = secret;
      next();
    },
    push: (callback) => {
      const to = callback.to ?? address;
      if (to === undefined) return;
      if (queue.length - front + apart >= scheme.longestQueue) {
        history.append({ kind: 'lost', wire: callback.wire ?? callback.event, component });
        return;
      }
      const id = ids.next(scheme.idPrefix);
      const createdMillis = clock.epochMillis();
      if (!faults.active) {
        enter({ callback, id, createdMillis, attempt: 0, fate: undefined }, to);
        return;
      }
      const fate = faults.meet(callback, to, { id, createdMillis });
      if (fate.dropped) {
        history.append({ kind: 'lost', wire: callback.wire ?? id, component, fault: fate.dropped });
        return;
      }
      const waiting: Waiting<N> = { callback, id, createdMillis, attempt: 0, fate };
      faults.hold(fate, () => enter(waiting, to));
    },
    verify: (to, make, judge) => {
      const id = ids.next(scheme.idPrefix);
      const posted = make(id);
      const sentAt = clock.now();
      const seq = history.append({
        kind: 'callback.sent',
        callback: id,
        component,
        event: 'verification',
        attempt: 1,
      });
      return new Promise((resolve) => {
        call(posted, to, (result) => {
          const verdict: HandshakeResult =
            result.kind === 'failure'
              ? { held: false, why: `no answer: ${result.reason}` }
              : judge(result);
          answered(id, 1, seq, sentAt, result, { verdict });
          clock.touch();
          resolve(verdict);
        });
      });
    },
    verbs: faults.verbs,
    get size() {
      return queue.length - front + apart;
    },
    get connected() {
      return address !== undefined;
    },
  };
}

type SentEvent = EventInput & { kind: 'callback.sent' };
