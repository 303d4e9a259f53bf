import type { ExpectationOutcome, RuleOutcome } from '../../simulators/kernel/finding.ts';
import type { Expectation } from '../../simulators/kernel/plan.ts';
import { checkLatency, latencyText } from './latency-check.ts';
import { fallbackTally } from './outcomes.ts';
import { recoveryFrom } from './recovery.ts';
import type { CaseView } from './view.ts';
import { duration, plural } from './wording.ts';

type Of<K extends Expectation['kind']> = Extract<Expectation, { kind: K }>;

/** `97.5 %` */
function percent(share: number): string {
  return `${Math.floor(share * 10_000 + 1e-9) / 100} %`;
}

function delivery(view: CaseView, expectation: Of<'delivery'>): ExpectationOutcome {
  const within = expectation.withinMicros;
  const on = expectation.channel === null ? '' : ` on ${expectation.channel}`;
  const limit = within === null ? '' : ` within ${duration(within)}`;
  const wanted = percent(expectation.atLeast);
  const text = `delivery of ${expectation.of}${on}: at least ${wanted}${limit}`;
  let all = 0;
  let met = 0;
  let disturbed = false;
  for (const message of view.messages) {
    if (message.record.traffic.name !== expectation.of) continue;
    all++;
    const intended = message.record.intended.at;
    const good = message.displays.some((display) => {
      if (expectation.channel !== null && display.channel !== expectation.channel) return false;
      const { arrival } = message;
      const at = arrival?.display === display ? arrival.at : display.at;
      return within === null || at - intended <= within;
    });
    if (good) met++;
    else if (within !== null) disturbed ||= view.lagged(intended, intended + within);
  }
  if (all === 0) return { text, outcome: 'not-exercised', seen: 'no messages' };
  const share = met / all;
  const seen = `${percent(share)} (${met} of ${all})`;
  if (share >= expectation.atLeast) return { text, outcome: 'held', seen };
  return { text, outcome: disturbed ? 'inconclusive' : 'failed', seen };
}

function latency(view: CaseView, expectation: Of<'latency'>): ExpectationOutcome {
  const text = latencyText(expectation);
  const check = checkLatency(view, expectation);
  if (check.samples === 0) return { text, outcome: 'not-exercised', seen: 'no samples' };
  if (!check.enough) return { text, outcome: 'inconclusive', seen: check.seen };
  if (check.broken.length === 0) return { text, outcome: 'held', seen: check.seen };
  if (check.lagged) return { text, outcome: 'inconclusive', seen: check.seen };
  return { text, outcome: 'failed', seen: check.seen, by: ['latency/slow'] };
}

function fallback(
  view: CaseView,
  expectation: Of<'fallback'>,
  rules: readonly RuleOutcome[],
): ExpectationOutcome {
  const text = `fallback of ${expectation.of}: ${percent(expectation.correct)} correct`;
  const tally = fallbackTally(view, rules, expectation.of);
  if (tally.judged === 0) return { text, outcome: 'not-exercised', seen: 'no message was judged' };
  const share = tally.correct / tally.judged;
  const seen = `${percent(share)} (${tally.correct} of ${tally.judged})`;
  // What a class forbids is never averaged.
  if (tally.forbidden === 0 && share >= expectation.correct) return { text, outcome: 'held', seen };
  const forbidden = tally.forbidden > 0 ? `, ${tally.forbidden} on a forbidden channel` : '';
  return { text, outcome: 'failed', seen: `${seen}${forbidden}`, by: tally.rules };
}

function recovery(view: CaseView, expectation: Of<'recovery'>): ExpectationOutcome {
  const text = `recovery from ${expectation.from} within ${duration(expectation.withinMicros)}`;
  const found = recoveryFrom(view, expectation.from);
  if (found === null) {
    return { text, outcome: 'not-exercised', seen: 'nothing to recover was seen' };
  }
  const seen =
    `${duration(found.micros)}, backlog ${found.backlog}, herd ${found.herd} in the first second` +
    (found.unfinished.length > 0
      ? `, ${plural(found.unfinished.length, 'message')} never came to an end`
      : '');
  if (found.micros <= expectation.withinMicros + view.policy.toleranceMicros) {
    return { text, outcome: 'held', seen };
  }
  const disturbed = view.lagged(found.liftedAt, found.liftedAt + found.micros);
  if (disturbed) return { text, outcome: 'inconclusive', seen };
  return { text, outcome: 'failed', seen, by: ['recovery/slow'] };
}

/** `e2ee/*` or a rule's full name. */
function ruleMatches(pattern: string, rule: string): boolean {
  return pattern.endsWith('/*') ? rule.startsWith(pattern.slice(0, -1)) : pattern === rule;
}

function never(expectation: Of<'never'>, rules: readonly RuleOutcome[]): ExpectationOutcome {
  const text = `never ${expectation.rules.join(', ')}`;
  const named = rules.filter((outcome) =>
    expectation.rules.some((pattern) => ruleMatches(pattern, outcome.rule)),
  );
  const unknown = expectation.rules.find(
    (pattern) => !rules.some((outcome) => ruleMatches(pattern, outcome.rule)),
  );
  if (unknown !== undefined) {
    return { text, outcome: 'inconclusive', seen: `${unknown} was not judged here` };
  }
  const findings = named.flatMap((outcome) => outcome.findings);
  if (findings.length > 0) {
    return {
      text,
      outcome: 'failed',
      seen: `${plural(findings.length, 'time')}: ${findings[0]?.sentence ?? ''}`,
      by: [...new Set(findings.map(({ rule }) => rule))],
    };
  }
  const doubt = named.find((outcome) => outcome.inconclusive !== undefined);
  if (doubt !== undefined) {
    return { text, outcome: 'inconclusive', seen: `${doubt.rule}: ${doubt.inconclusive}` };
  }
  const judged = named.reduce((sum, outcome) => sum + outcome.judged, 0);
  if (judged === 0) return { text, outcome: 'not-exercised', seen: 'nothing was judged' };
  return { text, outcome: 'held', seen: `none in ${judged} judged` };
}

/** One expectation of the scenario against what was seen; `rules` are judged already. */
export function judgeExpectation(
  view: CaseView,
  expectation: Expectation,
  rules: readonly RuleOutcome[],
): ExpectationOutcome {
  switch (expectation.kind) {
    case 'delivery':
      return delivery(view, expectation);
    case 'latency':
      return latency(view, expectation);
    case 'fallback':
      return fallback(view, expectation, rules);
    case 'recovery':
      return recovery(view, expectation);
    case 'never':
      return never(expectation, rules);
  }
}
