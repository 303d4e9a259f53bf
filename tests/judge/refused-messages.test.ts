import { describe, expect, it } from 'vitest';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { CELL } from './world-plan.ts';

/** One shown, and one that was answered like this. */
function verdictWith(outcome: 'refused' | 'busy' | 'accepted'): CellVerdict {
  const told = story()
    .at(1)
    .accepted('m1', 'low')
    .dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' })
    .at(2)
    .carried('rcs:1', 'rbm:1', 'rcs-e2ee')
    .display('m1', 'rcs-e2ee', 'rcs:1')
    .intend('m2', 'low')
    .submit('m2')
    .answer('m2', { outcome, definite: outcome === 'refused', status: '422' });
  return told.end(100).verdict();
}

describe('messages that the implementation refused', () => {
  it('are counted beside those that it accepted', () => {
    const { counts } = verdictWith('refused');
    expect(counts).toMatchObject({ messages: 2, accepted: 1, refused: 1, displayed: 1 });
  });

  it('are not what people write to each other beside them, which nobody has to accept', () => {
    const traffic = CELL.traffic.map((one) =>
      one.name === 'low' ? { ...one, from: 'ben', to: ['ana'] } : one,
    );
    const told = story({ cell: { traffic } }).at(1).accepted('m1', 'high').intend('m2', 'low');
    const { counts } = told.end(100).verdict();
    expect(counts).toMatchObject({ messages: 2, accepted: 2 });
    expect(counts).not.toHaveProperty('refused');
  });

  it('are no more than what was refused: not what found it busy', () => {
    for (const outcome of ['busy', 'accepted'] as const) {
      expect(verdictWith(outcome).counts).not.toHaveProperty('refused');
    }
  });

  it('count as refused only while no later attempt was accepted', () => {
    const told = story().at(1).intend('m1', 'low').submit('m1');
    told.answer('m1', { outcome: 'refused', definite: false, status: '500' });
    told.submit('m1', 2).answer('m1');
    expect(told.end(100).verdict().counts).toMatchObject({ accepted: 1 });
    expect(told.verdict().counts).not.toHaveProperty('refused');
  });

  it('are not what a pass says that was to be shown', () => {
    const { why } = verdictWith('refused');
    expect(why).toMatch(/^1 of 1 accepted message \(of 2 sent\) were shown, and each of the /);
  });
});

/** Ana writes to the business, which takes it. */
function letterTaken(): Story {
  const traffic = CELL.traffic.map((one) =>
    one.name === 'high' ? { ...one, from: 'ana', to: ['business'] } : one,
  );
  const told = story({ cell: { traffic } }).at(0.1);
  const facts = { wire: 'rbm-user:w1', channel: 'rcs', message: 'w1' } as const;
  told.add({
    kind: 'message.intended',
    message: 'w1',
    traffic: 'high',
    to: 'business',
    from: 'ana',
    canary: 'CANARY-w1',
  });
  told.add({ kind: 'carried', ...facts, from: DEVICE, to: 'gateway/rbm' });
  const at = { person: 'ana', device: DEVICE, callback: 'cb-w1' };
  told.at(0.2).add({ kind: 'business.received', ...facts, ...at });
  return told;
}

describe('an implementation that accepts nothing', () => {
  const refusing = (
    answer: { readonly outcome: 'refused' | 'busy'; readonly definite: boolean },
    told: Story = story(),
  ): Story => {
    for (const message of ['m1', 'm2']) {
      told
        .at(message === 'm1' ? 1 : 20)
        .intend(message, 'low')
        .submit(message);
      told.answer(message, { ...answer, status: '503' });
      told.tap('implementation-api', message);
    }
    return told;
  };

  it.each(['busy', 'refused'] as const)('has shown nothing: %s', (outcome) => {
    const verdict = refusing({ outcome, definite: true }).end(700).verdict();
    expect(verdict).toMatchObject({
      verdict: 'inconclusive',
      why: expect.stringContaining('accepted none of 2 messages') as string,
    });
  });

  it('is judged as soon as it accepts one, or sends one all the same', () => {
    const one = refusing({ outcome: 'busy', definite: false }).submit('m1', 2).answer('m1');
    one.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' }).display('m1', 'rcs-e2ee', 'rbm:1');
    expect(one.end(700).verdict().why).not.toContain('accepted none');
    const sent = refusing({ outcome: 'refused', definite: true });
    sent.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:impl-m1' });
    expect(sent.end(700).verdict().why).not.toContain('accepted none');
  });

  it('is right where its person wants nothing more', () => {
    const told = story().at(0.1);
    const message = 'no-more/ana/1';
    const said = { kind: 'consent.said', person: 'ana', says: 'stop', fault: 'no-more' } as const;
    told.add({ ...said, device: DEVICE, message });
    told.at(0.2).add({
      kind: 'business.received',
      wire: `rbm-user:${message}`,
      person: 'ana',
      device: DEVICE,
      channel: 'rcs',
      message,
      callback: 'cb-1',
    });
    const verdict = refusing({ outcome: 'refused', definite: true }, told).end(700).verdict();
    expect(verdict.verdict).toBe('pass');
  });

  it('is right where the policy leaves no channel that it claims', () => {
    const none = { ...CELL.policy, allowed: { ...CELL.policy.allowed, low: [] } };
    const told = story({ cell: { policy: none } });
    const verdict = refusing({ outcome: 'refused', definite: true }, told).end(700).verdict();
    expect(verdict.why).not.toContain('accepted none');
  });

  it('is judged by what people wrote to it', () => {
    const verdict = refusing({ outcome: 'refused', definite: true }, letterTaken())
      .end(700)
      .verdict();
    expect(verdict.why).not.toContain('accepted none');
  });
});
