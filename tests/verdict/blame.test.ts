import { describe, expect, it } from 'vitest';
import { blameOf } from '../../harness/verdict/blame.ts';
import { partingOf } from '../../harness/launch/parting.ts';
import type { BlamePlay } from '../../simulators/kernel/blame.ts';
import { story } from '../judge/story-builder.ts';
import type { Story } from '../judge/story-builder.ts';

const play = (
  implementation: string,
  verdict: BlamePlay['verdict'],
  rules: readonly string[] = [],
  peers: BlamePlay['peers'] = 'as-planned',
): BlamePlay => ({ implementation, peers, verdict, rules, why: 'why it was so' });

const LOST = ['delivery/lost'];
const acme = play('acme', 'fail', LOST);
const passes = play('reference', 'pass');
const fails = play('reference', 'fail', LOST);
const alone = { subjectWithReference: null, referenceWithReference: null };
const withReference = (who: string, verdict: BlamePlay['verdict']): BlamePlay =>
  play(who, verdict, verdict === 'fail' ? LOST : [], 'reference');

describe('who is to blame', () => {
  it('is the implementation where the reference passes', () => {
    const blame = blameOf({ subject: acme, reference: passes, ...alone });
    expect(blame.on).toBe('implementation');
    expect(blame.sentence).toContain('acme’s own');
    expect(blame.plays).toEqual([acme, passes]);
  });

  it('is the scenario where the reference fails as well', () => {
    const blame = blameOf({ subject: acme, reference: fails, ...alone });
    expect(blame).toMatchObject({ on: 'scenario', shared: LOST });
  });

  it('keeps apart what the implementation alone breaks', () => {
    const both = play('acme', 'fail', [...LOST, 'fallback/late']);
    const { on, shared, sentence } = blameOf({ subject: both, reference: fails, ...alone });
    expect({ on, shared }).toEqual({ on: 'scenario', shared: LOST });
    expect(sentence).toContain('Only acme breaks fallback/late.');
  });

  it('is still the implementation where the reference fails by something else', () => {
    const other = play('reference', 'fail', ['latency/slow']);
    expect(blameOf({ subject: acme, reference: other, ...alone }).on).toBe('implementation');
  });

  it.each(['not-applicable', 'error', 'inconclusive'] as const)(
    'is unknown where the reference is %s',
    (verdict) => {
      const blame = blameOf({ subject: acme, reference: play('reference', verdict), ...alone });
      expect(blame.on).toBe('unknown');
      expect(blame.sentence).toContain('why it was so');
    },
  );

  it.each([
    ['implementation', passes, 'fail', 'pass'],
    ['pair', passes, 'pass', 'pass'],
    ['peer', fails, 'pass', 'pass'],
    ['scenario', fails, 'fail', 'fail'],
  ] as const)('with other phones: %s', (on, reference, subject, both) => {
    const blame = blameOf({
      subject: acme,
      reference,
      subjectWithReference: withReference('acme', subject),
      referenceWithReference: withReference('reference', both),
    });
    expect(blame.on).toBe(on);
    expect(blame.plays).toHaveLength(4);
  });
});

describe('where two histories part', () => {
  const TOLERANCE = 2_000_000;
  const begun = (wire: string): Story =>
    story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire });
  const arrived = (wire: string, at = 3): Story => begun(wire).at(at).display('m1', 'rcs', wire);
  const between = (here: Story, there: Story) =>
    partingOf(here.end(9).events, there.end(9).events, ['m1'], TOLERANCE);

  it('is nowhere where only ids and polls differ', () => {
    const polled = arrived('rbm:one').at(4).status('m1', 'sent', { final: false });
    expect(between(polled, arrived('rbm:two'))).toBeNull();
  });

  it('is the first step that one of them lacks', () => {
    const parting = between(begun('rbm:one'), arrived('rbm:one'));
    expect(parting).toMatchObject({ message: 'm1', here: null });
    expect(parting?.there?.text).toContain('Shown on person/ana/device/1');
  });

  it('is a step that came much later', () => {
    const parting = between(arrived('rbm:one', 8), arrived('rbm:one', 3));
    expect([parting?.here?.atMicros, parting?.there?.atMicros]).toEqual([8_000_000, 3_000_000]);
  });

  it('is not looked for in messages that neither knows', () => {
    const same = arrived('rbm:one').end(9).events;
    expect(partingOf(same, same, ['nobody-1'], TOLERANCE)).toBeNull();
  });
});
