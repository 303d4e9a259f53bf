import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../simulators/kernel/words.ts';
import { createCase, judgeHistory } from '../../harness/judge/case.ts';
import { storyOf } from '../../harness/judge/story.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { DEVICE, deepFreeze, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL } from './world-plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ndjson = (events: readonly HistoryEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

function e2ee(told: Story, message: string, at: number): Story {
  const wire = `rbm:${message}`;
  return told
    .at(at)
    .accepted(message, 'high')
    .dispatch(message, 'rcs-e2ee', { wire })
    .at(at + 1)
    .carried(`rcs:${message}`, wire, 'rcs-e2ee')
    .display(message, 'rcs-e2ee', `rcs:${message}`);
}

describe('a case', () => {
  it('needs the plan first', () => {
    expect(() => createCase().verdict()).toThrow(/run\.started/);
    const event = story().events[1];
    expect(() => createCase().observe(event!)).toThrow(/run\.started/);
  });

  it('may be asked in between and again, with the same answer', () => {
    const told = e2ee(story(), 'm1', 1).end(100);
    const judged = createCase();
    for (const event of told.events) {
      judged.observe(deepFreeze(event));
      judged.verdict();
    }
    expect(judged.verdict()).toEqual(told.verdict());
    expect(JSON.stringify(judged.verdict())).toBe(JSON.stringify(judged.verdict()));
  });

  it('is inconclusive when the cell never ended, and when it had nothing to judge', () => {
    expect(e2ee(story(), 'm1', 1).verdict()).toMatchObject({ verdict: 'inconclusive' });
    expect(story().end(10).verdict()).toMatchObject({ verdict: 'inconclusive' });
  });

  it('tells three deadlines apart: the expectation’s, the scenario’s, the harness’s', () => {
    expect(e2ee(story(), 'm1', 1).end(100, 'deadline').verdict().verdict).toBe('inconclusive');
    expect(e2ee(story(), 'm1', 1).end(100, 'harness-error').verdict().verdict).toBe('error');
    const late = e2ee(
      story({
        cell: {
          expect: [{ kind: 'delivery', of: 'high', atLeast: 1, withinMicros: 1, channel: null }],
        },
      }),
      'm1',
      1,
    );
    expect(late.end(100, 'deadline').verdict().verdict).toBe('fail');
  });

  it('is inconclusive when no expectation was exercised', () => {
    const told = story({ cell: { expect: [{ kind: 'fallback', of: 'low', correct: 1 }] } });
    const verdict = e2ee(told, 'm1', 1).end(100).verdict();
    expect(verdict).toMatchObject({
      verdict: 'inconclusive',
      expectations: [{ outcome: 'not-exercised' }],
    });
  });

  it('lists the findings of a should scenario and passes', () => {
    const told = story({ cell: { level: 'should' } })
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'sms', { wire: 'smpp:1' });
    const verdict = told.at(2).display('m1', 'sms', 'smpp:1').end(100).verdict();
    expect(verdict.rules.some((rule) => rule.findings.length > 0)).toBe(true);
    expect(verdict.verdict).toBe('pass');
  });

  it('holds never with what it judged, and fails it with the first sentence', () => {
    const never = { kind: 'never' as const, rules: ['e2ee/*'] };
    const held = e2ee(story({ cell: { expect: [never] } }), 'm1', 1);
    expect(held.end(100).verdict().expectations[0]).toMatchObject({ outcome: 'held' });
    const broken = e2ee(story({ cell: { expect: [never] } }), 'm1', 1)
      .tap('push', 'm1')
      .end(100);
    expect(broken.verdict().expectations[0]).toMatchObject({ outcome: 'failed' });
  });

  it('judges no implementation in a world check', () => {
    const told = story({ cell: { worldCheck: true } }).at(1);
    told.add({
      kind: 'message.intended',
      message: 'm1',
      traffic: 'low',
      to: 'ana',
      from: 'ana',
      canary: 'C',
    });
    told.display('m1', 'rcs', 'rcs:1').end(700);
    const verdict = told.verdict();
    const judged = verdict.rules.filter((rule) => rule.judged > 0).map((rule) => rule.rule);
    expect(
      judged.filter((rule) => /^(fallback|delivery|contract|api|implementation)/.test(rule)),
    ).toEqual([]);
    expect(verdict.notes[0]).toContain('World check');
  });
});

