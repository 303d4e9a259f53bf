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

/** What the probe says when the first polls are answered so. */
async function polledFor(unreadPolls: number): Promise<unknown> {
  const clock = createVirtualClock();
  const random = createRandom(1);
  let polls = 0;
  const conversation: Conversation = {
    registerPerson: () => Promise.resolve(undefined),
    registerDevice: () => Promise.resolve(undefined),
    submit: ({ message }, told) =>
      told({ outcome: 'accepted', status: '202', id: message.id, body: '' }),
    status: (_message, _id, told) => {
      polls++;
      const raw = { raw: 'queued', word: 'queued', body: '{}' } as const;
      const unread = { detail: '200, and /state points at nothing', request: 'GET /m', body: '{}' };
      if (polls > unreadPolls) told(raw);
      else told(undefined, unread);
    },
    unknownOperation: () => Promise.resolve({ refused: true, detail: '404' }),
    quiesce: () => Promise.resolve(),
  };
  const done = probeHonesty({
    ambient: {
      clock,
      random,
      ids: createIds(random),
      history: createHistory(clock),
      index: createMessageIndex(),
    },
    conversation,
    claims: CLAIMS,
    told: () => undefined,
    recipient: {},
  }).catch((error: unknown) => error);
  clock.touch();
  const [said] = await Promise.all([done, clock.run(20_000_000)]);
  return said;
}

describe('the status of the first message', () => {
  it('has to be readable: what is never read is never judged', async () => {
    expect(await polledFor(Infinity)).toMatchObject({
      code: 'IMPLEMENTATION_TEMPLATE',
      blame: 'author',
      message: expect.stringContaining('/state points at nothing'),
    });
  });

  it('may take a moment', async () => {
    expect(await polledFor(3)).toBeUndefined();
  });
});

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
