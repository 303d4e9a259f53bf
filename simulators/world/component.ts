import type { Ambient } from '../kernel/ambient.ts';
import type { Observer } from '../kernel/words.ts';
import type { Conditions } from '../network/conditions.ts';
import { createConditions } from '../network/door-conditions.ts';
import type { SteppedTap, Tap } from '../network/tap.ts';
import { createTap } from '../network/tap.ts';
import type { Listener } from '../network/wire.ts';
import type { Scanner } from '../protocol/canary/scanner.ts';

/** What every component of a world gets: its conditions and its tap. */
export interface ComponentKit {
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
}

export interface KitMaker {
  /** `refusable`: it has connections of its own (a door). */
  kit(component: string, observer: Observer, refusable: boolean): ComponentKit;
  tap(observer: Observer, where: string): Tap;
  /** Of a component whose kit was made; for one that goes by way of another. */
  conditionsOf(component: string): Conditions | undefined;
  /** All taps made, for calibration. */
  readonly taps: readonly Tap[];
}

export function createKits(
  ambient: Ambient,
  scanner: Scanner,
  dress: (component: string, conditions: Conditions) => Conditions = (_component, bare) => bare,
): KitMaker {
  const { clock, history, random, index } = ambient;
  const taps: Tap[] = [];
  const made = new Map<string, Conditions>();
  const tap = (observer: Observer, where: string): SteppedTap => {
    const own = createTap({ history, scanner, index }, observer, where);
    taps.push(own);
    return own;
  };
  return {
    taps,
    tap,
    conditionsOf: (component) => made.get(component),
    kit: (component, observer, refusable) => {
      const bare = createConditions({ component, clock, history, random, refusable });
      const conditions = dress(component, bare);
      made.set(component, conditions);
      history.append({ kind: 'component.changed', component, state: 'up', why: 'started' });
      return { conditions, tap: tap(observer, component) };
    },
  };
}

/** An outage that refuses breaks what is open, too. */
export function breakOnRefusal(conditions: Conditions, listener: Listener): void {
  conditions.onChange(() => {
    if (conditions.refusing) listener.dropConnections();
  });
}
