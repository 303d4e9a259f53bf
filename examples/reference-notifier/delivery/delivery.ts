import type { ModuleClock, ModuleTimer } from 'bellwether/module';
import { currentAttempt, isSettled, raiseStatus, wasHanded } from '../message.ts';
import type { Attempt, Channel, Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People } from '../people.ts';
import type { Policy } from '../policy.ts';
import { within } from '../within.ts';
import type { ChannelSenders, Outcome } from './channel.ts';
import type { Knowledge } from './knowledge.ts';
import type { Learning } from './learning.ts';
import { nextStep } from './next-step.ts';

/** Proof about one copy: it arrived, was read, or certainly will not arrive. */
export type Evidence = 'delivered' | 'read' | 'lost';

/** Carries out what `nextStep` decides, message by message. */
export interface Delivery {
  /** Begins with a new message, or goes on with one after a restart. */
  take(message: Message): void;
  heard(message: Message, attempt: Attempt, evidence: Evidence): void;
  /** Something about this person (null: about a service) has changed for the better. */
  wake(person: string | null): void;
  /** Nothing more goes to this person: what is under way is taken back and counts as failed. */
  leave(person: string): void;
  stop(): void;
}

export interface DeliveryDeps {
  readonly clock: ModuleClock;
  readonly policy: Policy;
  readonly messages: Messages;
  readonly people: People;
  readonly knowledge: Knowledge;
  /** Absent where there is no gateway to ask. */
  readonly learning: Learning | null;
  readonly senders: ChannelSenders;
  log(line: string): void;
}

