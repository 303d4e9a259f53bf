/** Rules and expectations of one cell folded into its verdict, worst first, and why. */
import type {
  CellVerdict,
  ExpectationOutcome,
  FaultOutcome,
  Finding,
  RuleOutcome,
  VerdictWord,
} from '../../simulators/kernel/finding.ts';
import type { Level } from '../../simulators/kernel/words.ts';
import { brokenSentence } from '../../simulators/kernel/finding.ts';
import { causesAmong, withCauses } from './causes.ts';
import { breakdownOf } from './breakdown.ts';
import { judgeExpectation } from './expectations.ts';
import { faultOutcomes } from './fault-outcomes.ts';
import { latencySummaries } from './latency.ts';
import { cellCounts, messageOutcomes } from './outcomes.ts';
import { nothingAccepted } from './nothing-accepted.ts';
import type { Rule } from './rule.ts';
import { withTolerance } from './tolerance.ts';
import type { CaseView } from './view.ts';
import { plural } from './wording.ts';

/** Findings kept per rule: the count tells the rest. */
const MAX_FINDINGS = 1_000;

const LEVELS: readonly Level[] = ['must', 'should', 'may'];

/** A finding weighs as much as the weaker of the scenario's level and its own. */
function weaker(a: Level, b: Level): Level {
  return LEVELS[Math.max(LEVELS.indexOf(a), LEVELS.indexOf(b))] ?? 'may';
}

function judgeRule(view: CaseView, rule: Rule): RuleOutcome {
  const { name, level } = rule.entry;
  const ignored = view.cell.ignore.find((each) => each.rule === name)?.reason;
  const applies = view.judgesImplementation || rule.worldToo === true;
  const result = applies
    ? rule.judge(view)
    : { judged: 0, unjudged: 0, findings: [], reason: 'world check: no implementation takes part' };
  return {
    rule: name,
    level,
    ...result,
    findings: result.findings.slice(0, MAX_FINDINGS),
    ...(ignored === undefined ? {} : { ignored }),
  };
}

function failing(view: CaseView, rules: readonly RuleOutcome[]): Finding[] {
  return rules
    .filter((outcome) => outcome.ignored === undefined)
    .flatMap((outcome) => outcome.findings)
    .filter((finding) => weaker(view.cell.level, finding.level) === 'must');
}

/**
 * A cell that was ended early (Ctrl-C, a killed harness, a failure of the harness or of what it
 * stands on) had no time for what should still have happened: only what went wrong counts in it.
 */
function endedEarly(view: CaseView): boolean {
  const { ended } = view.fold.run;
  return ended === null || ended.outcome === 'stopped' || ended.outcome === 'harness-error';
}

/** A cause before what follows from it, and what went wrong before what did not happen in time. */
function headline(findings: readonly Finding[]): Finding | undefined {
  const spoke = new Set(findings.map(({ rule }) => rule));
  const causes = findings.filter(({ rule }) => causesAmong(rule, spoke).length === 0);
  return causes.find(({ kind }) => kind === 'safety') ?? causes[0];
}

function failWord(
  view: CaseView,
  rules: readonly RuleOutcome[],
  expectations: readonly ExpectationOutcome[],
): VerdictWord | null {
  const findings = failing(view, rules);
  const first = headline(
    endedEarly(view) ? findings.filter(({ kind }) => kind === 'safety') : findings,
  );
  if (first !== undefined) {
    const others = findings.length - 1;
    const more = others === 0 ? '' : ` (${first.rule}; ${plural(others, 'more finding')})`;
    return { verdict: 'fail', why: `${first.sentence}${more || ` (${first.rule})`}` };
  }
  const broken = expectations.find((each) => each.outcome === 'failed');
  if (broken !== undefined && view.cell.level === 'must' && !endedEarly(view)) {
    return { verdict: 'fail', why: brokenSentence(broken) };
  }
  return null;
}

function inconclusiveReasons(
  view: CaseView,
  rules: readonly RuleOutcome[],
  expectations: readonly ExpectationOutcome[],
  cut: string | null,
): string[] {
  const reasons: string[] = [];
  const { ended } = view.fold.run;
  if (cut !== null) reasons.push(cut);
  else if (ended === null) reasons.push('the history ends before the cell did');
  if (ended?.outcome === 'deadline') reasons.push('the scenario’s own deadline ended the cell');
  if (ended?.outcome === 'stopped') reasons.push('the run was stopped');
  for (const outcome of rules) {
    if (outcome.inconclusive === undefined || outcome.ignored !== undefined) continue;
    if (outcome.level === 'must') reasons.push(`${outcome.rule}: ${outcome.inconclusive}`);
  }
  for (const each of expectations) {
    if (each.outcome === 'inconclusive') reasons.push(`${each.text}: ${each.seen}`);
  }
  const judged = rules.filter((outcome) => outcome.level !== 'may' && outcome.judged > 0);
  if (expectations.length > 0 && expectations.every((each) => each.outcome === 'not-exercised')) {
    reasons.push('none of the scenario’s expectations was exercised');
  } else if (expectations.length === 0 && judged.length === 0) {
    reasons.push('no rule had anything to judge');
  }
  const unread = view.fold.run.evidence?.unread ?? [];
  if (unread.length > 0) reasons.push(`of its files not all could be read: ${unread.join(', ')}`);
  if (view.messages.length === 0) reasons.push('no message was ever sent');
  const refused = nothingAccepted(view);
  if (refused !== null) reasons.push(refused);
  return reasons;
}

