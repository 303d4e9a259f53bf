/**
 * How long a centre bears with a connection (SMPP 3.4 §7.2): without a bind, without a word, or
 * with an enquire_link unanswered. All of it by the carrier's profile; nothing by default.
 */
import type { Clock, Timer } from '../kernel/clock.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { SmppPlan } from '../kernel/plan.ts';
import type { SmppSession } from '../protocol/smpp/session.ts';

/** response_timer for enquire_link and unbind of the centre. */
const RESPONSE_MICROS = 10 * MICROS_PER_SECOND;

export interface SessionTimers {
  /** The ESME was heard. */
  heard(): void;
  bound(): void;
  stop(): void;
}

const NONE: SessionTimers = { heard: () => {}, bound: () => {}, stop: () => {} };

export interface SessionTimersOptions {
  readonly clock: Clock;
  readonly smpp: SmppPlan | undefined;
  readonly session: SmppSession;
  /** The centre gives up: told before it breaks the connection. */
  gaveUp(why: string): void;
}

export function createSessionTimers(options: SessionTimersOptions): SessionTimers {
  const { clock, smpp, session, gaveUp } = options;
  const initMicros = smpp?.sessionInitMicros ?? null;
  const inactivityMicros = smpp?.inactivityMicros ?? null;
  const enquireMicros = smpp?.enquireLinkMicros ?? null;
  if (initMicros === null && inactivityMicros === null && enquireMicros === null) return NONE;

  const timers = new Map<'init' | 'inactivity' | 'enquire' | 'response', Timer>();
  let lastHeard = clock.now();
  let isBound = false;

  const set = (
    name: 'init' | 'inactivity' | 'enquire' | 'response',
    micros: number,
    task: () => void,
  ): void => {
    timers.get(name)?.cancel();
    timers.set(name, clock.after(micros, task, { daemon: true }));
  };
  const stop = (): void => {
    for (const timer of timers.values()) timer.cancel();
    timers.clear();
  };
  const breakOff = (why: string): void => {
    stop();
    if (!session.open) return;
    gaveUp(why);
    session.destroy();
  };

  /** Looks again when it would be due by what was heard last: no timer is moved for each PDU. */
  const watch = (name: 'inactivity' | 'enquire', micros: number, due: () => void): void => {
    const look = (): void => {
      const left = lastHeard + micros - clock.now();
      if (left <= 0) due();
      else set(name, left, look);
    };
    set(name, micros, look);
  };

  const enquire = (micros: number): void => {
    watch('enquire', micros, () => {
      set('response', RESPONSE_MICROS, () => breakOff('enquire_link was not answered'));
      session.request('enquire_link', {}, [], () => {
        timers.get('response')?.cancel();
        if (!session.open) return;
        lastHeard = Math.max(lastHeard, clock.now());
        enquire(micros);
      });
    });
  };

  const beginBound = (): void => {
    timers.get('init')?.cancel();
    if (enquireMicros !== null) enquire(enquireMicros);
    if (inactivityMicros === null) return;
    watch('inactivity', inactivityMicros, () => {
      set('response', RESPONSE_MICROS, () => breakOff('unbind was not answered'));
      gaveUp('inactivity_timer');
      session.request('unbind', {}, [], () => {
        stop();
        session.end();
      });
    });
  };

  if (initMicros !== null) set('init', initMicros, () => breakOff('session_init_timer'));
  return {
    heard: () => {
      lastHeard = clock.now();
    },
    bound: () => {
      if (isBound) return;
      isBound = true;
      beginBound();
    },
    stop,
  };
}
