import type { Ambient } from '../../kernel/ambient.ts';
import type { Timer } from '../../kernel/clock.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { FaultLedger, Lift, Verb } from '../../kernel/target.ts';
import { delayDistribution, drawDelay } from '../../network/delay.ts';
import { forge } from './callback-forgery.ts';
import type { Extra } from './callback-forgery.ts';
import type { Callback, CallbackAddress, CallbackScheme, Posted } from './callback-scheme.ts';

export type { Extra } from './callback-forgery.ts';

/** What faults decided about one callback when it arose. */
export interface Fate<N> {
  /** The fault that swallows it; empty: none. */
  dropped: string;
  delayMicros: number;
  /** The next one passes it. */
  overtaken: boolean;
  /** The key that it is signed with, where that is not the account's present one. */
  key: string | undefined;
  /** What follows once it was taken. */
  readonly later: ((callback: Callback<N>, posted: Posted, to: CallbackAddress) => void)[];
}

export interface CallbackFaultsOptions<N> {
  readonly ambient: Ambient;
  readonly component: string;
  readonly scheme: CallbackScheme<N>;
  readonly keys: {
    readonly current: () => string;
    readonly next: string;
    readonly foreign: string;
  };
  /** The new key is the account's from now on. */
  readonly rotated: (key: string) => void;
  readonly post: (extra: Extra) => void;
  /** Callbacks that are held back now: +1, −1. */
  readonly held: (change: 1 | -1) => void;
}

export interface CallbackFaults<N> {
  /** Whether `meet` has to be asked at all. */
  readonly active: boolean;
  /** Decides about a callback that has just arisen, and posts what comes before it. */
  meet(
    callback: Callback<N>,
    to: CallbackAddress,
    facts: { readonly id: string; readonly createdMillis: number },
  ): Fate<N>;
  /** Lets it go now, or later. */
  hold(fate: Fate<N>, go: () => void): void;
  taken(callback: Callback<N>, fate: Fate<N>, posted: Posted, to: CallbackAddress): void;
  readonly verbs: Readonly<Record<string, Verb>>;
}

interface Meeting<N> {
  readonly callback: Callback<N>;
  readonly to: CallbackAddress;
  readonly facts: { readonly id: string; readonly createdMillis: number };
  readonly fate: Fate<N>;
  readonly touched: (did: string) => void;
}

/** Longest that a callback waits to be overtaken. */
const OVERTAKEN_MICROS = 30 * MICROS_PER_SECOND;

function numberOf(params: Readonly<Record<string, unknown>>, name: string): number {
  const value = params[name];
  return typeof value === 'number' ? value : 0;
}

/**
 * What faults do to a gateway's callbacks. What the vendor means is delayed, doubled, dropped or
 * overtaken; what an attacker means comes in addition, just before the true one, so that a program
 * that refuses it loses nothing.
 */
