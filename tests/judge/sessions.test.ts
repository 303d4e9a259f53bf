/** What the rules say of gateway-managed sessions: only what their senders could know. */
import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../simulators/kernel/events.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { createLiveWords } from '../../harness/judge/live-words.ts';
import { storyOf } from '../../harness/judge/story.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { CELL, POLICY, SECOND } from './world-plan.ts';

const GATEWAY = 'gateway/sessions';
const OTHER = 'person/ana/device/2';

const shown = (...classes: readonly ('low' | 'medium' | 'high')[]): Cell['policy'] => ({
  ...POLICY,
  observers: {
    ...POLICY.observers,
    gateway: {
      ...POLICY.observers.gateway,
      ...Object.fromEntries(classes.map((each) => [each, ['rcs', 'rcs-e2ee']])),
    },
  },
});

/** A world whose gateway manages sessions; it may read the classes that are named. */
const managed = (...classes: readonly ('low' | 'medium' | 'high')[]): Story =>
  story({
    cell: {
      policy: shown(...classes),
      world: {
        ...CELL.world,
        gateways: ['sessions'],
        gatewayChannels: { sessions: ['rcs-e2ee'] },
        gatewaysReading: ['sessions'],
      },
    },
    claims: { gateways: ['sessions'], callbacks: ['sessions'] },
  }).at(1);

const begun = (told: Story, session = 's', lifeSeconds = 300): void => {
  told.add({
    kind: 'session.begun',
    session,
    component: GATEWAY,
    person: 'ana',
    key: 'k',
    devices: ['1', '2'],
    endsAtMicros: told.now + lifeSeconds * SECOND,
  });
};

/** A payload into a session, and what the gateway made of it. */
function payload(
  told: Story,
  message: string,
  outcome: 'opened' | 'refused' = 'opened',
  how: { readonly reason?: string; readonly wire?: string; readonly beside?: string } = {},
): void {
  const wire = how.wire ?? `sessions:${message}`;
  told.accepted(message, 'medium');
  const request = told.add({
    kind: 'door.request',
    component: GATEWAY,
    operation: 'send',
    channel: 'rcs-e2ee',
    wire,
    person: 'ana',
    what: 'POST messages',
  });
  const found = how.beside === undefined ? [] : [{ canary: `CANARY-${message}`, as: how.beside }];
  const scan = { observer: 'gateway', where: GATEWAY, channel: 'rcs-e2ee', wire } as const;
  const seen = { kind: 'tap.scanned', ...scan, bytes: 9, sha256: '' } as const;
  told.add({ ...seen, cause: request, found });
  const { reason } = how;
  const opened = told.add({
    kind: 'session.payload',
    cause: request,
    session: 's',
    wire,
    outcome,
    ...(reason === undefined ? {} : { reason }),
  });
  if (outcome === 'opened') {
    told.add({ ...seen, cause: opened, found: [{ canary: `CANARY-${message}`, as: 'plain' }] });
    told.display(message, 'rcs-e2ee', wire);
  }
  told.add({
    kind: 'door.answered',
    request,
    outcome: outcome === 'opened' ? 'accepted' : 'conflict',
    status: outcome,
    handedAt: told.now,
  });
}

const news = (told: Story, outcome: 'accepted' | 'no-answer' = 'accepted'): void => {
  const cause = told.add({ kind: 'session.ended', session: 's', why: 'devices-changed' });
  const sent: EventInput = {
    kind: 'callback.sent',
    cause,
    callback: 'news',
    component: GATEWAY,
    event: 'session-ended',
    attempt: 1,
  };
  told.add(sent);
  const answered = { callback: 'news', attempt: 1, status: '204', outcome } as const;
  const handedAt = outcome === 'accepted' ? told.now : null;
  told.add({ kind: 'callback.answered', ...answered, handedAt });
};

describe('e2ee/plaintext-exposed', () => {
  const rule = 'e2ee/plaintext-exposed';

  it('finds what a gateway opened, where the policy does not show it the class', () => {
    const told = managed();
    begun(told);
    payload(told, 'm1');
    expect(told.end(100).found(rule)).toHaveLength(1);
  });

  it('leaves it alone where the policy does', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1');
    expect(told.end(100).found(rule)).toEqual([]);
  });
});

describe('e2ee/session-unsealed', () => {
  const rule = 'e2ee/session-unsealed';

  it('finds content beside the sealed payload, although the gateway may read it', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1', 'opened', { beside: 'base64url' });
    expect(told.end(100).found(rule)).toEqual([
      `The text of fraud alert m1 stood readable (base64url) in a request to ${GATEWAY}, outside ` +
        'of what was sealed to its key.',
    ]);
  });

  it('finds content instead of it, which the gateway refused', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1', 'refused', { beside: 'plain', reason: 'not-compact' });
    expect(told.end(100).found(rule)).toHaveLength(1);
  });

  it('leaves alone what only the gateway could open, and has looked', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1');
    expect(told.end(100).rule(rule)).toMatchObject({ findings: [], judged: 1 });
  });
});

