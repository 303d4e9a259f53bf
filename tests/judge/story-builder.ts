import { createCase } from '../../harness/judge/case.ts';
import type {
  Claims,
  EventInput,
  EventOf,
  HistoryEvent,
  Meaning,
} from '../../simulators/kernel/events.ts';
import type { CellVerdict, RuleOutcome } from '../../simulators/kernel/finding.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { PushFacts } from '../../simulators/kernel/push-facts.ts';
import { OBSERVERS } from '../../simulators/kernel/words.ts';
import type { Channel, Observer, Sensitivity, StatusWord } from '../../simulators/kernel/words.ts';
import { CELL, SECOND } from './world-plan.ts';

export const CLAIMS: Claims = {
  channels: ['rcs-e2ee', 'rcs', 'secure-link', 'sms'],
  gateways: ['rbm'],
  sms: ['smpp'],
  push: ['fcm'],
  callbacks: ['rbm'],
  idempotency: true,
};

export const DEVICE = 'person/ana/device/1';
const DOORS: Partial<Record<Channel, string>> = {
  sms: 'carrier/northtel/sms',
  'app-push': 'push/fcm',
};

export interface StoryOptions {
  readonly cell?: Partial<Cell>;
  readonly claims?: Partial<Claims>;
  readonly wire?: 'memory' | 'sockets';
  readonly calibrate?: boolean;
}

interface DispatchOptions {
  readonly wire: string;
  /** Seconds until the answer was handed over. */
  readonly answeredAfter?: number;
  readonly outcome?: EventOf<'door.answered'>['outcome'];
  /** Is the message known from open content? Default: yes on rcs and sms. */
  readonly known?: boolean;
  readonly answered?: boolean;
  readonly device?: string;
  readonly person?: string;
  readonly component?: string;
  readonly disclosure?: boolean;
  readonly echoed?: string;
  readonly repeated?: boolean;
  readonly retryAfter?: number;
  readonly meaning?: readonly Meaning[];
  readonly push?: PushFacts;
}

/** Writes histories as one would tell them; times in seconds. */
export class Story {
  readonly events: HistoryEvent[] = [];
  #now = 0;
  #callbacks = 0;

  constructor(options: StoryOptions = {}) {
    this.add({
      kind: 'run.started',
      plan: { ...CELL, ...options.cell },
      implementation: {
        name: 'tested',
        version: '1',
        role: 'notifier',
        claims: { ...CLAIMS, ...options.claims },
      },
      wire: options.wire ?? 'memory',
    });
    if (options.calibrate !== false)
      for (const observer of OBSERVERS) this.calibrate(observer, true);
    this.add({ kind: 'implementation.started', instance: 1 });
    this.add({ kind: 'implementation.ready', instance: 1 });
  }

