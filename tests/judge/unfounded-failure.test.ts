import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rule = 'fallback/misreported';
const EARLY = { final: false };
type Outcome = 'accepted' | 'reset' | 'silence' | 'answer-lost' | 'failed' | 'unavailable';

/** A harmless message (deadline 10 min) at second 1, by RCS (attempt timeout 15 s). */
const sent = (outcome: Outcome, channel: 'rcs' | 'sms' = 'rcs'): Story =>
  story().at(1).accepted('m1', 'low').dispatch('m1', channel, { wire: 'w:1', outcome });
const arrives = (told: Story, at: number, channel: 'rcs' | 'sms' = 'rcs'): Story =>
  told.at(at).display('m1', channel, 'w:1');
const judged = (told: Story): string[] => told.end(900).found(rule);
const failed = (told: Story, at: number): Story => told.at(at).status('m1', 'failed', EARLY);

describe('“failed”, told while the message may still arrive', () => {
  it('is found where a door had taken it and nothing spoke against it', () => {
    const found = judged(failed(sent('accepted'), 5).at(800).status('m1', 'failed'));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('reported failed at 5 s, although gateway/rbm had taken it');
  });

  it.each(['reset', 'silence', 'answer-lost', 'failed'] as const)(
    'is found after an ambiguous answer (%s) to what was shown later',
    (outcome) => {
      const told = arrives(failed(sent(outcome), 5), 60)
        .at(800)
        .status('m1', 'failed');
      expect(judged(told)[0]).toContain('had not turned it away, and it was shown');
    },
  );

  it('is found even when a later receipt mended the status', () => {
    const told = arrives(failed(sent('answer-lost'), 5), 60);
    told.told('w:1', 'DELIVERED', 'delivered').at(800).status('m1', 'delivered');
    expect(judged(told)).toHaveLength(1);
  });

  it('is found of a text that the centre took, until the deadline: no attempt ends', () => {
    expect(
      judged(failed(sent('accepted', 'sms'), 300).at(800).status('m1', 'failed')),
    ).toHaveLength(1);
  });
});

describe('“failed”, told honestly', () => {
  it('may follow the end of the attempt: time that is over is evidence', () => {
    expect(judged(arrives(failed(sent('accepted'), 15), 60))).toEqual([]);
    expect(judged(arrives(failed(sent('silence'), 15), 60))).toEqual([]);
  });

  it('may follow the deadline of the class, however late the message is', () => {
    expect(judged(arrives(failed(sent('accepted', 'sms'), 602), 700, 'sms'))).toEqual([]);
  });

  it('may follow a refusal, a failure receipt or a revocation', () => {
    expect(judged(failed(sent('unavailable'), 2))).toEqual([]);
    const receipt = sent('accepted').at(2).told('w:1', 'TTL_EXPIRATION_REVOKED', 'failed');
    expect(judged(failed(receipt, 3))).toEqual([]);
    expect(judged(arrives(failed(sent('accepted').at(2).revoke('w:1'), 3), 60))).toEqual([]);
  });

  it('may guess right after an ambiguous answer to what never came', () => {
    expect(judged(failed(sent('reset'), 3))).toEqual([]);
  });

  it('may be mended by a late receipt', () => {
    const told = arrives(failed(sent('accepted'), 20), 60);
    told.told('w:1', 'DELIVERED', 'delivered').at(800).status('m1', 'delivered');
    expect(judged(told)).toEqual([]);
  });
});
