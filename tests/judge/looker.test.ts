import { expect, test } from 'vitest';
import { Lookers } from '../../harness/judge/looker.ts';
import type { Looker } from '../../harness/judge/looker.ts';
import type { EventKind } from '../../simulators/kernel/events.ts';

function looking<K extends EventKind>(
  name: string,
  kinds: readonly K[],
  seen: string[],
): Looker<K> {
  return { kinds, observe: ({ kind, seq }) => void seen.push(`${name} ${kind} ${seq}`) };
}

test('an event comes to those who look at its kind, in the order in which they were added', () => {
  const seen: string[] = [];
  const lookers = new Lookers();
  lookers.add(looking('first', ['mls.lost', 'phase.began'], seen));
  lookers.add(looking('nobody', [], seen));
  lookers.add(looking('second', ['phase.began', 'harness.lag'], seen));
  const events = [
    { seq: 1, t: 0, kind: 'phase.began', phase: 'main' },
    { seq: 2, t: 5, kind: 'mls.lost', device: 'person/ana/device/1', groups: 1 },
    { seq: 3, t: 9, kind: 'stored', component: 'push/fcm', wire: 'fcm:1', held: 1 },
  ] as const;
  for (const event of events) {
    for (const looker of lookers.of(event.kind)) looker.observe(event as never);
  }
  expect(seen).toEqual(['first phase.began 1', 'second phase.began 1', 'first mls.lost 2']);
});
