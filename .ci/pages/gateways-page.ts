import type { GatewayEntry, GatewayRow } from '../../simulators/gateway/api/gateway.ts';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import { openWorld } from '../../harness/unit-tests/simulated-world.ts';
import { generatedHead, table } from './markdown.ts';

const SOURCE = 'simulators/gateway/personalities';

function list(lines: readonly string[], otherwise: string): string[] {
  return lines.length === 0 ? [otherwise] : lines.map((line) => `- ${line}`);
}

/** What a world of this gateway alone tells programs: `${gateway.twilio.authToken}`. */
async function placeholdersOf(name: string): Promise<string[]> {
  const world = await openWorld({
    world: {
      carriers: { northtel: {} },
      gateways: [name],
      people: { ana: { device: 'android-16', carrier: 'northtel' } },
    },
  });
  const names = Object.keys(world.environment).filter((key) => key.startsWith(`gateway.${name}.`));
  await world.close();
  return names;
}

function errorLines({ errors = [] }: GatewayEntry): string[] {
  if (errors.length === 0) return [];
  return [
    '## Errors',
    '',
    'All that it answers, or tells later of a message; each is reached by a test.',
    '',
    ...table(
      ['code', 'status', 'what it says'],
      errors.map(({ code, status, says = '' }) => [`\`${code}\``, status, says]),
    ),
    '',
  ];
}

/** `docs/gateways/<vendor>.md`: a row of the registry. */
async function renderGatewayPage({ hosts, carries, load }: GatewayRow): Promise<string> {
  const entry = await load();
  const { name, doc, docs, guide, operations, differences, sources } = entry;
  const rows = operations.map(({ method, path, does, source }) => [
    `${method} \`${path}\``,
    does,
    source,
  ]);
  const placeholders = await placeholdersOf(name);
  const more =
    guide === undefined ? [] : [`More about it, written by hand: [${guide}](../${guide}).`];
  return [
    ...generatedHead(`Gateway: ${name}`, `${SOURCE}/${name}.ts`, [doc, '']),
    `Brings ${carries.join(', ')}. The vendor’s reference: <${docs}>.`,
    `Hosts that lead here: ${hosts.map((host) => `\`${host}\``).join(', ')}.`,
    ...more,
    '',
    '## Operations',
    '',
    'Anything else gets the vendor’s own error, and a line in the report',
    '([contract/unexpected-traffic](../rules.md#contractunexpected-traffic)).',
    '',
    ...table(['operation', 'what it does', 'source'], rows),
    '',
    ...errorLines(entry),
    '## What a program is told',
    '',
    'Placeholders of `implementation.yaml`, and keys of `world.environment` in [unit',
    'tests](../unit-tests.md).',
    '',
    ...list(
      placeholders.map((placeholder) => `\`\${${placeholder}}\``),
      '- Nothing.',
    ),
    '',
    '## What differs from the vendor',
    '',
    ...list(differences, '- Nothing is known to.'),
    '',
    '## Sources',
    '',
    'Where facts come from, beside the operations’ own sources:',
    '',
    ...list(sources, '- Nowhere else.'),
    '',
  ].join('\n');
}

/** `docs/gateways.md`: the registry at a glance. */
export async function renderGatewaysPage(): Promise<string> {
  const head = generatedHead('Gateways', SOURCE, [
    'Each gateway of `world.gateways` is a vendor’s API as its own clients see it; its page has',
    'its operations, what differs from the vendor, and where each fact is from. Callbacks can be',
    'disturbed and forged: [callback faults](adding-a-gateway.md#callback-faults).',
    '',
  ]);
  const rows = Object.values<GatewayRow>(GATEWAYS).map(async ({ carries, load }) => {
    const { name, doc, operations, guide } = await load();
    return [
      `[${name}](gateways/${name}.md)`,
      doc,
      carries.join(', '),
      `${operations.length}`,
      guide === undefined ? '' : `[${guide}](${guide})`,
    ];
  });
  return [
    ...head,
    ...table(['gateway', 'what it is', 'brings', 'operations', 'more'], await Promise.all(rows)),
    '',
    'The other ways out of a program: [the SMS centre](sms-centre.md) (SMPP,',
    '[reference](services/sms-centre.md)), [push](push.md) ([APNs](services/apns.md) and',
    '[FCM](services/fcm.md)). Numbers that behave in a way of their own, for work by hand: [magic',
    'numbers](magic-numbers.md).',
    '',
  ].join('\n');
}

export const gatewayPages = Object.entries<GatewayRow>(GATEWAYS).map(([name, row]) => ({
  path: `docs/gateways/${name}.md`,
  render: () => renderGatewayPage(row),
}));
