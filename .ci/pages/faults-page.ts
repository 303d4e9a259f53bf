import { createVocabulary } from '../../harness/compose.ts';
import type { FaultEntry, FaultParameter } from '../../simulators/kernel/fault-entry.ts';
import { durationText, generatedHead, table } from './markdown.ts';

/** How a target of a kind is written in a scenario. */
const WRITTEN: Readonly<Record<FaultEntry['targets'][number], string>> = {
  'carrier-rcs': '`carrier/<name>/rcs`',
  'carrier-sms': '`carrier/<name>/sms`',
  'carrier-mms': '`carrier/<name>/mms`',
  gateway: '`gateway/<name>`',
  push: '`push/<apns or fcm>`',
  attachments: '`attachments/store`',
  imessage: '`imessage/apple`',
  person: '`person/<name>`',
  device: '`person/<name>/device/<n>`',
  implementation: '`implementation`',
};

function defaultText({ default: value, type }: FaultParameter): string {
  if (value === undefined) return 'required';
  if (value === null) return 'none';
  if (typeof value === 'string') return value;
  if (type === 'duration' || type === 'distribution') return durationText(value);
  if (type === 'share') return `${value * 100}%`;
  return type === 'rate' ? `${value}/s` : String(value);
}

function section(entry: FaultEntry): string[] {
  const parameters = Object.entries(entry.params).map(([name, parameter]) => [
    `\`${name}\``,
    parameter.words === undefined ? parameter.type : parameter.words.join(', '),
    defaultText(parameter),
    parameter.doc,
  ]);
  const targets = entry.targets.map((kind) => WRITTEN[kind]).join(', ');
  const shape = entry.shape === 'point' ? 'Happens at one instant.' : 'Lasts, and ends by itself.';
  return [
    '',
    `## ${entry.name}`,
    '',
    entry.doc,
    '',
    `On ${targets}. ${shape} Channels through the target are meanwhile: ${entry.truth}.`,
    '',
    ...(parameters.length === 0
      ? []
      : [...table(['parameter', 'type', 'default', 'meaning'], parameters), '']),
    '```yaml',
    'faults:',
    `  ${entry.example}`,
    '```',
  ];
}

/** `docs/faults.md`: the registry. */
export function renderFaultsPage(): string {
  const { faults, eventKinds } = createVocabulary();
  const head = generatedHead('Faults', 'simulators/faults', [
    'A fault is written as `name: { <fault>: <target>, <when>, <parameters> }`; `*` stands for one',
    'part of a path (`push/*`, `person/*/device/1`). Exactly one of `during: 60s..3m`, `at: 60s`',
    '(for what happens at one instant) and `after: { event, of, nth, last }` says when.',
    '`hit: all`, `{ share: 20% }`, `{ first: 5 }` or `{ every: 3 }` says which matching requests,',
    '`of: <traffic>` whose. `evidence: { hits: ">= 5" }` is the floor below which the cell is',
    'inconclusive (default: one hit).',
    'More on this: [writing a scenario](writing-a-scenario.md#faults).',
    '',
    `Events that \`after\` may name: ${eventKinds.map((kind) => `\`${kind}\``).join(', ')}.`,
  ]);
  return [...head, ...Object.values(faults).flatMap(section), ''].join('\n');
}
