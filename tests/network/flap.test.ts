import { expect, test } from 'vitest';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { flapping } from '../../simulators/network/flap.ts';

const SECOND = 1_000_000;
const ledger = { fault: 'f', hits: () => true, touched: () => {} };

test('an outage comes and goes, begins at once, and ends wherever it is lifted', async () => {
  const clock = createVirtualClock();
  const said: string[] = [];
  const tell = (word: string) => said.push(`${clock.now() / SECOND} ${word}`);
  const flap = flapping(clock, () => {
    tell('down');
    return () => tell('up');
  });
  const lift = flap({ params: { down: 2 * SECOND, up: 3 * SECOND }, ledger });
  await clock.run(6 * SECOND);
  lift();
  await clock.run(20 * SECOND);
  expect(said).toEqual(['0 down', '2 up', '5 down', '6 up']);
});