describe('e2ee/session-after-end', () => {
  const rule = 'e2ee/session-after-end';

  it('finds a use after the end that was told, and none within the tolerance', () => {
    const told = managed('medium');
    begun(told, 's', 10);
    payload(told.at(12), 'm1');
    payload(told.at(14), 'm2', 'refused', { reason: 'expired' });
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 2 });
    expect(told.found(rule)).toEqual([
      'Fraud alert m2 was sent into a secure session 3 s after it had ended, as its sender had ' +
        'been told from the start.',
    ]);
  });

  it('counts a renewal: the end that was told then', () => {
    const told = managed('medium');
    begun(told, 's', 10);
    const renewed = { session: 's', key: 'k2', oldKeyUntilMicros: 40 * SECOND } as const;
    told.at(9).add({ kind: 'session.renewed', ...renewed, endsAtMicros: 60 * SECOND });
    payload(told.at(30), 'm1');
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('finds a use after the news of a removal, and excuses what was under way', () => {
    const told = managed('medium');
    begun(told);
    news(told.at(5));
    payload(told.at(9), 'm1', 'refused', { reason: 'key-unknown' });
    payload(told.at(12), 'm2', 'refused', { reason: 'key-unknown' });
    expect(told.end(100).found(rule)).toHaveLength(1);
  });

  it('does not count news that never arrived', () => {
    const told = managed('medium');
    begun(told);
    news(told.at(5), 'no-answer');
    payload(told.at(30), 'm1');
    expect(told.end(100).found(rule)).toEqual([]);
  });

  it('finds a use after a refusal that said so; the refusal itself is how it was learned', () => {
    const told = managed('medium');
    begun(told);
    payload(told.at(5), 'm1', 'refused', { reason: 'devices-changed' });
    payload(told.at(6), 'm2', 'refused', { reason: 'devices-changed' });
    payload(told.at(20), 'm3', 'refused', { reason: 'devices-changed' });
    expect(told.end(100).found(rule)).toHaveLength(1);
  });

  it('finds a use after closing it; a repetition under the same key is no new use', () => {
    const told = managed('medium');
    begun(told);
    payload(told.at(3), 'm1');
    const request = told.at(5).add({
      kind: 'door.request',
      component: GATEWAY,
      operation: 'session',
      what: 'DELETE',
    });
    told.add({ kind: 'session.ended', cause: request, session: 's', why: 'closed' });
    const ok = { request, outcome: 'accepted', status: '200', handedAt: told.now } as const;
    told.add({ kind: 'door.answered', ...ok });
    payload(told.at(20), 'm1', 'opened', { wire: 'sessions:m1' });
    expect(told.found(rule)).toEqual([]);
    payload(told.at(21), 'm2', 'refused', { reason: 'closed' });
    expect(told.end(100).found(rule)).toHaveLength(1);
  });
});

describe('what is told of it', () => {
  it('“encrypted” is a false padlock: the gateway could read it, and says so', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1');
    told.status('m1', 'delivered', { encrypted: true, channel: 'rcs-e2ee' });
    expect(told.end(100).found('e2ee/false-padlock')).toEqual([
      'Fraud alert m1 was reported as encrypted, but went out by a gateway-managed session, in ' +
        'which the gateway could read it.',
    ]);
  });

  it('“not encrypted” is true, and so is “encrypted” of one’s own client', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1');
    told.status('m1', 'delivered', { encrypted: false, channel: 'rcs-e2ee' });
    told.accepted('m2', 'medium').dispatch('m2', 'rcs-e2ee', { wire: 'rbm:2' });
    told.display('m2', 'rcs-e2ee', 'rbm:2');
    told.status('m2', 'delivered', { encrypted: true, channel: 'rcs-e2ee' });
    expect(told.end(100).rule('e2ee/false-padlock')).toMatchObject({ findings: [] });
  });

  it('the verdict says who held the keys of each message, and who could read it', () => {
    const told = managed('medium');
    begun(told);
    payload(told, 'm1');
    told.accepted('m2', 'medium').dispatch('m2', 'rcs-e2ee', { wire: 'rbm:2' });
    told.display('m2', 'rcs-e2ee', 'rbm:2');
    told.accepted('m3', 'medium').dispatch('m3', 'sms', { wire: 'smpp:3' });
    told.display('m3', 'sms', 'smpp:3');
    const { messages, counts } = told.end(100).verdict();
    const of = (id: string) => messages.find(({ message }) => message === id);
    expect(of('m1')).toMatchObject({ protection: 'gateway-session', readableFor: ['gateway'] });
    expect(of('m2')).toMatchObject({ protection: 'own-mls-client' });
    expect(of('m2')).not.toHaveProperty('readableFor');
    expect(of('m3')).not.toHaveProperty('protection');
    expect(counts.protection).toEqual({
      'gateway-session': { messages: 1, readableFor: { gateway: 1 } },
      'own-mls-client': { messages: 1, readableFor: {} },
    });
  });
});