describe('attribution', () => {
  const world = { ...CELL.world, people: [ANA] };
  it('follows the chain of wires from the display back to the first request', () => {
    const told = story({ cell: { world } }).at(1).accepted('m1').accepted('m2');
    told
      .dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' })
      .dispatch('m2', 'rcs-e2ee', { wire: 'rbm:2' });
    told.at(2).carried('rcs:2', 'rbm:2', 'rcs-e2ee').display('m2', 'rcs-e2ee', 'rcs:2');
    told.carried('rcs:1', 'rbm:1', 'rcs-e2ee').display('m1', 'rcs-e2ee', 'rcs:1').end(100);
    const verdict = told.verdict();
    expect(verdict.counts.unattributed).toBe(0);
    expect(verdict.messages.map((each) => each.tried)).toEqual([['rcs-e2ee'], ['rcs-e2ee']]);
  });

  it('takes an id echoed on the wire or in the payload', () => {
    const told = story().at(1).accepted('m1').accepted('m2');
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:impl-m1' });
    told.dispatch('m2', 'rcs-e2ee', { wire: 'rbm:x', echoed: 'impl-m2' }).end(100);
    expect(told.verdict().messages.map((each) => each.tried)).toEqual([['rcs-e2ee'], ['rcs-e2ee']]);
  });

  it('takes the only message under way', () => {
    const told = e2ee(story(), 'm1', 1)
      .told('rbm:m1', 'DELIVERED', 'delivered')
      .at(5)
      .accepted('m2')
      .dispatch('m2', 'rcs-e2ee', { wire: 'rbm:9' });
    expect(
      told
        .end(100)
        .verdict()
        .messages.find((each) => each.message === 'm2')?.tried,
    ).toEqual(['rcs-e2ee']);
  });

  it('takes nothing for a message only because that has not left yet', () => {
    const told = story().at(1).accepted('m1').accepted('m2');
    told.dispatch('m2', 'rcs-e2ee', { wire: 'rbm:impl-m2', outcome: 'failed' });
    told.at(2).dispatch('m2', 'rcs-e2ee', { wire: 'rbm:9', outcome: 'failed' }).end(30);
    const verdict = told.verdict();
    expect(verdict.counts.unattributed).toBe(1);
    expect(verdict.messages.find((each) => each.message === 'm1')?.tried).toEqual([]);
  });

  it('lets proof overrule what seemed the only one', () => {
    const told = story().at(1).accepted('m1').status('m1', 'delivered').at(2).accepted('m2');
    told.at(3).dispatch('m2', 'rcs-e2ee', { wire: 'rbm:9' });
    const tried = (): unknown => told.verdict().messages.map((each) => each.tried.length);
    expect(tried()).toEqual([0, 1]);
    told.at(4).display('m1', 'rcs-e2ee', 'rbm:9').end(30);
    expect(tried()).toEqual([1, 0]);
  });

  it('takes what an observer with the recipient’s keys read, and calls it no delivery', () => {
    const told = story().at(1).accepted('m1').accepted('m2');
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:7', outcome: 'failed' });
    told.at(30).add({ kind: 'mls.identified', wire: 'rbm:7', message: 'm1' });
    told.end(31);
    const verdict = told.verdict();
    expect(verdict.counts).toMatchObject({ unattributed: 0, displayed: 0 });
    expect(verdict.messages.map((each) => [each.message, each.tried.length])).toContainEqual([
      'm1',
      1,
    ]);
  });

  it('takes an id that another copy of the message had, unless two messages had it', () => {
    const told = story().at(1).accepted('m1').accepted('m2');
    const refused = { outcome: 'throttled' } as const;
    told.dispatch('m1', 'app-push', { wire: 'fcm:1', echoed: 'token-of-m1', ...refused });
    told.dispatch('m1', 'app-push', { wire: 'fcm:2', echoed: 'one-for-all', ...refused });
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:token-of-m1' });
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:a', echoed: 'one-for-all' });
    told.dispatch('m2', 'rcs-e2ee', { wire: 'rbm:b', echoed: 'one-for-all' }).at(2);
    told.display('m1', 'rcs-e2ee', 'rbm:token-of-m1').display('m1', 'rcs-e2ee', 'rbm:a');
    told.display('m2', 'rcs-e2ee', 'rbm:b').end(30);
    const { counts, messages } = told.verdict();
    expect(counts.unattributed).toBe(1);
    expect(messages.find((each) => each.message === 'm1')?.tried).toEqual(['app-push', 'rcs-e2ee']);
    expect(messages.find((each) => each.message === 'm2')?.tried).toEqual(['rcs-e2ee']);
  });

  const eitherOf = (second: Channel): Story => {
    const told = story().at(1).accepted('m1', 'low').accepted('m2', 'low');
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:7', outcome: 'failed' }).at(2);
    told.dispatch('m1', second, { wire: 'w:1' }).dispatch('m2', second, { wire: 'w:2' }).at(3);
    return told.display('m1', second, 'w:1').display('m2', second, 'w:2').end(30);
  };

  it('is inconclusive where a verdict depends on what nobody can own', () => {
    const verdict = eitherOf('rcs').verdict();
    expect(verdict.counts.unattributed).toBe(1);
    const needless = verdict.rules.find((rule) => rule.rule === 'fallback/needless');
    expect(needless?.inconclusive).toContain('could not be attributed');
    expect(verdict.verdict).toBe('inconclusive');
  });

  it('judges what holds in every case', () => {
    const verdict = eitherOf('rcs-e2ee').verdict();
    expect(verdict.counts.unattributed).toBe(1);
    expect(verdict.rules.filter((rule) => rule.inconclusive !== undefined)).toEqual([]);
    const needless = verdict.rules.find((rule) => rule.rule === 'fallback/needless');
    expect(needless).toMatchObject({ judged: 2, unjudged: 0, findings: [] });
  });

  /** Ten messages under way, each with a copy that nobody saw open, and then shown by RCS. */
  const manyUnder = (copies: Channel): Story => {
    const told = story().at(1);
    const all = Array.from({ length: 10 }, (_, index) => `m${index}`);
    for (const one of all) told.accepted(one, 'high');
    for (const one of all) {
      told.dispatch(one, copies, { wire: `x:copy of ${one}`, known: false, outcome: 'failed' });
    }
    told.at(2);
    for (const one of all) told.dispatch(one, 'rcs-e2ee', { wire: `rbm:${one}` });
    told.at(3);
    for (const one of all) told.display(one, 'rcs-e2ee', `rbm:${one}`);
    return told.end(30);
  };

  it('judges what no two of many could change', () => {
    const verdict = manyUnder('app-push').verdict();
    expect(verdict.counts.unattributed).toBe(10);
    const of = (name: string) => verdict.rules.find(({ rule }) => rule === name);
    for (const name of ['forbidden-channel', 'duplicate', 'misreported', 'undisclosed']) {
      expect(of(`fallback/${name}`)?.inconclusive, name).toBeUndefined();
    }
    expect(of('fallback/forbidden-channel')).toMatchObject({ judged: 10, unjudged: 0 });
  });

  it('is inconclusive where any one of many would be wrong', () => {
    const verdict = manyUnder('sms').verdict();
    const forbidden = verdict.rules.find(({ rule }) => rule === 'fallback/forbidden-channel');
    expect(forbidden).toMatchObject({ judged: 0, unjudged: 10, findings: [] });
    expect(forbidden?.inconclusive).toContain('could not be attributed');
  });

  it('takes the parts of one text for one copy', () => {
    const told = story({ claims: { channels: ['sms'] } })
      .at(1)
      .accepted('m1', 'low');
    told
      .dispatch('m1', 'sms', { wire: 'smpp:1' })
      .dispatch('m1', 'sms', { wire: 'smpp:2', known: false });
    told.carried('sms:1', 'smpp:1', 'sms').carried('sms:1', 'smpp:2', 'sms').at(2);
    told.display('m1', 'sms', 'sms:1').end(100);
    expect(told.guilty()).toEqual([]);
    expect(told.verdict().counts).toMatchObject({ unattributed: 0, dispatched: { sms: 2 } });
  });

  it('never follows a Welcome into somebody’s message', () => {
    const told = story().at(1).accepted('m1').accepted('m2');
    told.add({
      kind: 'door.request',
      component: 'gateway/rbm',
      operation: 'mls-control',
      wire: 'rbm:w',
      what: 'Welcome',
    });
    told.carried('rcs:1', 'rbm:w', 'rcs-e2ee').carried('rcs:2', 'rbm:w', 'rcs-e2ee').at(2);
    told.display('m1', 'rcs-e2ee', 'rcs:1').display('m2', 'rcs-e2ee', 'rcs:2').end(100);
    expect(told.verdict().counts.displayedOn).toEqual({ 'rcs-e2ee': 2 });
  });
});