export function createCallbackFaults<N>(options: CallbackFaultsOptions<N>): CallbackFaults<N> {
  const { ambient, component, scheme, keys } = options;
  const { clock, ids } = ambient;
  const random = ambient.random.fork(`callbacks/${component}`);
  type Acting = (meeting: Meeting<N>) => void;
  let acting: readonly { readonly ledger: FaultLedger; readonly act: Acting }[] = [];
  let other = keys.next;
  let overtaken: { readonly go: () => void; readonly timer: Timer } | undefined;

  const start = (ledger: FaultLedger, act: Acting): Lift => {
    const one = { ledger, act };
    acting = [...acting, one];
    return () => {
      acting = acting.filter((each) => each !== one);
    };
  };

  /** A verb that acts on each callback that its selection hits. */
  const each =
    (act: (meeting: Meeting<N>, params: Readonly<Record<string, unknown>>) => void): Verb =>
    ({ params, ledger }) =>
      start(ledger, (meeting) => act(meeting, params));

  const forging = (forgery: Parameters<typeof forge>[0], did: string): Verb =>
    each(({ callback, to, facts, touched }, params) => {
      const extra = forge(forgery, scheme, callback, to, {
        ...facts,
        attempt: 1,
        nowMillis: clock.epochMillis(),
        nowMicros: clock.now(),
        key: keys.current(),
        foreignKey: keys.foreign,
        hex: ids.hex,
        ageMillis: numberOf(params, 'age') / MICROS_PER_MILLI,
        bytes: numberOf(params, 'bytes'),
      });
      if (extra === undefined) return;
      touched(did);
      options.post(extra);
    });

  const later = (micros: number, extra: Extra): void => {
    options.held(1);
    clock.after(micros, () => {
      options.held(-1);
      options.post(extra);
    });
  };

  /** The bytes that were taken, once more. */
  const repeating = (
    forgery: 'replayed' | undefined,
    did: string,
    times: (params: Readonly<Record<string, unknown>>) => number,
  ): Verb =>
    each(({ fate, touched }, params) => {
      touched(did);
      fate.later.push(({ event, wire, person, device, implies, takenAgain }, posted, to) => {
        const dated = forgery !== undefined && scheme.dated;
        const sent: Extra['sent'] = {
          event,
          ...(forgery === undefined ? { again: true } : { forgery }),
          ...(dated ? { signedAt: clock.now() } : {}),
          ...(implies === undefined ? {} : { pretends: implies }),
          ...(wire === undefined ? {} : { wire }),
          ...(person === undefined ? {} : { person }),
          ...(device === undefined ? {} : { device }),
        };
        // Who sends a recording gets the answer himself: the vendor does not hear it.
        const heard =
          forgery === undefined && takenAgain !== undefined ? { taken: takenAgain } : {};
        for (let time = 0; time < times(params); time++) {
          later((time + 1) * numberOf(params, 'pause'), { sent, posted, to, ...heard });
        }
      });
    });

  const rotate: Verb = ({ ledger }) => {
    const fresh = other;
    const old = keys.current();
    const end = start(ledger, ({ fate, touched }) => {
      touched('signed it with the new key');
      fate.key = fresh;
    });
    return () => {
      end();
      other = old;
      options.rotated(fresh);
    };
  };

  const verbs: Readonly<Record<string, Verb>> = {
    drop: each(({ fate, touched, callback }) => {
      touched(`dropped the callback ${callback.event}`);
      fate.dropped = 'callback';
    }),
    delay: each(({ fate, touched }, params) => {
      const micros = drawDelay(delayDistribution(params['by']), random);
      touched(`delayed the callback by ${Math.round(micros / MICROS_PER_MILLI)} ms`);
      fate.delayMicros += micros;
    }),
    duplicate: repeating(undefined, 'sent the callback more than once', (params) =>
      numberOf(params, 'times'),
    ),
    reorder: each(({ fate, touched }) => {
      // One is held at a time: the next one passes it.
      if (overtaken !== undefined) return;
      touched('let the next callback pass first');
      fate.overtaken = true;
    }),
    replay: repeating('replayed', 'sends the callback again later', () => 1),
    forge: forging('forged', 'forged a callback'),
    'wrong-key': forging('wrong-key', 'signed a forged callback with another key'),
    tamper: forging('tampered', 'changed a signed callback'),
    unsigned: forging('unsigned', 'sent an unsigned callback'),
    stale: forging('stale', 'sent a callback signed long ago'),
    malformed: forging('malformed', 'sent a callback whose body is cut'),
    oversize: forging('oversize', 'sent a callback far too large'),
    'rotate-signing-key': rotate,
  };

  return {
    get active() {
      return acting.length > 0 || overtaken !== undefined;
    },
    meet: (callback, to, facts) => {
      const fate: Fate<N> = {
        dropped: '',
        delayMicros: 0,
        overtaken: false,
        key: undefined,
        later: [],
      };
      for (const { ledger, act } of acting) {
        if (!ledger.hits(callback.message)) continue;
        const touched = (did: string): void => ledger.touched(did, callback.message, callback.wire);
        act({ callback, to, facts, fate, touched });
        if (fate.dropped !== '') {
          fate.dropped = ledger.fault;
          break;
        }
      }
      return fate;
    },
    hold: (fate, go) => {
      if (fate.overtaken) {
        options.held(1);
        const release = (): void => {
          if (overtaken?.go !== release) return;
          overtaken.timer.cancel();
          overtaken = undefined;
          options.held(-1);
          go();
        };
        overtaken = { go: release, timer: clock.after(OVERTAKEN_MICROS, release) };
        return;
      }
      const waiting = overtaken;
      const leave = (): void => {
        go();
        waiting?.go();
      };
      if (fate.delayMicros === 0) {
        leave();
        return;
      }
      options.held(1);
      clock.after(fate.delayMicros, () => {
        options.held(-1);
        leave();
      });
    },
    taken: (callback, fate, posted, to) => {
      for (const task of fate.later) task(callback, posted, to);
    },
    verbs,
  };
}