/** The next channel does not wait longer than this for a revocation's answer. */
const TAKE_BACK_LIMIT_MS = 1_000;

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { clock, policy, messages, people, knowledge, learning, senders } = deps;
  const timers = new Map<string, ModuleTimer>();
  /** Messages with a step under way: they are looked at again when it ends. */
  const busy = new Set<string>();
  const life = { stopped: false };

  const rest = (message: Message): void => {
    timers.get(message.id)?.cancel();
    timers.delete(message.id);
  };

  const advance = (message: Message): void => {
    rest(message);
    if (life.stopped || busy.has(message.id)) return;
    const person = people.byId(message.person);
    if (person === undefined) return;
    const nowMs = clock.epochMillis();
    const step = nextStep(message, knowledge.about(person), policy, nowMs);
    switch (step.kind) {
      case 'rest':
        return;
      case 'wait': {
        const delayMs = Math.max(1, step.untilMs - nowMs);
        timers.set(
          message.id,
          clock.after(delayMs, () => advance(message)),
        );
        return;
      }
      case 'learn':
        if (learning !== null) work(message, () => learning.ask(person));
        return;
      case 'try':
        work(message, () => tryChannel(message, step.channel, step.takeBack));
        return;
      case 'give-up':
        message.status = 'failed';
        messages.save(message);
        return;
    }
  };

  /** Runs one step; whatever it did, the message is looked at again afterwards. */
  const work = (message: Message, step: () => Promise<void>): void => {
    busy.add(message.id);
    step()
      .catch((error: unknown) => deps.log(`step failed for ${message.id}: ${nameOf(error)}`))
      .finally(() => {
        busy.delete(message.id);
        advance(message);
      })
      .catch((error: unknown) => deps.log(`message ${message.id} stopped: ${nameOf(error)}`));
  };

  const takeBack = async (message: Message, attempt: Attempt): Promise<void> => {
    attempt.state = 'withdrawn';
    attempt.endedAtMs = clock.epochMillis();
    messages.save(message);
    const asked = senders[attempt.channel]?.takeBack(message, attempt);
    if (asked !== undefined) await within(clock, TAKE_BACK_LIMIT_MS, asked);
  };

  /** When an attempt that begins now is over. */
  const endOf = (channel: Channel): number | null => {
    const nowMs = clock.epochMillis();
    const limitMs = policy.attemptTimeoutMs[channel];
    return limitMs === undefined ? null : nowMs + limitMs;
  };

  const tryChannel = async (
    message: Message,
    channel: Channel,
    earlier: Attempt | null,
  ): Promise<void> => {
    if (earlier !== null) await takeBack(message, earlier);
    // Proof of arrival may have come while the earlier copy was taken back.
    if (isSettled(message) || life.stopped) return;
    const attempt: Attempt = {
      channel,
      wires: [],
      state: 'sending',
      startedAtMs: clock.epochMillis(),
      endsAtMs: endOf(channel),
      endedAtMs: null,
    };
    message.attempts.push(attempt);
    message.channel = channel;
    messages.save(message);
    send(message, attempt);
  };

  const send = (message: Message, attempt: Attempt): void => {
    const sender = senders[attempt.channel];
    const outcome: Promise<Outcome> = sender?.send(message, attempt) ?? Promise.resolve('refused');
    outcome
      .catch((error: unknown): Outcome => {
        deps.log(`${attempt.channel} failed for ${message.id}: ${nameOf(error)}`);
        return 'unsure';
      })
      .then((result) => conclude(message, attempt, result))
      .catch((error: unknown) => deps.log(`message ${message.id} stopped: ${nameOf(error)}`));
  };

  const conclude = async (message: Message, attempt: Attempt, outcome: Outcome): Promise<void> => {
    if (life.stopped) return;
    if (attempt.state !== 'sending') {
      messages.save(message);
      return;
    }
    if (outcome === 'accepted') {
      attempt.state = 'accepted';
      raiseStatus(message, 'sent');
    } else if (outcome === 'refused') {
      attempt.state = 'refused';
      attempt.endedAtMs = clock.epochMillis();
    } else {
      await takeBack(message, attempt);
    }
    messages.save(message);
    advance(message);
  };

  const heard: Delivery['heard'] = (message, attempt, evidence) => {
    if (evidence === 'lost') {
      if (attempt.state !== 'sending' && attempt.state !== 'accepted') return;
      attempt.state = 'refused';
      attempt.endedAtMs = clock.epochMillis();
      messages.save(message);
      advance(message);
      return;
    }
    const first = !message.attempts.some(({ state }) => state === 'delivered');
    attempt.state = 'delivered';
    attempt.endedAtMs ??= clock.epochMillis();
    if (first) message.channel = attempt.channel;
    raiseStatus(message, evidence);
    messages.save(message);
    const other = currentAttempt(message);
    if (other !== undefined && other !== attempt) work(message, () => takeBack(message, other));
    else advance(message);
  };

  return {
    take: (message) => {
      const person = people.byId(message.person);
      const current = currentAttempt(message);
      if (current?.state === 'sending') {
        // What no door was asked for has all its time before it; else its time goes on.
        if (!wasHanded(current)) current.endsAtMs = endOf(current.channel);
        send(message, current);
      }
      // Ask early, so that a fall-back need not wait for the answer.
      const unknown =
        person !== undefined &&
        policy.allowed[message.sensitivity].some((channel) => channel.startsWith('rcs')) &&
        knowledge.about(person).rcs?.says === 'unknown';
      if (unknown && learning !== null) {
        learning
          .ask(person)
          .catch((error: unknown) => deps.log(`capability unknown: ${nameOf(error)}`));
      }
      advance(message);
    },
    heard,
    wake: (person) => {
      for (const message of person === null ? messages.open() : messages.openOf(person)) {
        advance(message);
      }
    },
    leave: (person) => {
      for (const message of messages.openOf(person)) {
        rest(message);
        const current = currentAttempt(message);
        if (!isSettled(message)) message.status = 'failed';
        messages.save(message);
        if (current !== undefined) work(message, () => takeBack(message, current));
      }
    },
    stop: () => {
      life.stopped = true;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}

/** Errors are logged by their name and message, which never hold content. */
function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
