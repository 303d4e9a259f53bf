import { describe, expect, it } from 'vitest';
import { CAUSES, causesAmong } from '../../harness/judge/causes.ts';
import { RULES } from '../../harness/judge/rules/index.ts';
import { storyOf } from '../../harness/judge/story.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rules = Object.keys(RULES);

describe('what may have brought about what', () => {
  it('names rules that exist, and no rule as its own cause', () => {
    for (const [rule, causes] of Object.entries(CAUSES)) {
      expect(rules).toContain(rule);
      expect(causes).not.toContain(rule);
      expect(causes).toEqual([...new Set(causes)]);
    }
  });

  it('has no circle: whatever spoke, something is left to be named', () => {
    const depth = (rule: string, above: readonly string[]): number => {
      expect(above, `${[...above, rule].join(' ← ')}`).not.toContain(rule);
      const causes = causesAmong(rule, new Set(rules));
      return 1 + Math.max(0, ...causes.map((cause) => depth(cause, [...above, rule])));
    };
    for (const rule of rules) expect(depth(rule, [])).toBeGreaterThan(0);
  });
});

/** Two copies of one message under two ids, because a lost answer was taken for a refusal. */
function sentTwice(): Story {
  const told = story().at(1).accepted('m1', 'low').accepted('m1', 'low');
  told.dispatch('m1', 'rcs', { wire: 'rbm:1', outcome: 'answer-lost' });
  told.at(2).dispatch('m1', 'rcs', { wire: 'rbm:2' });
  return told.at(3).display('m1', 'rcs', 'rbm:1').at(4).display('m1', 'rcs', 'rbm:2');
}

const exited = (told: Story): Story => {
  told.add({ kind: 'implementation.started', instance: 1 });
  told.add({ kind: 'implementation.ready', instance: 1 });
  const end = { instance: 1, code: 1, signal: null, asked: false } as const;
  told.at(5).add({ kind: 'implementation.exited', ...end });
  return told;
};

describe('the headline', () => {
  it('names the second send, not the second display that follows from it', () => {
    const verdict = sentTwice().end(900).verdict();
    const spoke = verdict.rules.filter(({ findings }) => findings.length > 0);
    const names = spoke.map(({ rule }) => rule);
    expect(names).toEqual(expect.arrayContaining(['fallback/duplicate', 'api/not-idempotent']));
    expect(verdict.why).toContain('(api/not-idempotent');
    const duplicate = spoke.find(({ rule }) => rule === 'fallback/duplicate');
    expect(duplicate?.follows).toEqual(['api/not-idempotent']);
  });

  it('names the crash, not the message that was lost with it', () => {
    const verdict = exited(story().at(1).accepted('m1', 'high')).end(900).verdict();
    expect(verdict.why).toContain('(implementation/crashed');
    const lost = verdict.rules.find(({ rule }) => rule === 'delivery/lost');
    expect(lost?.follows).toContain('implementation/crashed');
  });

  it('of a run that was ended early is only what went wrong', () => {
    const told = exited(story().at(1).accepted('m1', 'high')).end(9, 'stopped');
    expect(told.verdict().why).toContain('(implementation/crashed');
  });

  it('is the finding itself where nothing explains it, and nothing is said to follow', () => {
    const verdict = story().at(1).accepted('m1', 'high').end(900).verdict();
    expect(verdict.verdict).toBe('fail');
    for (const { follows } of verdict.rules.filter(({ rule }) => rule === 'fallback/missed')) {
      expect(follows).toBeUndefined();
    }
  });
});

describe('the story of one message', () => {
  const judged = (told: Story): string[] =>
    storyOf(told.events, 'm1')
      .map(({ text }) => text)
      .filter((text) => /^(fallback|delivery)\//.test(text));

  it('names the cause first, and of the rest what it may follow from', () => {
    const [missed, lost] = judged(story().at(1).accepted('m1').end(900));
    expect(missed).toMatch(/^fallback\/missed .*\.$/);
    expect(missed).not.toContain('follow');
    expect(lost).toMatch(/^delivery\/lost .* It may follow from fallback\/missed\.$/);
  });
});
