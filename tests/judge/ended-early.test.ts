import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

/** Accepted and never dispatched: there was no time left for it, or it was forgotten. */
function waiting(): Story {
  return story().at(1).accepted('m1', 'high');
}

describe('a cell that was ended early', () => {
  it('does not blame an implementation for what it had no time for', () => {
    expect(waiting().end(100).verdict().verdict).toBe('fail');
    expect(waiting().end(100, 'stopped').verdict()).toMatchObject({
      verdict: 'inconclusive',
      why: expect.stringContaining('the run was stopped') as string,
    });
  });

  it('still fails for what went wrong before', () => {
    const told = waiting().dispatch('m1', 'sms', { wire: 'smpp:1' }).end(3, 'stopped');
    expect(told.verdict().verdict).toBe('fail');
    expect(told.found('fallback/forbidden-channel')).toHaveLength(1);
  });
});
