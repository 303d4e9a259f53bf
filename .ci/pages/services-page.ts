import { openWorld } from '../../harness/unit-tests/simulated-world.ts';
import { smsCentreEntry } from '../../simulators/carrier/sms-centre-entry.ts';
import type { ServiceEntry } from '../../simulators/kernel/service-entry.ts';
import { PUSH_SERVICES } from '../../simulators/push/entries.ts';
import { generatedHead, table } from './markdown.ts';

/** Services beside the gateways. */
export const SERVICES: readonly ServiceEntry[] = [
  ...Object.values<ServiceEntry>(PUSH_SERVICES),
  smsCentreEntry,
];

/** What a world with all of them tells programs. */
async function placeholders(): Promise<readonly string[]> {
  const world = await openWorld({
    world: {
      carriers: { northtel: { sms: 'on' } },
      push: ['apns', 'fcm'],
      people: { ana: { device: 'android-16', carrier: 'northtel' } },
    },
  });
  const names = Object.keys(world.environment);
  await world.close();
  return names;
}

/** `docs/services/<name>.md`: a service’s entry. */
async function renderServicePage(entry: ServiceEntry): Promise<string> {
  const { name, doc, docs, guide, file, hosts, operations, rules, errors } = entry;
  const told = (await placeholders()).filter((key) => key.startsWith(entry.placeholders));
  const list = (lines: readonly string[]): string[] => lines.map((line) => `- ${line}`);
  return [
    ...generatedHead(`Service: ${name}`, file, [doc, '']),
    `What it follows: <${docs}>.`,
    ...(hosts.length === 0
      ? []
      : [`Hosts that lead here: ${hosts.map((host) => `\`${host}\``).join(', ')}.`]),
    `More about it, written by hand: [${guide}](../${guide}).`,
    '',
    '## Operations',
    '',
    'Anything else is refused as there, and stands in the report',
    '([contract/unexpected-traffic](../rules.md#contractunexpected-traffic)).',
    '',
    ...table(
      ['operation', 'what it does', 'source'],
      operations.map(({ what, does, source }) => [`\`${what}\``, does, source]),
    ),
    '',
    '## Rules',
    '',
    '“Estimate” marks what the simulator decided where nobody tells.',
    '',
    ...table(
      ['when', 'answer', 'source'],
      rules.map(({ when, answer, source }) => [when, answer, source]),
    ),
    '',
    '## Errors',
    '',
    'All that it answers; each is reached by a test.',
    '',
    ...table(
      ['code', 'status'],
      errors.map(({ code, status }) => [`\`${code}\``, status]),
    ),
    '',
    '## What a program is told',
    '',
    ...list(told.map((key) => `\`\${${key}}\``)),
    '',
    '## What differs',
    '',
    ...list(entry.differences),
    '',
    '## Sources',
    '',
    'Where facts come from, beside those of each row:',
    '',
    ...list(entry.sources),
    '',
  ].join('\n');
}

export const servicePages = SERVICES.map((entry) => ({
  path: `docs/services/${entry.name}.md`,
  render: () => renderServicePage(entry),
}));