describe('what is the gateway’s doing is nobody else’s', () => {
  it('a removed device that reads what the gateway encrypted is left unjudged', () => {
    const told = managed('medium');
    begun(told);
    told.device('revoked', 'down', [], OTHER).told('s', 'DEVICE_REMOVED', null, { device: OTHER });
    payload(told.at(30), 'm1');
    const opened = { device: OTHER, group: 'g', epoch: 1, wire: 'sessions:m1' } as const;
    told.add({ kind: 'mls.decrypted', ...opened, afterRevocation: true });
    expect(told.end(100).rule('e2ee/revoked-reads')).toMatchObject({
      findings: [],
      judged: 0,
      unjudged: 1,
    });
  });

  it('so is a device that nobody vouches for and that the gateway let in', () => {
    const told = managed('medium');
    const claimed = { person: 'ana', device: OTHER, reference: 'aa', lastResort: false } as const;
    told.add({ kind: 'mls.claimed', ...claimed, unattested: 'sim-swapped' });
    const welcomed = { group: 'g', epoch: 1, references: ['aa'], wire: 'w' } as const;
    told.add({ kind: 'mls.welcomed', ...welcomed, device: GATEWAY });
    expect(told.end(100).found('e2ee/unattested')).toEqual([]);
    told.add({ kind: 'mls.welcomed', ...welcomed });
    expect(told.found('e2ee/unattested')).toHaveLength(1);
  });
});

describe('a session as a way to people', () => {
  const passedOver = (told: Story): number => {
    told.accepted('m1', 'medium').at(2).dispatch('m1', 'secure-link', {
      wire: 'smpp:1',
      component: 'carrier/northtel/sms',
      known: true,
    });
    told.display('m1', 'secure-link', 'smpp:1');
    return told.end(100).found('fallback/needless').length;
  };

  it('is one for what the gateway may read, and to pass it over is needless', () => {
    expect(passedOver(managed('medium'))).toBe(1);
  });

  it('is none for what it may not', () => {
    expect(passedOver(managed('low'))).toBe(0);
  });
});

describe('the words for what a session protected', () => {
  const told = managed('medium');
  begun(told);
  payload(told, 'm1');
  payload(told, 'm2', 'refused', { reason: 'closed', wire: 'sessions:m2' });
  told.accepted('m3', 'medium').dispatch('m3', 'rcs-e2ee', { wire: 'rbm:m3' });
  told.display('m3', 'rcs-e2ee', 'rbm:m3').end(300);
  const linesOf = (message: string): string =>
    storyOf(told.events, message)
      .map(({ text }) => text)
      .join(' ');

  it('say that the gateway encrypts, from the door to the phone', () => {
    expect(linesOf('m1')).toContain('Sent by RCS that the gateway encrypts to gateway/sessions.');
    expect(linesOf('m1')).toMatch(/Shown on \S+ by RCS that the gateway encrypts/);
    expect(linesOf('m1')).toContain('not end to end');
  });

  it('call nothing end-to-end encrypted that a gateway was given, opened or not', () => {
    for (const message of ['m1', 'm2']) {
      expect(linesOf(message)).not.toContain('end-to-end encrypted');
    }
    expect(linesOf('m2')).toContain('Sent by RCS that the gateway encrypts');
  });

  it('leave to the own client what it encrypted itself', () => {
    expect(linesOf('m3')).toContain('Sent by end-to-end encrypted RCS to gateway/rbm.');
  });

  it('are said of events as they come, too', () => {
    const inWords = createLiveWords(['sessions']);
    const said = told.events.map((event) => inWords(event)).filter((words) => words !== null);
    expect(said).toContain('Sent by RCS that the gateway encrypts to gateway/sessions.');
    expect(said.filter((words) => words.startsWith('Shown'))).toEqual([
      expect.stringContaining('by RCS that the gateway encrypts'),
      expect.stringContaining('by end-to-end encrypted RCS'),
    ]);
  });

  it('are those of findings too', () => {
    const twice = managed('medium');
    begun(twice);
    payload(twice, 'm1');
    twice.at(20).dispatch('m1', 'sms', { wire: 'smpp:1' }).display('m1', 'sms', 'smpp:1').end(300);
    const [sentence] = twice.found('fallback/duplicate');
    expect(sentence).toContain('by RCS that the gateway encrypts and by readable SMS');
  });
});
