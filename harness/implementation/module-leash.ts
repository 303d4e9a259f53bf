/**
 * Everything an in-process implementation holds goes through its leash, so that a kill takes its
 * ports away at one instant (nothing of it runs any more) and a pause holds them.
 */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../simulators/kernel/clock.ts';
import { InOrder } from '../../simulators/kernel/in-order.ts';
import type { InLine } from '../../simulators/kernel/in-order.ts';
import type { ModuleStore } from './module-ports.ts';
import type { Exchange } from '../../simulators/network/wire.ts';

export interface Leash {
  readonly alive: boolean;
  /** Runs code of the module now, after the pause, or never. */
  enter(task: () => void): void;
  timer(delayMicros: number, task: () => void, daemon: boolean): Timer;
  /** The call's outcome reaches the module only while it lives and runs. */
  promise<T>(call: () => Promise<T>): Promise<T>;
  stream(stream: Duplex): Duplex;
  guardStore(store: ModuleStore): ModuleStore;
  /** A request that the module serves: a kill resets it, a pause delays it. */
  hold(serve: () => Exchange | Promise<Exchange>): Exchange | Promise<Exchange>;
  pause(): void;
  resume(): void;
  cut(): void;
}

/** A request that is answered later. */
class Serving implements InLine<Serving> {
  readonly tell: (exchange: Exchange) => void;
  before: Serving | undefined;
  after: Serving | undefined;

  constructor(tell: (exchange: Exchange) => void) {
    this.tell = tell;
  }
}

const RESET: Exchange = Object.freeze({ kind: 'reset' });

export function createLeash(clock: Clock, crashed: (error: unknown) => void): Leash {
  const timers = new Set<Timer>();
  const streams = new Set<Duplex>();
  /** Streams that a pause has stopped in their flow. */
  const held = new Set<Duplex>();
  /** Requests that are still to be answered. */
  const serving = new InOrder<Serving>();
  let alive = true;
  const isAlive = (): boolean => alive;
  let paused: (() => void)[] | undefined;

  const enter = (task: () => void): void => {
    if (!alive) return;
    if (paused !== undefined) {
      paused.push(task);
      return;
    }
    clock.touch();
    try {
      task();
    } catch (error) {
      crashed(error);
    }
  };

  /** A request that is answered later; a cut resets it meanwhile. */
  const served = (begin: (tell: (exchange: Exchange) => void) => void): Promise<Exchange> =>
    new Promise((resolve) => {
      const tell = (exchange: Exchange): void => {
        serving.delete(one);
        clock.touch();
        resolve(exchange);
      };
      const one = new Serving(tell);
      serving.add(one);
      begin(tell);
    });

  const follow = (
    answer: Exchange | Promise<Exchange>,
    tell: (exchange: Exchange) => void,
  ): void => {
    if (!(answer instanceof Promise)) {
      tell(answer);
      return;
    }
    answer.then(
      (exchange) => enter(() => tell(exchange)),
      (error: unknown) => {
        if (alive) crashed(error);
      },
    );
  };

  return {
    get alive() {
      return alive;
    },
    enter,
    timer: (delayMicros, task, daemon) => {
      if (!alive) return { cancel: () => {} };
      const timer = clock.after(
        delayMicros,
        () => {
          timers.delete(timer);
          enter(task);
        },
        { daemon },
      );
      timers.add(timer);
      return {
        cancel: () => {
          timers.delete(timer);
          timer.cancel();
        },
      };
    },
    promise: (call) => {
      if (!alive) return new Promise(() => {});
      return new Promise((resolve, reject) => {
        call().then(
          (value) => enter(() => resolve(value)),
          (error: unknown) => enter(() => reject(error as Error)),
        );
      });
    },
    stream: (stream) => {
      if (!alive) stream.destroy();
      if (paused !== undefined) stream.pause();
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      return stream;
    },
    guardStore: (store) => ({
      get: (key) => store.get(key),
      keys: (prefix) => store.keys(prefix),
      set: (key, value) => {
        if (alive) store.set(key, value);
      },
      delete: (key) => {
        if (alive) store.delete(key);
      },
    }),
    hold: (serve) => {
      if (!alive) return RESET;
      if (paused !== undefined) return served((tell) => enter(() => follow(serve(), tell)));
      clock.touch();
      try {
        const answer = serve();
        if (!(answer instanceof Promise)) return answer;
        // Who ends while it begins to answer was cut before it was waited for.
        return isAlive() ? served((tell) => follow(answer, tell)) : RESET;
      } catch (error) {
        crashed(error);
        return RESET;
      }
    },
    pause: () => {
      if (paused !== undefined) return;
      paused = [];
      // Bytes that arrive meanwhile wait where they are.
      for (const stream of streams) {
        if (stream.readableFlowing !== true) continue;
        stream.pause();
        held.add(stream);
      }
    },
    resume: () => {
      const waiting = paused ?? [];
      paused = undefined;
      for (const task of waiting) enter(task);
      clock.touch();
      for (const stream of held) if (streams.has(stream)) stream.resume();
      held.clear();
    },
    cut: () => {
      alive = false;
      paused = undefined;
      for (const timer of timers) timer.cancel();
      timers.clear();
      for (const stream of streams) {
        // A dead program is told nothing; the other end sees the connection break.
        stream.removeAllListeners();
        stream.on('error', () => {});
        stream.destroy();
      }
      streams.clear();
      held.clear();
      for (let one = serving.first; one !== undefined; one = serving.first) one.tell(RESET);
    },
  };
}