  /** Writes any event at the current time; returns its seq. */
  add(event: EventInput): number {
    const seq = this.events.length + 1;
    this.events.push({ seq, t: this.#now, ...event } as HistoryEvent);
    return seq;
  }

  at(seconds: number): this {
    this.#now = Math.round(seconds * SECOND);
    return this;
  }

  get now(): number {
    return this.#now;
  }

  calibrate(observer: Observer, found: boolean): this {
    const hit = found ? [{ canary: 'CALIBRATION0', as: 'plain' }] : [];
    this.add({
      kind: 'tap.scanned',
      observer,
      where: 'tap',
      bytes: 9,
      sha256: '',
      found: hit,
      calibration: true,
    });
    return this;
  }

  intend(message: string, sensitivity: Sensitivity = 'high', to = 'ana'): this {
    this.add({
      kind: 'message.intended',
      message,
      traffic: sensitivity,
      to,
      canary: `CANARY-${message}`,
    });
    return this;
  }

  submit(message: string, attempt = 1): this {
    this.add({ kind: 'message.submitted', message, attempt });
    return this;
  }

  answer(message: string, answer: Partial<EventOf<'message.answered'>> = {}): this {
    this.add({
      kind: 'message.answered',
      message,
      attempt: 1,
      outcome: 'accepted',
      definite: false,
      status: '202',
      id: `impl-${message}`,
      ...answer,
    } as EventInput);
    return this;
  }

  /** Intended, submitted and accepted at once. */
  accepted(message: string, sensitivity: Sensitivity = 'high', to = 'ana'): this {
    return this.intend(message, sensitivity, to).submit(message).answer(message);
  }

  dispatch(message: string, channel: Channel, options: DispatchOptions): this {
    const known = options.known ?? (channel === 'rcs' || channel === 'sms');
    const component = options.component ?? DOORS[channel] ?? 'gateway/rbm';
    const request = this.add({
      kind: 'door.request',
      component,
      operation: 'send',
      channel,
      wire: options.wire,
      person: options.person ?? 'ana',
      what: 'send',
      ...(known ? { message } : {}),
      ...(options.device === undefined ? {} : { device: options.device }),
      ...(options.disclosure === undefined ? {} : { disclosure: options.disclosure }),
      ...(options.echoed === undefined ? {} : { echoed: options.echoed }),
      ...(options.repeated === undefined ? {} : { repeated: options.repeated }),
      ...(options.push === undefined ? {} : { push: options.push }),
    });
    if (options.answered === false) return this;
    const outcome = options.outcome ?? 'accepted';
    const silent = outcome === 'silence' || outcome === 'reset' || outcome === 'answer-lost';
    this.add({
      kind: 'door.answered',
      request,
      outcome,
      status: outcome,
      handedAt: silent ? null : this.#now + (options.answeredAfter ?? 0) * SECOND,
      ...(options.retryAfter === undefined
        ? {}
        : { retryAfterMicros: options.retryAfter * SECOND }),
      ...(options.meaning === undefined ? {} : { meaning: options.meaning }),
    });
    return this;
  }

  /** A capability answer, or any other that carries a meaning. */
  learned(...meaning: Meaning[]): this {
    const request = this.add({
      kind: 'door.request',
      component: 'gateway/rbm',
      operation: 'capability',
      person: 'ana',
      what: 'GET capabilities',
    });
    this.add({
      kind: 'door.answered',
      request,
      outcome: 'accepted',
      status: '200',
      handedAt: this.#now,
      meaning,
    });
    return this;
  }

  carried(wire: string, parent: string, channel: Channel, to = 'carrier/northtel/rcs'): this {
    this.add({ kind: 'carried', wire, parent, from: 'gateway/rbm', to, channel });
    return this;
  }

  display(
    message: string | null,
    channel: Channel,
    wire: string,
    more: Partial<EventOf<'device.displayed'>> = {},
  ): this {
    this.add({
      kind: 'device.displayed',
      device: DEVICE,
      person: 'ana',
      wire,
      channel,
      padlock: channel === 'rcs-e2ee',
      disclosure: false,
      ...(message === null ? {} : { message }),
      ...more,
    } as EventInput);
    return this;
  }

  mark(
    kind: 'device.received' | 'device.notified' | 'device.read',
    wire: string,
    channel: Channel = 'rcs',
  ): this {
    this.add({ kind, device: DEVICE, person: 'ana', wire, channel } as EventInput);
    return this;
  }

  revoke(wire: string): this {
    this.add({
      kind: 'door.request',
      component: 'gateway/rbm',
      operation: 'revoke',
      wire,
      person: 'ana',
      what: 'DELETE',
    });
    return this;
  }

  told(
    wire: string,
    event: string,
    implies: StatusWord | null,
    more: Partial<EventOf<'callback.sent'>> = {},
  ): this {
    const callback = `cb-${++this.#callbacks}`;
    this.add({
      kind: 'callback.sent',
      callback,
      component: 'gateway/rbm',
      event,
      wire,
      attempt: 1,
      ...(implies === null ? {} : { implies }),
      ...more,
    });
    this.add({
      kind: 'callback.answered',
      callback,
      attempt: 1,
      outcome: 'accepted',
      status: '200',
      handedAt: this.#now,
    });
    return this;
  }

  status(message: string, word: StatusWord, more: Partial<EventOf<'status.seen'>> = {}): this {
    this.add({
      kind: 'status.seen',
      message,
      raw: word,
      word,
      by: 'poll',
      final: true,
      ...more,
    } as EventInput);
    return this;
  }

  /** At the end it answered, and no status stood in that. */
  unread(message: string, detail: string): this {
    this.add({ kind: 'status.unread', message, detail });
    return this;
  }

  component(component: string, state: 'up' | 'degraded' | 'down'): this {
    this.add({ kind: 'component.changed', component, state, why: 'test' });
    return this;
  }

  device(
    change: EventOf<'device.changed'>['change'],
    state: 'up' | 'down',
    channels: readonly Channel[],
    device = DEVICE,
  ): this {
    this.add({ kind: 'device.changed', device, person: 'ana', state, change, channels });
    return this;
  }

  tap(observer: Observer, message: string, more: Partial<EventOf<'tap.scanned'>> = {}): this {
    this.add({
      kind: 'tap.scanned',
      observer,
      where: observer,
      bytes: 100,
      sha256: 'ab',
      found: [{ canary: `CANARY-${message}`, as: 'plain' }],
      ...more,
    } as EventInput);
    return this;
  }

  fault(step: 'applied' | 'lifted', fault: string, entry = 'outage', target = 'gateway/rbm'): this {
    this.add({ kind: `fault.${step}`, fault, entry, target });
    return this;
  }

  touched(fault: string): this {
    this.add({ kind: 'fault.touched', fault, did: 'refused' });
    return this;
  }

  end(seconds: number, outcome: EventOf<'cell.ended'>['outcome'] = 'completed'): this {
    this.at(seconds).add({ kind: 'cell.ended', outcome, unfinished: [] });
    return this;
  }

  /** Judges the frozen history. */
  verdict(): CellVerdict {
    const judged = createCase();
    for (const event of this.events) judged.observe(deepFreeze(event));
    return judged.verdict();
  }

  rule(name: string): RuleOutcome {
    const found = this.verdict().rules.find((outcome) => outcome.rule === name);
    if (found === undefined) throw new Error(`no rule ${name}`);
    return found;
  }

  /** Sentences of a rule's findings. */
  found(name: string): string[] {
    return this.rule(name).findings.map((finding) => finding.sentence);
  }

  /** All rules with a must finding. */
  guilty(): string[] {
    return this.verdict()
      .rules.filter((outcome) => outcome.findings.some((finding) => finding.level === 'must'))
      .map((outcome) => outcome.rule);
  }
}

export function story(options: StoryOptions = {}): Story {
  return new Story(options);
}

export function unavailable(
  channels: readonly Channel[],
  holds: Meaning['holds'],
  person = 'ana',
): Meaning {
  return { channels, scope: { person }, says: 'unavailable', holds };
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
