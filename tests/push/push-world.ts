import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Clock } from '../../simulators/kernel/clock.ts';
import type { FaultLedger } from '../../simulators/kernel/target.ts';
import type { PushDelivery, PushHandset } from '../../simulators/network/bearer.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createConditions } from '../../simulators/network/door-conditions.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

/** A phone that only remembers what it was given. */
class FakePhone implements PushHandset {
  readonly path = 'person/ana/device/1';
  readonly person = 'ana';
  readonly delayMicros: readonly [number, number] = [50_000, 150_000];
  readonly token: string;
  readonly received: PushDelivery[] = [];
  readonly #listeners: (() => void)[] = [];
  #state: 'online' | 'offline' | 'unregistered' = 'online';

  constructor(token: string) {
    this.token = token;
  }

  state(): 'online' | 'offline' | 'unregistered' {
    return this.#state;
  }

  become(state: 'online' | 'offline' | 'unregistered'): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  receive(push: PushDelivery): void {
    this.received.push(push);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

/** All that a push service needs, with one phone per token. */
export function pushWorld(clock: Clock, component: string, tokens: readonly string[]) {
  const random = createRandom(7);
  const history = createHistory(clock);
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const index = createMessageIndex();
  const ambient = { clock, random, ids: createIds(random.fork('ids')), history, index };
  const conditions = createConditions({ component, clock, history, random });
  const tap = createTap({ history, scanner: createScanner(), index }, 'push', component);
  const phones = new Map(tokens.map((token) => [token, new FakePhone(token)]));
  const canary = createCanary(random.fork('canary'));
  index.add({ message: 'alerts-1', traffic: 'alerts', person: 'ana', canary });
  const arm = (verb: string, params: Record<string, unknown> = {}): (() => void) => {
    const ledger: FaultLedger = { fault: verb, hits: () => true, touched: () => {} };
    return conditions.verbs[verb]!({ params, ledger });
  };
  const kinds = (): string[] => events.map((event) => event.kind);
  const answers = () => events.filter((event) => event.kind === 'door.answered');
  const requests = () => events.filter((event) => event.kind === 'door.request');
  return { ambient, conditions, tap, phones, canary, events, arm, kinds, answers, requests };
}
