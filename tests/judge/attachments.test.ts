import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../simulators/kernel/events.ts';
import type { TrafficPlan } from '../../simulators/kernel/plan.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { CELL, POLICY } from './world-plan.ts';

const FILE = {
  device: DEVICE,
  person: 'ana',
  wire: 'rbm:1',
  message: 'a-1',
  attachment: 'f',
  part: 'file',
} as const;
const OBJECT = 'attachments/a-1/file';

const withFile = (traffic: TrafficPlan): TrafficPlan => ({
  ...traffic,
  message: {
    ...traffic.message,
    attachment: { type: 'application/pdf', bytes: 1_000, thumbnail: false },
  },
});

function begun(): Story {
  const told = story({
    cell: {
      traffic: CELL.traffic.map(withFile),
      policy: { ...POLICY, attachmentUrlMicros: 60_000_000 },
    },
  }).at(1);
  told.accepted('a-1').dispatch('a-1', 'rcs-e2ee', { wire: 'rbm:1' });
  told.display('a-1', 'rcs-e2ee', 'rbm:1');
  return told;
}

const stored = (sha256 = 'aa', more = {}): EventInput => ({
  kind: 'attachment.stored',
  component: 'attachments/store',
  object: OBJECT,
  bytes: 10,
  sha256,
  open: false,
  ...more,
});
const offered = (more = {}): EventInput => ({
  kind: 'attachment.offered',
  ...FILE,
  object: OBJECT,
  lifeMicros: 60_000_000,
  sha256: 'aa',
  encrypted: true,
  ...more,
});
const fetched = (step: string, outcome: string): EventInput =>
  ({
    kind: 'attachment.fetched',
    ...FILE,
    object: OBJECT,
    step,
    outcome,
    status: '200',
  }) as EventInput;
const displayed = (verified = true): EventInput => ({
  kind: 'attachment.displayed',
  ...FILE,
  verified,
  bytes: 10,
});
const refreshed = (outcome: 'fresh' | 'same' | 'none'): EventInput => {
  const { part: _part, ...place } = FILE;
  return { kind: 'attachment.refreshed', ...place, outcome, status: '200' };
};

/** A story with these events after the message was shown; how many findings a rule has. */
function findings(rule: string, ...events: readonly EventInput[]): number {
  const told = begun();
  for (const event of events) told.add(event);
  return told.end(200).found(rule).length;
}

describe('attachment/url-life', () => {
  const rule = 'attachment/url-life';
  it('finds URLs that work longer than allowed, or for ever', () => {
    expect(findings(rule, offered({ lifeMicros: 60_000_001 }))).toBe(1);
    expect(findings(rule, offered({ lifeMicros: null }))).toBe(1);
  });
  it('leaves alone what the policy allows, and what is not in the store', () => {
    expect(findings(rule, offered())).toBe(0);
    expect(findings(rule, offered({ object: null, lifeMicros: null }))).toBe(0);
  });
});

describe('attachment/open-to-all and attachment/outlives-its-url', () => {
  it('find an object that is given where it must not be', () => {
    expect(findings('attachment/open-to-all', fetched('unsigned', 'content'))).toBe(1);
    expect(findings('attachment/outlives-its-url', fetched('after-expiry', 'content'))).toBe(1);
  });
  it.each(['refused', 'expired', 'missing', 'broken'])('leave alone what is %s', (outcome) => {
    expect(findings('attachment/open-to-all', fetched('unsigned', outcome))).toBe(0);
    expect(findings('attachment/outlives-its-url', fetched('after-expiry', outcome))).toBe(0);
  });
  it('have no word on what a signature opens', () => {
    expect(findings('attachment/open-to-all', fetched('signed', 'content'))).toBe(0);
    expect(findings('attachment/outlives-its-url', fetched('signed', 'content'))).toBe(0);
  });
});

describe('attachment/wrong-digest', () => {
  const rule = 'attachment/wrong-digest';
  it('finds a digest that is missing or another’s', () => {
    expect(findings(rule, stored(), offered({ sha256: null }))).toBe(1);
    expect(findings(rule, stored(), offered({ sha256: 'bb' }))).toBe(1);
  });
  it('finds a phone that shows what is not what it was told', () => {
    expect(findings(rule, stored(), offered(), displayed(false))).toBe(1);
  });
  it('leaves alone the true one, one of several uploads, and what is not there yet', () => {
    expect(findings(rule, stored(), offered(), displayed())).toBe(0);
    expect(findings(rule, stored('bb'), stored('aa'), offered({ sha256: 'bb' }))).toBe(0);
    expect(findings(rule, offered({ sha256: 'bb' }))).toBe(0);
  });
  it('blames the phone only where it was told a digest', () => {
    expect(findings(rule, stored(), offered({ sha256: null }), displayed(false))).toBe(1);
  });
});

describe('attachment/not-refreshed', () => {
  const rule = 'attachment/not-refreshed';
  it('finds a sender that gives nothing, or the same again', () => {
    expect(findings(rule, refreshed('none'))).toBe(1);
    expect(findings(rule, refreshed('same'))).toBe(1);
  });
  it('leaves alone one that gives a fresh URL in the end', () => {
    expect(findings(rule, refreshed('none'), refreshed('fresh'))).toBe(0);
  });
});

describe('attachment/unreadable', () => {
  const rule = 'attachment/unreadable';
  it('finds a message that is shown without its file', () => {
    expect(findings(rule)).toBe(1);
    expect(findings(rule, offered(), fetched('signed', 'missing'))).toBe(1);
  });
  it('leaves alone what was shown, and what the store did not give', () => {
    expect(findings(rule, displayed())).toBe(0);
    expect(findings(rule, fetched('signed', 'broken'))).toBe(0);
    const down = {
      kind: 'component.changed',
      component: 'attachments/store',
      state: 'down',
      why: 'outage',
    } as const;
    expect(findings(rule, down)).toBe(0);
  });
});

describe('attachment/dead-medium', () => {
  const rule = 'attachment/dead-medium';
  type Outcome = Extract<EventInput, { kind: 'medium.fetched' }>['outcome'];
  const medium = (outcome: Outcome, status: string, by = 'gateway/rbm'): EventInput => ({
    kind: 'medium.fetched',
    by,
    wire: 'rbm:1',
    person: 'ana',
    message: 'a-1',
    part: 'file',
    outcome,
    status,
  });

  it.each([
    ['missing', '404'],
    ['refused', '302'],
    ['untyped', '200'],
    ['unsupported', '200'],
    ['broken', '500'],
  ] as const)('finds a file that is %s (%s)', (outcome, status) => {
    expect(findings(rule, medium(outcome, status))).toBe(1);
  });

  it('leaves alone what was had, what nobody can know, and silence', () => {
    const fine = [medium('content', '200'), medium('cached', 'cached')];
    expect(findings(rule, ...fine, medium('elsewhere', 'not asked'))).toBe(0);
    expect(findings(rule, medium('broken', 'ECONNREFUSED'))).toBe(0);
  });

  it('says nothing of what a phone could not get from the vendor', () => {
    expect(findings(rule, medium('missing', '404', DEVICE))).toBe(0);
  });

  it('excuses errors while the implementation is down', () => {
    const end = { instance: 1, code: 0, signal: null, asked: true } as const;
    const exited: EventInput = { kind: 'implementation.exited', ...end };
    expect(findings(rule, exited, medium('broken', '502'))).toBe(0);
  });
});