describe('judging a file', () => {
  const mixed = (): Story => {
    const told = e2ee(e2ee(story(), 'm1', 1), 'm2', 5);
    told.at(10).accepted('m3').dispatch('m3', 'sms', { wire: 'smpp:1' });
    return told
      .at(11)
      .display('m3', 'sms', 'smpp:1')
      .tap('smsc', 'm3', { channel: 'sms' })
      .end(100);
  };

  it('gives byte for byte the live verdict', async () => {
    const told = mixed();
    const judged = await judgeHistory(file('whole.ndjson', ndjson(told.events)));
    expect(JSON.stringify(judged)).toBe(JSON.stringify(told.verdict()));
  });

  it('tolerates an incomplete last line, inconclusively, and says so', async () => {
    const told = e2ee(story(), 'm1', 1).end(100);
    const text = ndjson(told.events);
    const judged = await judgeHistory(file('cut.ndjson', text.slice(0, -20)));
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.why).toContain('incomplete');
  });

  it('refuses a damaged line in the middle, with its place', async () => {
    const lines = ndjson(mixed().events).split('\n');
    lines[4] = '{"seq":5,';
    const path = file('damaged.ndjson', lines.join('\n'));
    await expect(judgeHistory(path)).rejects.toMatchObject({
      code: 'JUDGE_HISTORY_DAMAGED',
      at: { line: 5 },
    });
  });

  it('is the same live and from a file, cut anywhere, for any story', async () => {
    const step = fc.record({
      sensitivity: fc.constantFrom('low', 'medium', 'high' as const),
      channel: fc.constantFrom('rcs-e2ee', 'rcs', 'secure-link', 'sms' as const),
      outcome: fc.constantFrom(
        'accepted',
        'failed',
        'unavailable',
        'throttled',
        'silence' as const,
      ),
      known: fc.boolean(),
      shown: fc.boolean(),
      down: fc.boolean(),
      gap: fc.integer({ min: 0, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(), async (steps, where) => {
        const told = story();
        let at = 1;
        for (const [index, each] of steps.entries()) {
          const message = `m${index}`;
          told.at(at).component('gateway/rbm', each.down ? 'down' : 'up');
          told.accepted(message, each.sensitivity as 'low');
          told.dispatch(message, each.channel as 'rcs', {
            wire: `w:${index}`,
            known: each.known,
            outcome: each.outcome as 'failed',
          });
          if (each.shown) told.at(at + 1).display(message, each.channel as 'rcs', `w:${index}`);
          at += each.gap + 1;
        }
        told.end(at + 700);
        const cut = told.events.slice(0, 1 + (where % told.events.length));
        const live = createCase();
        for (const event of cut) live.observe(deepFreeze(event));
        const filed = await judgeHistory(file('any.ndjson', ndjson(cut)));
        expect(JSON.stringify(filed)).toBe(JSON.stringify(live.verdict()));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a message’s story', () => {
  it('tells it in time order with the judgement at the end, others left out', () => {
    const told = e2ee(story(), 'm1', 1)
      .at(3)
      .accepted('m2')
      .dispatch('m2', 'sms', { wire: 'smpp:1' });
    told.told('smpp:1', 'DELIVRD', 'delivered').end(100);
    const lines = storyOf(told.events, 'm2');
    expect(lines.map((line) => line.kind)).toEqual([
      'message.intended',
      'message.submitted',
      'message.answered',
      'door.request',
      'door.answered',
      'callback.sent',
      'callback.answered',
      ...lines.filter((line) => line.kind === 'judged').map(() => 'judged'),
    ]);
    expect(lines.at(-1)?.text).toMatch(/^(fallback|delivery)\//);
    expect(lines.find((line) => line.kind === 'door.request')?.text).toBe(
      'Sent by readable SMS to carrier/northtel/sms.',
    );
  });

  it('is empty for an unknown message', () => {
    expect(storyOf(e2ee(story(), 'm1', 1).end(9).events, 'nobody')).toEqual([]);
    expect(DEVICE).toContain(ANA.id);
  });
});
