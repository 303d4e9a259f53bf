import type { ExpectationOutcome, Finding, RuleOutcome } from '../../simulators/kernel/finding.ts';
import type { Expectation } from '../../simulators/kernel/plan.ts';
import type { CaseView } from './view.ts';

/** Rules whose single findings a percentage may average; safety findings never are. */
function averagedBy(expectation: Expectation, rule: string): boolean {
  if (expectation.kind === 'delivery' && expectation.atLeast < 1) {
    return rule === 'delivery/lost' || rule === 'delivery/late';
  }
  if (expectation.kind === 'fallback' && expectation.correct < 1) {
    return rule.startsWith('fallback/') && rule !== 'fallback/forbidden-channel';
  }
  return false;
}

/**
 * A scenario that allows a share of messages to fail, and whose share was met, has these findings
 * listed (level `may`), not failed.
 */
export function withTolerance(
  view: CaseView,
  rules: readonly RuleOutcome[],
  expectations: readonly ExpectationOutcome[],
): RuleOutcome[] {
  const held = view.cell.expect.filter((_, index) => expectations[index]?.outcome === 'held');
  const tolerated = (finding: Finding): ExpectationOutcome | undefined => {
    if (finding.message === undefined) return undefined;
    const traffic = view.byId.get(finding.message)?.record.traffic.name;
    const by = held.find(
      (each) => 'of' in each && each.of === traffic && averagedBy(each, finding.rule),
    );
    return by === undefined ? undefined : expectations[view.cell.expect.indexOf(by)];
  };
  return rules.map((outcome) => {
    if (outcome.findings.length === 0) return outcome;
    const findings = outcome.findings.map((finding) => {
      const by = tolerated(finding);
      if (by === undefined) return finding;
      const sentence = `${finding.sentence} (Within what the scenario allows: ${by.text}.)`;
      return { ...finding, level: 'may' as const, sentence };
    });
    return { ...outcome, findings };
  });
}
