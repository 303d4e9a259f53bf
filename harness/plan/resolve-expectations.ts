/** The `expect` block → plans, with every reference checked. */
import type { Expectation, FaultPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import type { ExpectationDoc } from '../scenario/schema.ts';
import { pathText } from '../scenario/diagnose.ts';
import type { SourcePath } from '../scenario/source.ts';
import type { Problems } from './problems.ts';
import { checkSamples } from './reachable.ts';

interface Names {
  readonly traffic: readonly TrafficPlan[];
  readonly faults: readonly FaultPlan[];
  readonly rules: Vocabulary['rules'];
  readonly problems: Problems;
}

/**
 * `e2ee/*` stands for every rule of the group that can make a run fail or be listed as a weakness;
 * a `may` rule has to be named.
 */
export function rulesMatching(written: string, rules: Vocabulary['rules']): string[] {
  const all = Object.values(rules);
  const matched = written.endsWith('/*')
    ? all.filter(({ name, level }) => level !== 'may' && name.startsWith(written.slice(0, -1)))
    : all.filter(({ name }) => name === written);
  return matched.map(({ name }) => name);
}

function resolveExpectation(
  doc: ExpectationDoc,
  index: number,
  names: Names,
): Expectation | undefined {
  const { problems } = names;
  const traffic = names.traffic.map(({ name }) => name);
  const faults = names.faults.map(({ name }) => name);
  const given = Object.keys(doc);
  const word = given[0];
  const path: SourcePath = ['expect', index, word ?? ''];
  if (given.length !== 1) {
    problems.add(
      'SCENARIO_EXPECTATION',
      ['expect', index],
      `expect[${index}] must say exactly one thing`,
      'Begin a new list item for each of delivery, latency, fallback, recovery, never.',
    );
    return undefined;
  }
  const ofTraffic = (of: string): void => {
    if (!traffic.includes(of)) problems.unknown([...path, 'of'], 'traffic', of, traffic);
  };
  if (doc.delivery !== undefined) {
    ofTraffic(doc.delivery.of);
    const { of, within, channel } = doc.delivery;
    return {
      kind: 'delivery',
      of,
      atLeast: doc.delivery['at-least'],
      withinMicros: within ?? null,
      channel: channel ?? null,
    };
  }
  if (doc.latency !== undefined) {
    const { of, channel, outside, samples, ...thresholds } = doc.latency;
    ofTraffic(of);
    if (Object.values(thresholds).every((threshold) => threshold === undefined)) {
      problems.add(
        'SCENARIO_EXPECTATION',
        path,
        `${pathText(path)}: no threshold is given, so it would always hold`,
        'Add one of p50, p90, p95, p99, p99.9 or max, such as p95: "< 5s".',
      );
    }
    for (const [place, fault] of (outside ?? []).entries()) {
      if (!faults.includes(fault))
        problems.unknown([...path, 'outside', place], 'fault', fault, faults);
    }
    if (samples !== undefined) checkSamples(samples, of, path, names);
    return {
      kind: 'latency',
      of,
      channel: channel ?? null,
      outside: outside ?? [],
      thresholds: Object.fromEntries(
        Object.entries(thresholds).flatMap(([key, value]) =>
          value === undefined ? [] : [[key, value]],
        ),
      ),
      samples: samples ?? { op: '>=', value: 1 },
    };
  }
  if (doc.fallback !== undefined) {
    ofTraffic(doc.fallback.of);
    return { kind: 'fallback', of: doc.fallback.of, correct: doc.fallback.correct };
  }
  if (doc.recovery !== undefined) {
    const { from, within } = doc.recovery;
    if (!faults.includes(from)) problems.unknown([...path, 'from'], 'fault', from, faults);
    return { kind: 'recovery', from, withinMicros: within };
  }
  const rules = (doc.never ?? []).flatMap((rule, place) => {
    const matched = rulesMatching(rule, names.rules);
    if (matched.length === 0)
      problems.unknown([...path, place], 'rule', rule, Object.keys(names.rules));
    return matched;
  });
  return { kind: 'never', rules };
}

export function resolveExpectations(docs: readonly ExpectationDoc[], names: Names): Expectation[] {
  return docs.flatMap((doc, index) => {
    const expectation = resolveExpectation(doc, index, names);
    return expectation === undefined ? [] : [expectation];
  });
}
