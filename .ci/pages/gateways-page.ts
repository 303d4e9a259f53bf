import type { GatewayEntry } from '../../simulators/gateway/api/gateway.ts';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import { generatedHead, table } from './markdown.ts';

function list(lines: readonly string[], otherwise: string): string[] {
  return lines.length === 0 ? [otherwise] : lines.map((line) => `- ${line}`);
}

function section(entry: GatewayEntry): string[] {
  const { name, doc, docs, hosts, carries, operations, differences, sources } = entry;
  const rows = operations.map(({ method, path, does, source }) => [
    `${method} \`${path}\``,
    does,
    source,
  ]);
  return [
    '',
    `## ${name}`,
    '',
    doc,
    '',
    `Brings ${carries.join(', ')}. The vendor’s reference: <${docs}>.`,
    `Hosts that lead here: ${hosts.map((host) => `\`${host}\``).join(', ')}.`,
    '',
    ...table(['operation', 'what it does', 'source'], rows),
    '',
    'What differs from the vendor:',
    '',
    ...list(differences, '- Nothing is known to.'),
    '',
    'Where facts come from, beside the operations’ own sources:',
    '',
    ...list(sources, '- Nowhere else.'),
  ];
}

/** `docs/gateways.md`: the registry. */
export function renderGatewaysPage(): string {
  const head = generatedHead('Gateways', 'simulators/gateway/personalities', [
    'Each gateway of `world.gateways` is a vendor’s API as its own clients see it. The operations',
    'below are the rows of its route table: anything else gets the vendor’s own error, and a line',
    'in the report (`contract/unexpected-traffic`). Callbacks can be disturbed and forged:',
    '[callback faults](adding-a-gateway.md#callback-faults).',
    'More on two of them: [RBM](gateway-rbm.md), [Twilio](gateway-twilio.md).',
  ]);
  const entries = Object.values<GatewayEntry>(GATEWAYS);
  return [...head, ...entries.flatMap(section), ''].join('\n');
}
