/**
 * What may have brought about what: data beside the registry of rules. A headline names a cause
 * that was found before what follows from it; both are listed, and both count.
 */
import type { RuleOutcome } from '../../simulators/kernel/finding.ts';
import type { RULES } from './rules/index.ts';

type RuleName = keyof typeof RULES;

/** It was not there, or not fully. */
const NOT_THERE = [
  'implementation/crashed',
  'implementation/not-ready',
  'implementation/hung',
] as const satisfies readonly RuleName[];

/** It called what it should not, or did not hear what it was told. */
const CUT_OFF = [
  'contract/unexpected-traffic',
  'webhook/valid-rejected',
  'webhook/fragile',
  'api/token-stale',
] as const satisfies readonly RuleName[];

/** A push that no phone shows, or that is not sent any more. */
const BAD_PUSH = [
  'push/wrong-type',
  'push/wrong-priority',
  'push/payload-too-large',
  'push/unregistered-token',
  'push/silent-budget',
] as const satisfies readonly RuleName[];

const BAD_LINK = [
  'link/without-sign-in',
  'link/preview-bot',
  'link/wrong-code',
  'link/leak',
] as const satisfies readonly RuleName[];

/** What phones cannot read. */
const BAD_KEYS = [
  'e2ee/interop',
  'e2ee/stale-epoch',
  'e2ee/key-package-reuse',
  'e2ee/key-loss-blackhole',
] as const satisfies readonly RuleName[];

const NOT_SHOWN = [...NOT_THERE, ...CUT_OFF, ...BAD_PUSH, ...BAD_LINK, ...BAD_KEYS] as const;

/** Rule → rules whose findings explain its own. Never in a circle (a test). */
export const CAUSES: Readonly<Partial<Record<RuleName, readonly RuleName[]>>> = {
  'delivery/lost': [...NOT_SHOWN, 'attachment/unreadable', 'fallback/missed'],
  'delivery/late': [
    ...NOT_SHOWN,
    'attachment/unreadable',
    'fallback/missed',
    'fallback/late',
    'delivery/lost',
  ],
  'delivery/altered': ['attachment/unreadable'],
  'latency/slow': [...NOT_THERE, ...CUT_OFF, 'delivery/late', 'fallback/late', 'fallback/needless'],
  'recovery/slow': [...NOT_THERE, ...CUT_OFF, 'api/hammering', 'delivery/lost'],
  'evidence/missing': NOT_THERE,
  'contract/probe': NOT_THERE,
  'fallback/missed': [...NOT_THERE, ...CUT_OFF, ...BAD_PUSH, 'fallback/late'],
  'fallback/late': [...NOT_THERE, ...CUT_OFF],
  'fallback/duplicate': ['api/not-idempotent', ...NOT_THERE, ...CUT_OFF],
  'fallback/misreported': [
    ...NOT_THERE,
    ...CUT_OFF,
    ...BAD_LINK,
    'webhook/forged',
    'webhook/tampered',
    'webhook/unsigned',
    'webhook/wrong-key',
    'webhook/stale',
    'webhook/replayed',
    'contract/unknown-status',
  ],
  'fallback/known-dead': ['push/unregistered-token'],
  'api/hammering': ['push/unregistered-token'],
  'e2ee/key-loss-blackhole': [...NOT_THERE, 'e2ee/stale-epoch'],
  'e2ee/plaintext-exposed': [
    ...BAD_LINK,
    'push/plaintext',
    'attachment/open-to-all',
    'fallback/forbidden-channel',
    'archive/readable',
  ],
  'link/preview-bot': ['link/without-sign-in'],
  'link/wrong-code': ['link/without-sign-in'],
  'attachment/unreadable': ['attachment/wrong-digest', 'attachment/not-refreshed'],
  'attachment/outlives-its-url': ['attachment/open-to-all'],
  'archive/more-than-needed': ['archive/readable'],
};

/** Of the rules that spoke, those whose findings explain this one's. */
export function causesAmong(rule: string, spoke: ReadonlySet<string>): readonly string[] {
  const causes: readonly string[] = Object.hasOwn(CAUSES, rule)
    ? (CAUSES[rule as RuleName] ?? [])
    : [];
  return causes.filter((cause) => spoke.has(cause));
}

/** Each outcome with findings says which others they follow from; `must` rules explain. */
export function withCauses(rules: readonly RuleOutcome[]): readonly RuleOutcome[] {
  const spoke = new Set(
    rules
      .filter(({ ignored }) => ignored === undefined)
      .flatMap(({ rule, findings }) =>
        findings.some(({ level }) => level === 'must') ? rule : [],
      ),
  );
  return rules.map((outcome) => {
    if (outcome.findings.length === 0) return outcome;
    const follows = causesAmong(outcome.rule, spoke);
    return follows.length === 0 ? outcome : { ...outcome, follows };
  });
}
