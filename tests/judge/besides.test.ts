import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

/** A high message by readable SMS, which is forbidden; `cell` as in a plan. */
function forbidden(cell: Parameters<typeof story>[0] = {}): Story {
  const told = story(cell).at(1).accepted('m1', 'high').dispatch('m1', 'sms', { wire: 'smpp:1' });
  return told.at(2).display('m1', 'sms', 'smpp:1');
}

describe('what a failed cell is besides its failures', () => {
  it('is nothing where it would have passed', () => {
    const verdict = forbidden().end(100).verdict();
    expect(verdict.verdict).toBe('fail');
    expect(verdict.besides).toBeUndefined();
  });

  it('is inconclusive where too little was seen', () => {
    const unseen = { kind: 'fallback' as const, of: 'low', correct: 1 };
    const verdict = forbidden({ cell: { expect: [unseen] } })
      .end(100)
      .verdict();
    expect(verdict).toMatchObject({
      verdict: 'fail',
      besides: { verdict: 'inconclusive', why: expect.stringContaining('expectations') as string },
    });
  });

  it('is what an end before the end makes of it', () => {
    expect(forbidden().end(3, 'stopped').verdict().besides).toMatchObject({
      verdict: 'inconclusive',
      why: expect.stringContaining('the run was stopped') as string,
    });
    expect(forbidden().end(3, 'harness-error').verdict().besides?.verdict).toBe('error');
  });

  it('is told of failed cells only', () => {
    const verdict = story().at(1).accepted('m1', 'high').end(100, 'stopped').verdict();
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.besides).toBeUndefined();
  });
});

describe('what broke an expectation', () => {
  it('is named by its rules, of whatever level', () => {
    const never = { kind: 'never' as const, rules: ['fallback/*'] };
    const all = { kind: 'fallback' as const, of: 'high', correct: 1 };
    const verdict = forbidden({ cell: { expect: [never, all] } })
      .end(100)
      .verdict();
    for (const { outcome, by } of verdict.expectations) {
      expect(outcome).toBe('failed');
      expect(by).toContain('fallback/forbidden-channel');
    }
  });

  it('is nothing but itself where a share did not arrive', () => {
    const all = {
      kind: 'delivery' as const,
      of: 'high',
      atLeast: 1,
      withinMicros: 1,
      channel: null,
    };
    const [delivery] = forbidden({ cell: { expect: [all] } })
      .end(100)
      .verdict().expectations;
    expect(delivery).toMatchObject({ outcome: 'failed' });
    expect(delivery?.by).toBeUndefined();
  });
});