/** What is to be said where nothing failed, or but for what failed. */
function unfailedWord(
  view: CaseView,
  rules: readonly RuleOutcome[],
  expectations: readonly ExpectationOutcome[],
  cut: string | null,
): VerdictWord {
  if (view.fold.run.ended?.outcome === 'harness-error') {
    const what = view.fold.run.ended.why ?? 'no reason was recorded';
    return {
      verdict: 'error',
      why: `The harness or its environment failed (${what}): the implementation was not judged.`,
    };
  }
  const reasons = inconclusiveReasons(view, rules, expectations, cut);
  if (reasons.length > 0) {
    const [first, ...others] = reasons;
    const more = others.length === 0 ? '' : ` (and ${plural(others.length, 'more reason')})`;
    return { verdict: 'inconclusive', why: `Not enough was seen: ${first}${more}.` };
  }
  const exercised = rules.filter(
    (outcome) => outcome.level === 'must' && outcome.judged > 0,
  ).length;
  const shown = view.messages.filter((message) => message.arrival !== null).length;
  const { length: all } = view.messages;
  // What was refused could not be shown; what got no answer may have been accepted all the same.
  const { length: taken } = view.messages.filter(
    ({ acceptedAt, record }) => acceptedAt !== null || record.toBusiness,
  );
  const isPart = view.judgesImplementation && taken < all && shown <= taken;
  const ofWhat = isPart
    ? `${plural(taken, 'accepted message')} (of ${all} sent)`
    : plural(all, 'message');
  const arrived = view.messages.some(({ record }) => record.toBusiness) ? 'arrived' : 'were shown';
  return {
    verdict: 'pass',
    why:
      `${shown} of ${ofWhat} ${arrived}, and each of the ` +
      `${exercised} must rules that had something to judge held.`,
  };
}

function notesOf(
  view: CaseView,
  rules: readonly RuleOutcome[],
  faults: readonly FaultOutcome[],
): string[] {
  const { cell, fold } = view;
  const notes: string[] = [];
  if (cell.worldCheck)
    notes.push('World check: no implementation takes part; it never counts towards the verdict.');
  for (const what of cell.hypothetical) notes.push(`Hypothetical: ${what}.`);
  for (const each of cell.ignore) notes.push(`Ignored: ${each.rule} — ${each.reason}.`);
  for (const { name, reached, outside } of faults) {
    if (outside !== true || reached) continue;
    notes.push(`The fault ${name} strikes only what the implementation does not claim to use.`);
  }
  for (const cellOfTable of cell.policy.relaxations)
    notes.push(`Relaxed in the policy: ${cellOfTable}.`);
  if (cell.speed !== undefined) {
    notes.push(`Speed ${cell.speed}: the world’s own delays are not those of its profiles.`);
  }
  if (fold.started.wire === 'memory') {
    notes.push(
      'Virtual time: the latency parts accept and decide hold no CPU time and are not exercised.',
    );
  }
  if (view.unattributed > 0) {
    notes.push(
      `${plural(view.unattributed, 'transmission')} could not be attributed to a message.`,
    );
  }
  const unfinished = fold.run.ended?.unfinished ?? [];
  if (unfinished.length > 0) {
    const named = unfinished.slice(0, 5).join(', ');
    notes.push(`Not at rest at the end: ${named}${unfinished.length > 5 ? ', …' : ''}.`);
  }
  const cutShort = rules.filter((outcome) => outcome.findings.length === MAX_FINDINGS);
  for (const outcome of cutShort) {
    notes.push(`${outcome.rule}: only the first ${MAX_FINDINGS} findings are listed.`);
  }
  return notes;
}

/** Gateways that it relies on and that are not there: what it is told of them is empty. */
function missingGateways({ cell, fold }: CaseView): string[] {
  const { claims } = fold.started.implementation;
  return claims.gateways
    .filter((name) => !cell.world.gateways.includes(name))
    .map(
      (name) =>
        `It claims the gateway ${name}, which this world does not have: nothing could be sent ` +
        `by it, and \${gateway.${name}.…} was empty (world.gateways).`,
    );
}

/** `cut`: why the history itself is incomplete, if it is. */
export function judgeCell(
  view: CaseView,
  registry: Readonly<Record<string, Rule>>,
  cut: string | null,
): CellVerdict {
  const { cell } = view;
  const judged = Object.values(registry).map((rule) => judgeRule(view, rule));
  const counting = judged.filter((outcome) => outcome.ignored === undefined);
  const expectations = cell.expect.map((each) => judgeExpectation(view, each, counting));
  const rules = withCauses(withTolerance(view, judged, expectations));
  const unfailed = unfailedWord(view, rules, expectations, cut);
  const fail = failWord(view, rules, expectations);
  const word = fail ?? unfailed;
  const faults = faultOutcomes(view);
  const unmatchedFiles = view.fold.run.evidence?.unmatched ?? [];
  return {
    cell: cell.id,
    scenario: cell.scenario,
    verdict: word.verdict,
    why: word.why,
    ...(fail !== null && unfailed.verdict !== 'pass' && { besides: unfailed }),
    level: cell.level,
    worldCheck: cell.worldCheck,
    rules,
    expectations,
    faults,
    latency: latencySummaries(view),
    breakdown: breakdownOf(view),
    counts: cellCounts(view, counting),
    messages: messageOutcomes(view, rules),
    notes: [
      ...notesOf(view, rules, faults),
      ...(word.verdict === 'pass' || cell.worldCheck ? [] : missingGateways(view)),
    ],
    ...(unmatchedFiles.length === 0 ? {} : { unmatchedFiles }),
  };
}
