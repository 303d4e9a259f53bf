import { parse } from 'yaml';
import { createVocabulary } from '../../harness/compose.ts';
import type { ProfileText } from '../../simulators/kernel/vocabulary.ts';
import { generatedHead, table } from './markdown.ts';

type Document = Readonly<Record<string, unknown>>;

/** `{ a: { b: 1 } }` → `a.b` */
function at(document: Document, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((here, key) => (here as Document | undefined)?.[key], document);
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value ?? 'none').replaceAll('"', '');
}

/** One row a key, one column a profile. */
function comparison(profiles: Readonly<Record<string, ProfileText>>, keys: readonly string[]) {
  const documents = Object.entries(profiles).map(
    ([name, { text }]) => [name, parse(text) as Document] as const,
  );
  return table(
    ['key', ...documents.map(([name]) => `\`${name}\``)],
    keys.map((key) => [`\`${key}\``, ...documents.map(([, document]) => at(document, key))]),
  );
}

function summaries(profiles: Readonly<Record<string, ProfileText>>): string[] {
  return Object.entries(profiles).flatMap(([name, { text }]) => {
    const document = parse(text) as Document & { readonly sources?: readonly string[] };
    const sources = (document.sources ?? []).map((source) => `  - ${source}`);
    return [`- \`${name}\`: ${at(document, 'summary')}`, ...sources];
  });
}

function policySections(policies: Readonly<Record<string, ProfileText>>): string[] {
  return Object.entries(policies).flatMap(([name, { text }]) => [
    '',
    `### ${name}`,
    '',
    '```yaml',
    text.trimEnd(),
    '```',
  ]);
}

const DEVICE_KEYS = [
  'platform',
  'os',
  'rcs',
  'e2ee',
  'push.provider',
  'push.extension',
  'push.extension-memory-mb',
  'push.background-per-hour',
  'push.background-per-hour-unentitled',
  'push.messaging-entitlement',
  'push.high-per-day',
  'push.demotion',
  'push.delay',
  'display',
  'rekey',
  'read',
];
const CARRIER_KEYS = [
  'region',
  'rcs',
  'e2ee',
  'sms',
  'delay.rcs',
  'delay.sms',
  'delay.mms',
  'sms-rate',
  'sms-queue',
  'store',
  'mms',
  'mms-bytes',
  'smpp.ids',
  'smpp.receipt-ids',
  'smpp.receipt-parameters',
  'smpp.interim',
  'smpp.window',
  'smpp.binds',
  'smpp.session-init',
  'smpp.inactivity',
  'smpp.enquire-link',
];

/** `docs/profiles.md`: what the YAML profiles say, side by side. */
export function renderProfilesPage(): string {
  const { devices, carriers, policies } = createVocabulary().profiles;
  const head = generatedHead('Profiles', 'the profiles and policies in YAML', [
    'Profiles are the defaults that a scenario starts from; none of their figures is a constant in',
    'code. Your own lie in `profiles/` beside your scenarios:',
    '[adding a profile](adding-a-profile.md).',
  ]);
  return [
    ...head,
    '',
    '## Devices',
    '',
    ...comparison(devices, DEVICE_KEYS),
    '',
    'What they stand for, and where the figures come from:',
    '',
    ...summaries(devices),
    '',
    '## Carriers',
    '',
    ...comparison(carriers, CARRIER_KEYS),
    '',
    ...summaries(carriers),
    '',
    '## Policies',
    '',
    'A policy is handed to the implementation as `${policy.file}` and is what its fall-backs are',
    'judged by. `extends` lays one over another; what allows more than its base is printed in',
    'every report.',
    '',
    'The file that a program gets is JSON, with times in microseconds under names that say so:',
    '`preference` (best first), `allowed` (channels by class), `disclosure` (`text`, and `on`,',
    'the channels by class that need it), `attemptTimeoutMicros` (by channel; absent: no limit),',
    '`deadlineMicros` (by class), `gatewayBackOffMicros`, `capabilityAgeMicros`,',
    '`toleranceMicros`, `grace`, `duplicates`, `archive`, `observers`.',
    '`bellwether env SCENARIO` writes one to look at.',
    ...policySections(policies),
    '',
  ].join('\n');
}
