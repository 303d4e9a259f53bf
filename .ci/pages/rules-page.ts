import { join } from 'node:path';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { loadVariants, loadWorldMutants } from '../../harness/launch/selftest/variant.ts';
import type { Variant } from '../../harness/launch/selftest/variant.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import type { RuleEntry } from '../../simulators/kernel/rule-entry.ts';
import { anchorOf, generatedHead, table } from './markdown.ts';

const REFERENCE = 'examples/reference-notifier';
const DEVICE_CLIENT = 'examples/device-client';

/** Rule → the scenarios whose `never` names it (directly or by its group). */
function scenariosByRule(vocabulary: ReturnType<typeof createVocabulary>): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  const { cells } = loadPlan(['scenarios'], { vocabulary, workingDirectory: PROJECT_FOLDER });
  for (const { suite, scenario, expect } of cells) {
    for (const rule of expect.flatMap((one) => (one.kind === 'never' ? one.rules : []))) {
      found.set(rule, (found.get(rule) ?? new Set()).add(`${suite}/${scenario}`));
    }
  }
  return new Map([...found].map(([rule, names]) => [rule, [...names].toSorted()]));
}

const quoted = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : names.map((name) => `\`${name}\``).join(', ');

function section(
  entry: RuleEntry,
  mutants: readonly Variant[],
  scenarios: readonly string[],
): string[] {
  const caught = mutants.filter(({ rule }) => rule === entry.name);
  return [
    '',
    `## ${entry.name}`,
    '',
    `Level \`${entry.level}\`, ${entry.kind}. Fails when: ${entry.fails}`,
    '',
    `- Look first: ${entry.hint}`,
    `- Tests: ${entry.source}`,
    `- Named by: ${quoted(scenarios, 'no scenario; it judges every cell all the same')}`,
    ...(caught.length === 0
      ? ['- Mutants that it must catch: none yet']
      : [
          '- Mutants that it must catch:',
          ...caught.map(
            ({ id, summary, scenario }) => `  - \`${id}\` on \`${scenario}\`: ${summary}`,
          ),
        ]),
  ];
}

/** `docs/rules.md`: the registry, with what proves each rule. */
export function renderRulesPage(): string {
  const vocabulary = createVocabulary();
  const rules = Object.values(vocabulary.rules);
  const variants = loadVariants(join(PROJECT_FOLDER, REFERENCE));
  const mutants = [
    ...variants.filter(({ kind }) => kind === 'mutant'),
    ...loadWorldMutants(join(PROJECT_FOLDER, DEVICE_CLIENT)),
  ];
  const scenarios = scenariosByRule(vocabulary);
  const head = generatedHead('Rules', 'harness/judge/rules, the mutants and the scenarios', [
    'Every rule judges every cell. Only `must` findings make a run fail; `should` and `may` are',
    'listed. _Safety_: something wrong happened. _Liveness_: something right did not happen in',
    'time. How rules use truth and knowledge: [verdicts](verdicts.md). A mutant is the reference',
    'notifier, or a simulated phone, with one edit; `bellwether selftest` runs each on the',
    'scenario named here, and its rule must speak.',
  ]);
  const overview = table(
    ['rule', 'level', 'kind', 'mutants'],
    rules.map(({ name, level, kind }) => [
      `[${name}](#${anchorOf(name)})`,
      level,
      kind,
      String(mutants.filter(({ rule }) => rule === name).length),
    ]),
  );
  const sections = rules.flatMap((entry) =>
    section(entry, mutants, scenarios.get(entry.name) ?? []),
  );
  return [...head, '', ...overview, ...sections, ''].join('\n');
}
