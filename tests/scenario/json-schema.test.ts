import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { problemsOfText, replaced, SCENARIO } from './small-scenario.ts';

const schema = JSON.parse(
  readFileSync(join(PROJECT_FOLDER, 'scenarios/scenario.schema.json'), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
const takes = (text: string): boolean => validate(parse(text));

const files = readdirSync(join(PROJECT_FOLDER, 'scenarios'), {
  recursive: true,
  encoding: 'utf8',
}).filter((file) => file.endsWith('.yaml') && !file.startsWith('policies'));

// That the file is fresh, tests/docs says of every generated file.
describe('the JSON Schema of scenarios, by a validator of others', () => {
  it.each(files)('takes scenarios/%s', (file) => {
    const text = readFileSync(join(PROJECT_FOLDER, 'scenarios', file), 'utf8');
    expect(takes(text), JSON.stringify(validate.errors, null, 1)).toBe(true);
  });

  it.each<[what: string, text: string]>([
    ['every block', SCENARIO],
    [
      'placeholders',
      replaced(
        'device: android-16, carrier: northtel, devices: 2',
        'device: "${platform}", carrier: northtel, e2ee: "${e2ee}"',
      ).replace('seed: 42', 'matrix: { platform: [android-16, ios-26.5], e2ee: [on, off] }'),
    ],
    [
      'placeholders for faults',
      replaced('during: 60s..3m', 'during: "${window}", mode: "${mode}"').replace(
        'seed: 42',
        'matrix: { window: [1s..2s], mode: [refuse, reset] }',
      ),
    ],
    ['a policy by name', replaced('seed: 42', 'policy: gate')],
    [
      'a policy inline',
      replaced('seed: 42', 'policy: { extends: gate, allowed: { high: [sms] } }'),
    ],
    ['booleans for switches', replaced('e2ee: on', 'e2ee: true')],
    [
      'an event anchor',
      replaced(
        'during: 60s..3m',
        'after: { event: device.displayed, of: alerts, nth: 2, last: 5s }, hit: { share: 20% }',
      ),
    ],
    ['groups of rules', replaced('  - delivery', '  - never: ["e2ee/*"]\n  - delivery')],
    ['a ramp from nothing', replaced('rate: 2/s', 'ramp: { from: 0/s, to: 5/s }')],
    [
      'claims',
      replaced(
        'seed: 42',
        'requires: [channel/rcs-e2ee, gateway/rbm, sms/smpp, push/apns, idempotency]',
      ),
    ],
  ])('takes %s, as validation does', (_what, text) => {
    expect(problemsOfText(text)).toEqual([]);
    expect(takes(text), JSON.stringify(validate.errors, null, 1)).toBe(true);
  });

  it.each<[what: string, text: string]>([
    ['a wrong unit', replaced('10m', '10 minutes')],
    ['a rate without unit', replaced('2/s', '2')],
    ['an unknown key', replaced('seed:', 'sead:')],
    ['an unknown word', replaced(': high', ': hihg')],
    ['an unknown fault', replaced('outage:', 'outtage:')],
    ['an unknown parameter', replaced('during: 60s..3m', 'during: 60s..3m, mod: refuse')],
    [
      'an unknown word of a parameter',
      replaced('during: 60s..3m', 'during: 60s..3m, mode: refused'),
    ],
    ['an unknown rule', replaced('  - delivery', '  - never: [e2ee/plaintxt]\n  - delivery')],
    ['an unknown message kind', replaced('fraud-alert', 'fraud-alrt')],
    ['an unknown claim', replaced('seed: 42', 'requires: [channel/rcs-e2e]')],
    ['an unknown event', replaced('during: 60s..3m', 'after: { event: device.display }')],
    ['an unknown gateway', replaced('  people:', '  gateways: [rmb]\n  people:')],
    ['a missing block', replaced('duration: 10m\n', '')],
    [
      'no floor for evidence',
      replaced('during: 60s..3m', 'during: 60s..3m, evidence: { hits: 5 }'),
    ],
  ])('refuses %s, as validation does', (_what, text) => {
    expect(problemsOfText(text).length).toBeGreaterThan(0);
    expect(takes(text)).toBe(false);
  });

  it('documents every fault and its parameters where an editor shows them', () => {
    const text = JSON.stringify(schema);
    expect(text).toContain('What is still served.');
    expect(text).toContain('How the caller notices.');
  });
});
