/**
 * Store and forward of one SMS centre: a message waits for its phone, or for the centre's own
 * recovery, until its validity ends (3GPP TS 23.040 §3.2). Nothing is kept of what has ended.
 */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Directory, Handset } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { SmsEnd, SmsItem } from './sms-centre-item.ts';
import { RETRY_FIRST_MICROS, StoredSms } from './sms-centre-stored.ts';

export interface SmsStoreOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly directory: Directory;
  readonly conditions: Conditions;
}

export interface SmsStore {
  /**
   * Takes a message for one of this carrier's people. `passed`: the centre's door has met the
   * conditions for it already.
   */
  take(item: SmsItem, passed: boolean): void;
  /** True when it was still here; it then ends as `cancelled`. */
  cancel(wire: string): boolean;
  readonly size: number;
  /** Messages under way, not those that wait for a phone that is away. */
  unfinished(): string[];
}

const RETRY_LONGEST_MICROS = 60 * MICROS_PER_SECOND;

export function createSmsStore(options: SmsStoreOptions): SmsStore {
  const { path, ambient, directory, conditions } = options;
  const { clock, history } = ambient;
  const items = new Map<string, StoredSms>();
  /** Held back by the centre's own conditions, in order of arrival. */
  const held = new Set<StoredSms>();
  /** Waiting for a phone, by its path. */
  const waiting = new Map<string, Set<StoredSms>>();
  const watched = new Set<string>();

  const forget = (stored: StoredSms): void => {
    stored.over = true;
    // Nearly all are delivered at once, and stand in none of these.
    if (stored.expiry !== undefined) {
      stored.expiry.cancel();
      items.delete(stored.item.wire);
    }
    if (stored.retry !== undefined) {
      stored.retry.cancel();
      held.delete(stored);
    }
    if (stored.waitsFor === undefined) return;
    const set = waiting.get(stored.waitsFor);
    if (set?.delete(stored) === true && set.size === 0) waiting.delete(stored.waitsFor);
  };

  const end = (stored: StoredSms, how: SmsEnd): void => {
    if (stored.over) return;
    forget(stored);
    const { wire, person } = stored.item;
    if (how === 'expired') history.append({ kind: 'expired', wire, component: path, person });
    stored.item.ended(how);
  };

  const keep = (stored: StoredSms): void => {
    if (stored.stored) return;
    stored.stored = true;
    const { wire, person } = stored.item;
    history.append({ kind: 'stored', wire, component: path, person });
  };

  const drain = (handset: string): void => {
    const set = waiting.get(handset);
    waiting.delete(handset);
    for (const stored of set ?? []) attempt(stored);
  };

  const waitFor = (stored: StoredSms, handset: Handset): void => {
    if (stored.item.datagram === true) {
      end(stored, 'failed');
      return;
    }
    if (!stored.waited) {
      stored.waited = true;
      keep(stored);
      stored.item.waiting?.();
    }
    const set = waiting.get(handset.path) ?? new Set();
    waiting.set(handset.path, set.add(stored));
    stored.waitsFor = handset.path;
    // Handsets take listeners for good, so each gets one at most.
    if (watched.has(handset.path)) return;
    watched.add(handset.path);
    handset.onChange((change) => {
      if (change === 'reachable') drain(handset.path);
    });
  };

  const hold = (stored: StoredSms): void => {
    if (stored.item.datagram === true) {
      end(stored, 'failed');
      return;
    }
    keep(stored);
    held.add(stored);
    stored.retry?.cancel();
    stored.retry = clock.after(stored.retryMicros, () => {
      held.delete(stored);
      attempt(stored);
    });
    stored.retryMicros = Math.min(2 * stored.retryMicros, RETRY_LONGEST_MICROS);
  };

  const handOver = (stored: StoredSms): void => {
    if (stored.over || stored.handed) return;
    const { item } = stored;
    const handset = directory.byId(item.person)?.handsets[0];
    if (handset === undefined) {
      end(stored, 'failed');
      return;
    }
    if (!handset.reachable('sms')) {
      waitFor(stored, handset);
      return;
    }
    stored.handed = true;
    const { wire, parent, from, person, text, wapPush, message } = item;
    if (wapPush !== undefined) {
      if (handset.receiveWapPush === undefined) return end(stored, 'failed');
      const pushed = { wire, messages: wapPush };
      handset.receiveWapPush(message === undefined ? pushed : { ...pushed, message }, stored);
      return;
    }
    const content = { kind: 'text', text } as const;
    const brought = { wire, parent, bearer: 'sms', from, person, content } as const;
    handset.receive(message === undefined ? brought : { ...brought, message }, stored);
  };

  const attempt = (stored: StoredSms): void => {
    if (stored.over || stored.handed) return;
    if (stored.passed && conditions.state !== 'down') {
      handOver(stored);
      return;
    }
    const treatment = conditions.meet(stored.item.message, stored.item.wire);
    switch (treatment.kind) {
      case 'serve':
      // The other centre asks again after a lost answer, and the duplicate is dropped.
      case 'serve-then-drop-answer':
        stored.passed = true;
        if (treatment.delayMicros === 0) handOver(stored);
        else clock.after(treatment.delayMicros, () => handOver(stored));
        return;
      case 'answer-then-lose':
        forget(stored);
        history.append({ kind: 'lost', wire: stored.item.wire, component: path });
        return;
      case 'error':
      case 'throttle':
      case 'silence':
      case 'reset':
        hold(stored);
    }
  };

  conditions.onChange((state) => {
    if (state === 'down') return;
    const ready = [...held];
    held.clear();
    for (const stored of ready) {
      stored.retry?.cancel();
      stored.retryMicros = RETRY_FIRST_MICROS;
      attempt(stored);
    }
  });

  return {
    take: (item, passed) => {
      const stored = new StoredSms(item, passed, end);
      attempt(stored);
      // Most are delivered by now. One that only waits must not keep the world from coming to rest.
      if (stored.over) return;
      items.set(item.wire, stored);
      const left = Math.max(0, item.expiresAtMicros - clock.now());
      stored.expiry = clock.after(left, () => end(stored, 'expired'), { daemon: true });
    },
    cancel: (wire) => {
      const stored = items.get(wire);
      if (stored === undefined || stored.handed) return false;
      end(stored, 'cancelled');
      return true;
    },
    get size() {
      return items.size;
    },
    unfinished: () =>
      [...items.values()]
        .filter((stored) => stored.handed || held.has(stored))
        .map((stored) => `${path}: ${stored.item.wire}`),
  };
}
