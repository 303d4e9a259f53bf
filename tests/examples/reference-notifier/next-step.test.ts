import { describe, expect, test } from 'vitest';
import { nextStep } from '../../../examples/reference-notifier/delivery/next-step.ts';
import type { Beliefs } from '../../../examples/reference-notifier/delivery/next-step.ts';
import type { Attempt, Channel, Message } from '../../../examples/reference-notifier/message.ts';
import type { Policy } from '../../../examples/reference-notifier/policy.ts';

const EVERY: Channel[] = ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'];

const policy: Policy = {
  preference: EVERY,
  allowed: { low: EVERY, medium: EVERY, high: ['app-push', 'rcs-e2ee', 'secure-link'] },
  disclosure: { text: 'Sent unencrypted.', on: { low: [], medium: ['rcs', 'sms'], high: [] } },
  attemptTimeoutMs: { 'app-push': 10_000, 'rcs-e2ee': 15_000, rcs: 15_000, 'secure-link': 20_000 },
  capabilityAgeMs: 86_400_000,
  backOffMs: 60_000,
  deadlineMs: { low: 600_000, medium: 120_000, high: 60_000 },
  attachmentUrlSeconds: 900,
  archives: false,
  gatewayMayRead: [],
  patienceMs: 1_200,
};

const free = { says: 'available', untilMs: 0 } as const;
const never = { says: 'unavailable', untilMs: Number.POSITIVE_INFINITY } as const;
const all: Beliefs = Object.fromEntries(EVERY.map((channel) => [channel, free]));
const noApp: Beliefs = { ...all, 'app-push': never };

function message(sensitivity: Message['sensitivity'], attempts: Attempt[] = []): Message {
  return {
    id: 'm',
    person: 'ana',
    kind: 'alert',
    sensitivity,
    sealedText: '',
    createdAtMs: 0,
    expiresAtMs: 180_000,
    status: attempts.length > 0 ? 'sent' : 'queued',
    channel: null,
    attempts,
  };
}

function attempt(channel: Channel, state: Attempt['state'], startedAtMs: number): Attempt {
  const limitMs = policy.attemptTimeoutMs[channel];
  const over = state === 'refused' || state === 'withdrawn';
  return {
    channel,
    wires: [],
    state,
    startedAtMs,
    endsAtMs: limitMs === undefined ? null : startedAtMs + limitMs,
    endedAtMs: over ? startedAtMs : null,
  };
}

describe('the best allowed channel is tried first', () => {
  test('the policy’s preference decides when everything is available', () => {
    expect(nextStep(message('low'), all, policy, 0)).toMatchObject({
      kind: 'try',
      channel: 'app-push',
      takeBack: null,
    });
  });

  test('high sensitivity passes rcs and sms over, whatever happens', () => {
    const failed = ['app-push', 'rcs-e2ee', 'secure-link'] as const;
    const tried = failed.map((channel) => attempt(channel, 'refused', 0));
    const step = nextStep(message('high', tried), all, policy, 0);
    expect(step).toEqual({ kind: 'wait', untilMs: 5_000 });
    const first = nextStep(message('high'), { rcs: free, sms: free }, policy, 0);
    expect(first).toEqual({ kind: 'give-up' });
  });

  test('a channel that is not configured does not exist', () => {
    expect(nextStep(message('low'), { sms: free }, policy, 0)).toMatchObject({ channel: 'sms' });
  });

  test('what a phone can do is asked before it is assumed', () => {
    const unknown: Beliefs = { ...noApp, 'rcs-e2ee': { says: 'unknown', untilMs: 0 } };
    expect(nextStep(message('low'), unknown, policy, 0)).toEqual({ kind: 'learn' });
  });
});

describe('an attempt keeps its time', () => {
  test('nothing else starts before the attempt’s time is over', () => {
    const trying = message('low', [attempt('rcs-e2ee', 'accepted', 0)]);
    expect(nextStep(trying, noApp, policy, 14_999)).toEqual({ kind: 'wait', untilMs: 15_000 });
  });

  test('then the earlier copy is taken back and the next channel is tried', () => {
    const current = attempt('rcs-e2ee', 'accepted', 0);
    const step = nextStep(message('low', [current]), noApp, policy, 15_000);
    expect(step).toEqual({ kind: 'try', channel: 'rcs', takeBack: current });
  });

  test('a refusal needs no waiting', () => {
    const step = nextStep(message('low', [attempt('rcs-e2ee', 'refused', 0)]), noApp, policy, 1);
    expect(step).toEqual({ kind: 'try', channel: 'rcs', takeBack: null });
  });

  test('a device that has just fetched the content gets a moment to show it', () => {
    const fetched = { ...attempt('app-push', 'accepted', 0), fetchedAtMs: 9_500 };
    const step = nextStep(message('low', [fetched]), all, policy, 10_000);
    expect(step).toEqual({ kind: 'wait', untilMs: 10_700 });
  });

  test('a channel without a time limit is left alone', () => {
    const sms = message('low', [attempt('sms', 'accepted', 0)]);
    expect(nextStep(sms, all, policy, 1_000_000)).toEqual({ kind: 'rest' });
  });
});

describe('what is known is used', () => {
  test('a gateway that is busy for long is passed over', () => {
    const busy = { says: 'busy', untilMs: 60_000 } as const;
    const step = nextStep(message('low'), { ...noApp, 'rcs-e2ee': busy, rcs: busy }, policy, 0);
    expect(step).toMatchObject({ kind: 'try', channel: 'secure-link' });
  });

  test('a short throttling is waited out', () => {
    const busy = { says: 'busy', untilMs: 1_000 } as const;
    const step = nextStep(message('low'), { ...noApp, 'rcs-e2ee': busy }, policy, 0);
    expect(step).toEqual({ kind: 'wait', untilMs: 1_000 });
  });

  test('when everything is busy it waits for the first to come back', () => {
    const beliefs: Beliefs = {
      rcs: { says: 'busy', untilMs: 60_000 },
      sms: { says: 'busy', untilMs: 8_000 },
    };
    expect(nextStep(message('low'), beliefs, policy, 0)).toEqual({ kind: 'wait', untilMs: 8_000 });
  });

  test('when nothing can ever come it is given up at once', () => {
    const beliefs: Beliefs = { 'app-push': never, rcs: never };
    expect(nextStep(message('low'), beliefs, policy, 0)).toEqual({ kind: 'give-up' });
  });

  test('after its time nothing new is tried', () => {
    expect(nextStep(message('low'), all, policy, 180_000)).toEqual({ kind: 'give-up' });
  });
});

describe('nothing arrives twice', () => {
  test('an SMS that was accepted is never sent again', () => {
    const attempts = [attempt('sms', 'withdrawn', 0)];
    const step = nextStep(message('low', attempts), { sms: free }, policy, 100_000);
    expect(step).toEqual({ kind: 'give-up' });
  });

  test('a refused channel comes again with growing pauses', () => {
    const attempts = [attempt('sms', 'refused', 0), attempt('sms', 'refused', 5_000)];
    const step = nextStep(message('low', attempts), { sms: free }, policy, 5_000);
    expect(step).toEqual({ kind: 'wait', untilMs: 15_000 });
  });

  test('a delivered message rests', () => {
    const done = {
      ...message('low', [attempt('rcs', 'delivered', 0)]),
      status: 'delivered',
    } as const;
    expect(nextStep(done, all, policy, 100_000)).toEqual({ kind: 'rest' });
  });
});
