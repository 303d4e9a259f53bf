import { describe, expect, it } from 'vitest';
import type { StatusWord } from '../../simulators/kernel/words.ts';
import { isOvertaken } from '../../simulators/kernel/status-order.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

/** Delivered at 5 s, and pushed so; the receipt that says less comes with the later push. */
function pushedAt(seconds: number, word: StatusWord, by: 'push' | 'poll' = 'push'): Story {
  const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' });
  const push = { by: 'push', final: false } as const;
  told.at(5).told('rbm:1', 'DELIVERED', 'delivered').status('m1', 'delivered', push);
  told.at(seconds).told('rbm:1', 'SENT', 'sent').status('m1', word, { by, final: false });
  return told;
}

const ended = (told: Story): Story => told.end(100);
const fragile = 'webhook/fragile';
const misreported = 'fallback/misreported';

describe('a status that is pushed', () => {
  it('has been overtaken when it says less than another just before it', () => {
    expect(ended(pushedAt(7, 'sent')).found(fragile)).toEqual([]);
    const last = pushedAt(7, 'sent').at(30).status('m1', 'delivered', { by: 'push' });
    expect(ended(last).found(misreported)).toEqual([]);
  });

  it('goes back when it says less than one that came longer before', () => {
    const found = ended(pushedAt(7.1, 'sent')).found(fragile);
    expect(found[0]).toContain('went back from delivered to sent');
    const last = pushedAt(7.1, 'sent').at(30).status('m1', 'sent', { by: 'push' });
    expect(ended(last).found(misreported)[0]).toContain('evidence of delivery');
  });

  it('goes back when it is the answer to a question, which comes in order', () => {
    expect(ended(pushedAt(6, 'sent', 'poll')).found(fragile)).toHaveLength(1);
  });

  it('is never overtaken by what it contradicts', () => {
    const failed = ended(pushedAt(6, 'failed').at(30).status('m1', 'failed', { by: 'push' }));
    expect(failed.found(misreported)[0]).toContain('evidence of delivery');
  });
});

describe('the order of statuses', () => {
  it('is queued, sent, delivered, read; failed comes after sent', () => {
    expect(isOvertaken('read', 'delivered')).toBe(true);
    expect(isOvertaken('delivered', 'queued')).toBe(true);
    expect(isOvertaken('failed', 'sent')).toBe(true);
    expect(isOvertaken('sent', 'sent')).toBe(false);
    expect(isOvertaken('failed', 'delivered')).toBe(false);
    expect(isOvertaken('delivered', 'failed')).toBe(false);
    expect(isOvertaken('queued', 'failed')).toBe(false);
  });
});
