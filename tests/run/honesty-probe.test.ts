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
    unknownOperation: () => Promise.resolve({ outcome: 'refused', detail: '404' }),
    quiesce: () => Promise.resolve(),
  };
  const done = probeHonesty({
    ambient: { clock, random, ids: createIds(random), history, index: createMessageIndex() },
    conversation,
    claims: CLAIMS,
    asksStatus: false,
    isOver: () => false,
    told: () => pushed,
    recipient: {},
  });
  clock.touch();
  await Promise.all([done, clock.run(120_000_000)]);
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
    unknownOperation: () => Promise.resolve({ outcome: 'refused', detail: '404' }),
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
    asksStatus: false,
    isOver: () => false,
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

describe('an answer that puts the question off', () => {
  const QUEUED: StatusReading = { raw: 'queued', word: 'queued', body: '{}' };
  const BUSY = { outcome: 'busy', definite: true, status: '503', body: '' } as const;
  const ALL = [
    'first-status-readable',
    'idempotency-key-honoured',
    'unknown-operation-refused',
    'unknown-recipient-not-delivered',
  ];

  interface Service {
    /** Until then every answer is a busy one. */
    readonly busyUntilMicros?: number;
    readonly busy?: SubmitResult;
    readonly status?: Conversation['status'];
    /** Nothing is ever said to a message to nobody but this. */
    readonly toStranger?: SubmitResult;
    readonly isOver?: boolean;
  }

  /** What is told, by probe; and when the last question was answered, in seconds. */
  async function asked(service: Service) {
    const clock = createVirtualClock();
    const history = createHistory(clock);
    const told: Record<string, 'held' | 'broken' | 'unanswered'> = {};
    history.subscribe((event) => {
      if (event.kind !== 'probe.result') return;
      told[event.probe] = event.unanswered ? 'unanswered' : event.held ? 'held' : 'broken';
    });
    const random = createRandom(1);
    const isBusy = (): boolean => clock.now() < (service.busyUntilMicros ?? 0);
    let seconds = 0;
    const later = { detail: '503', request: 'GET /m', body: '', later: true } as const;
    const conversation: Conversation = {
      registerPerson: () => Promise.resolve(undefined),
      registerDevice: () => Promise.resolve(undefined),
      submit: ({ message, recipient }, answer) => {
        seconds = clock.now() / 1e6;
        const toNobody = recipient['recipient.id'] === 'nobody';
        if (isBusy()) answer(service.busy ?? BUSY);
        else if (toNobody && service.toStranger !== undefined) answer(service.toStranger);
        else answer({ outcome: 'accepted', status: '202', id: message.id, body: '' });
      },
      status:
        service.status ??
        ((_message, _id, answer) => (isBusy() ? answer(undefined, later) : answer(QUEUED))),
      unknownOperation: () =>
        Promise.resolve(
          isBusy() ? { outcome: 'busy', detail: '503' } : { outcome: 'refused', detail: '404' },
        ),
      quiesce: () => Promise.resolve(),
    };
    const done = probeHonesty({
      ambient: { clock, random, ids: createIds(random), history, index: createMessageIndex() },
      conversation,
      claims: { ...CLAIMS, idempotency: true },
      asksStatus: true,
      isOver: () => service.isOver === true,
      told: () => undefined,
      recipient: { 'recipient.id': 'ana' },
    });
    clock.touch();
    await Promise.all([done, clock.run(120_000_000)]);
    return { told, seconds };
  }

  it('is asked again: whoever is busy for a moment is asked all of it', async () => {
    const { told, seconds } = await asked({ busyUntilMicros: 10_000_000 });
    expect(told).toEqual({
      'unknown-operation-refused': 'held',
      'unknown-recipient-not-delivered': 'held',
      'idempotency-key-honoured': 'held',
    });
    expect(seconds).toBeLessThan(20);
  });

  it('is taken at its word: nobody is asked before the time in Retry-After', async () => {
    const busy = { ...BUSY, retryAfterMicros: 20_000_000 };
    const { told, seconds } = await asked({ busyUntilMicros: 15_000_000, busy });
    expect(Object.values(told)).not.toContain('unanswered');
    expect(seconds).toBeGreaterThanOrEqual(20);
    expect(seconds).toBeLessThan(30);
  });

  it.each([
    BUSY,
    { outcome: 'no-answer', definite: false, status: 'ECONNRESET', body: '' },
    { outcome: 'refused', definite: false, status: '500', body: '' },
  ] as const)('and is never another counts for nothing: $status', async (busy) => {
    const { told, seconds } = await asked({ busyUntilMicros: Infinity, busy });
    expect(told).toEqual(Object.fromEntries(ALL.map((probe) => [probe, 'unanswered'])));
    expect(seconds).toBeLessThan(60);
  });

  it('is not asked again where nobody is there any more', async () => {
    const { told, seconds } = await asked({ busyUntilMicros: Infinity, isOver: true });
    expect(Object.values(told)).toEqual(ALL.map(() => 'unanswered'));
    expect(seconds).toBe(0);
  });

  it('to a stranger alone: busy says nothing, any other error is about the stranger', async () => {
    const probe = 'unknown-recipient-not-delivered';
    const { told } = await asked({ toStranger: BUSY });
    expect(told).toMatchObject({ [probe]: 'unanswered', 'idempotency-key-honoured': 'held' });
    const failed = { outcome: 'refused', definite: false, status: '502', body: '' } as const;
    expect((await asked({ toStranger: failed })).told).toMatchObject({ [probe]: 'held' });
  });

  it('of a poll is neither a template’s fault nor the word that nothing arrived', async () => {
    const { told } = await asked({ status: (_message, _id, answer) => answer(undefined) });
    expect(told).toMatchObject({
      'first-status-readable': 'unanswered',
      'unknown-recipient-not-delivered': 'unanswered',
    });
    const notFound = { detail: '404, and /state points at nothing', request: '', body: '' };
    const gone = await asked({
      status: (message, _id, answer) =>
        message === 'probe-1' ? answer(QUEUED) : answer(undefined, notFound),
    });
    expect(gone.told).toMatchObject({ 'unknown-recipient-not-delivered': 'held' });
  });
});
