import { describe, expect, it } from 'vitest';
import type {
  Conversation,
  StatusReading,
  SubmitResult,
} from '../../harness/implementation/interface.ts';
import { probeHonesty } from '../../harness/run/probe.ts';
import type { EventOf } from '../../simulators/kernel/events.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';

const DELIVERED: StatusReading = { raw: '1', word: 'delivered', body: '1' };
const CLAIMS = {
  channels: [],
  gateways: [],
  sms: [],
  push: [],
  callbacks: [],
  idempotency: false,
} as const;

/** What the probe tells of an implementation that takes everything. */
async function probed(
  polled: StatusReading | undefined,
  pushed: StatusReading | undefined,
  first?: SubmitResult,
): Promise<Record<string, boolean>> {
  const clock = createVirtualClock();
  const history = createHistory(clock);
  const results: EventOf<'probe.result'>[] = [];
  history.subscribe((event) => {
    if (event.kind === 'probe.result') results.push(event);
  });
  const random = createRandom(1);
  const conversation: Conversation = {
    registerPerson: () => Promise.resolve(undefined),
    registerDevice: () => Promise.resolve(undefined),
    submit: ({ message }, told) =>
      told(first ?? { outcome: 'accepted', status: '202', id: message.id, body: '' }),
    status: (_message, _id, told) => told(polled),
    unknownOperation: () => Promise.resolve({ refused: true, detail: '404' }),
    quiesce: () => Promise.resolve(),
  };
  const done = probeHonesty({
    ambient: { clock, random, ids: createIds(random), history, index: createMessageIndex() },
    conversation,
    claims: CLAIMS,
    told: () => pushed,
    recipient: {},
  });
  clock.touch();
  await Promise.all([done, clock.run(10_000_000)]);
  return Object.fromEntries(results.map(({ probe, held }) => [probe, held]));
}

describe('a message to nobody', () => {
  it('may not be told as delivered, neither when asked nor by push', async () => {
    const probe = 'unknown-recipient-not-delivered';
    expect(await probed(DELIVERED, undefined)).toMatchObject({ [probe]: false });
    expect(await probed(undefined, DELIVERED)).toMatchObject({ [probe]: false });
    expect(await probed(undefined, undefined)).toMatchObject({ [probe]: true });
  });
});

describe('an unusable template', () => {
  it.each(['404', '201', '200 without an id', '302'])(
    'stops the run when the first message is answered %s',
    async (status) => {
      const refused = { outcome: 'refused', definite: true, status, body: '{}' } as const;
      await expect(probed(undefined, undefined, refused)).rejects.toMatchObject({
        code: 'IMPLEMENTATION_TEMPLATE',
        blame: 'author',
      });
    },
  );

  it('is not what a 5xx or a busy answer shows', async () => {
    for (const [outcome, status] of [
      ['refused', '500'],
      ['busy', '429'],
    ] as const) {
      const first = { outcome, definite: false, status, body: '' } as const;
      expect(await probed(undefined, undefined, first)).not.toEqual({});
    }
  });
});
