/**
 * Every error code of a gateway's registry entry is brought about, and seen in an answer or in
 * what is told later: the very table of its reference page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import { loadGateways } from '../../simulators/world/gateways.ts';
import { INFOBIP_WAYS } from './error-ways/infobip.ts';
import { RBM_WAYS } from './error-ways/rbm.ts';
import { SINCH_WAYS } from './error-ways/sinch.ts';
import { TWILIO_WAYS } from './error-ways/twilio.ts';
import { VONAGE_WAYS } from './error-ways/vonage.ts';
import type { VirtualStage, Ways } from './error-ways/way.ts';
import { virtualStage, withCara } from './vendor-stage.ts';

const WAYS: Readonly<Record<string, Ways>> = {
  rbm: RBM_WAYS,
  twilio: TWILIO_WAYS,
  vonage: VONAGE_WAYS,
  sinch: SINCH_WAYS,
  infobip: INFOBIP_WAYS,
};
/** Of no vendor's documents; its own tests have its problems. */
const OWN = ['sessions'];

/** Every text and number that an object holds, however deep. */
function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(leaves);
}

/** The codes that were seen: of answers (`400 21211`), and of what the webhook was told. */
function seen(stage: VirtualStage, answered: readonly unknown[]): ReadonlySet<string> {
  const words = stage
    .of('door.answered')
    .flatMap(({ status }) => status.split(' '))
    .concat(stage.hooks.flatMap(({ json }) => leaves(json)));
  return new Set([...words, ...answered.flatMap(leaves)]);
}

test('has the codes of every vendor', async () => {
  const entries = await loadGateways(Object.keys(GATEWAYS));
  const withCodes = entries.filter(({ errors }) => errors !== undefined);
  const names = withCodes.map(({ name }) => name);
  expect(names.toSorted()).toEqual(Object.keys(WAYS).toSorted());
  expect(Object.keys(GATEWAYS).filter((name) => !names.includes(name))).toEqual(OWN);
  for (const { name, errors = [] } of withCodes) {
    const codes = errors.map(({ code }) => code);
    expect(Object.keys(WAYS[name] ?? {}).toSorted(), name).toEqual(codes.toSorted());
  }
});

describe.each(Object.entries(WAYS))('%s', (gateway, ways) => {
  test.each(Object.entries(ways))('%s is reached', async (code, way) => {
    if (typeof way !== 'function') {
      const text = readFileSync(join(import.meta.dirname, way.file), 'utf8');
      const [, body = ''] = text.split(`'${way.test}'`);
      expect(body.split(/\n {2}(?:it|test)\b/)[0]).toContain(`'${code}'`);
      return;
    }
    const stage = await virtualStage(gateway, { world: { people: withCara() } });
    await stage.run(1);
    const last = await way(stage);
    await stage.run(120);
    expect([...seen(stage, [last])]).toContain(code);
  });
});
