import { expect, test } from 'vitest';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { createWorld } from '../../simulators/world.ts';
import { carrier, cellOf, people } from './stage.ts';

test('a picture of a mebibyte goes by MMS over real sockets', { timeout: 30_000 }, async () => {
  const clock = createWallClock();
  const random = createRandom(3);
  const history = createHistory(clock);
  const shown = Promise.withResolvers<HistoryEvent>();
  history.subscribe((event) => {
    if (event.kind === 'attachment.displayed') shown.resolve(event);
  });
  const ids = createIds(random.fork('ids'));
  const ambient = { clock, random, history, ids, index: createMessageIndex() };
  const network = createSocketNetwork({ clock });
  const mms = { maxBytes: 1_048_576, delayMicros: [1_000, 2_000] } as const;
  const carriers = ['northtel', 'southcell'].map((name) => carrier(name, { rcs: false, mms }));
  const cell = cellOf({ people: people(), carriers, gateways: [] }, { worldCheck: true });
  const world = await createWorld({ cell, people: peopleOf(cell), ambient, network });
  const content = Buffer.alloc(1_000_000, 7).toString('base64');
  const attachment = { name: 'a.jpg', type: 'image/jpeg', content };
  expect(world.send('ana', 'ben', { id: 'chat-1', text: 'Look', attachment })).toBe('mms');
  expect(await shown.promise).toMatchObject({ person: 'ben', bytes: 1_000_000 });
  await world.stop();
  await network.close();
});
