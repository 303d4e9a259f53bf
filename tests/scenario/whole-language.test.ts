/** Every block of the language in one file, as the design of it writes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { planOfText, problemOf, problemsOfText, replaced } from './small-scenario.ts';

const WHOLE = `bellwether: 1
scenario: rcs-outage-high-sensitivity
summary: While one carrier's RCS core is down, fraud alerts still arrive, and never as readable SMS.
tags: [outage, fallback, gate]
level: must
clauses: [policy/high-sensitivity, RCC.07/3.2.6]
requires: [channel/rcs-e2ee, channel/secure-link]
clock: auto
duration: 10m
seed: 42
matrix:
  platform: [android-16, ios-26.3]
  e2ee: [on, off]

world:
  carriers:
    northtel: { region: DE, rcs: on, e2ee: on, sms: on }
    southcell: { region: FR, rcs: on, e2ee: off }
  gateways: [rbm, twilio]
  sms: { via: northtel }
  push: [apns, fcm]
  people:
    ana: { device: "\${platform}", e2ee: "\${e2ee}", carrier: northtel, devices: 2 }
  population:
    size: 200
    mix:
      - { share: 70%, device: "\${platform}", e2ee: "\${e2ee}", carrier: northtel }
      - { share: 30%, device: android-14, carrier: southcell, power: low }

policy: default

traffic:
  alerts:
    to: population
    rate: 20/s
    during: 0s..5m
    message: { kind: fraud-alert, sensitivity: high, locale: de }
  chat:
    from: ana
    to: [population/1]
    rate: 1/s
    during: 0s..5m

faults:
  core-down: { outage: carrier/northtel/rcs, during: 60s..3m, evidence: { hits: ">= 5" } }
  apns-slow: { throttle: push/apns, to: 1/s, during: 90s..2m }
  wiped: { key-loss: person/ana/device/1, after: { event: device.displayed, of: chat, nth: 20 } }
  removed: { revoke: person/ana/device/2, at: 3m }

heal: { wait: 60s }

expect:
  - delivery: { of: alerts, at-least: 99%, within: 60s }
  - latency: { of: alerts, channel: rcs-e2ee, outside: [core-down], p95: "< 5s", samples: ">= 100" }
  - fallback: { of: alerts, correct: 100% }
  - recovery: { from: core-down, within: 30s }
  - never: [e2ee/plaintext-exposed, e2ee/revoked-reads]

ignore: [{ rule: fallback/known-dead, reason: "probing on purpose" }]
allow: { pass-rate: ">= 98%", confidence: 95%, at-most: 60 runs }
`;

describe('a scenario of every block', () => {
  it('is valid, four cells of it', () => {
    expect(problemsOfText(WHOLE)).toEqual([]);
    expect(planOfText(WHOLE).cells).toHaveLength(4);
  });

  it('is what the JSON Schema for editors takes', () => {
    const file = join(PROJECT_FOLDER, 'scenarios/scenario.schema.json');
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
    expect(validate(parse(WHOLE)), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe('traffic that says nothing of its message', () => {
  it('is chat where a person writes', () => {
    const chat = planOfText(WHOLE).cells[0]!.traffic.find(({ name }) => name === 'chat')!;
    const said = { kind: 'chat', sensitivity: 'low', locale: 'en', length: null };
    expect(chat.message).toEqual(said);
  });

  it('is refused where whoever is under test sends it', () => {
    const message = '    message: { kind: fraud-alert, sensitivity: high, locale: de }\n';
    const problem = problemOf(
      replaced(message, '', WHOLE)
        .replace(/^matrix:\n(?: .*\n)+/m, '')
        .replaceAll('"${platform}"', 'android-16')
        .replaceAll('"${e2ee}"', 'on'),
    );
    expect(problem.code).toBe('SCENARIO_MISSING');
    expect(problem.message).toBe('traffic.alerts.message is missing');
    expect(problem.hint).toContain('message: { kind: fraud-alert');
  });
});
