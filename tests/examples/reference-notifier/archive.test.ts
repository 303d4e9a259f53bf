import { expect, test } from 'vitest';
import { AppKeys } from '../../../simulators/device/app-keys.ts';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { startBench } from './bench.ts';
import type { Bench } from './bench.ts';

const ANA = '+999000000001';
const TEXT = 'Your statement is ready. BWXCANARY123';

/** The organisation's records office: it alone has the private half. */
const office = new AppKeys(createRandom('archive'));
const { x, y } = office.publicJwk;
const octets = (part: string): Buffer => Buffer.from(part, 'base64url');
const point = Buffer.concat([Buffer.from([4]), octets(x), octets(y)]).toString('base64url');

async function withAna(consent: unknown, archive = 'with-consent-encrypted'): Promise<Bench> {
  const bench = await startBench({
    answer: () => ({ status: 200, body: {} }),
    env: { ARCHIVE_PUBLIC_KEY: point },
    policy: { archive },
  });
  await bench.ask('PUT', '/v1/users/ana', { msisdn: ANA, archiveConsent: consent });
  return bench;
}

async function send(bench: Bench): Promise<string> {
  const body = { to: ANA, text: TEXT, sensitivity: 'high', kind: 'statement' };
  const answer = await bench.ask('POST', '/v1/messages', body, { 'idempotency-key': 'k1' });
  return String(answer.json()['messageId']);
}

test('a copy is kept, which the holder of the key reads, and nobody else', async () => {
  const bench = await withAna('true');
  const id = await send(bench);
  const answer = await bench.ask('GET', `/v1/archive/${id}`);
  expect(answer.status).toBe(200);
  const { messageId, content } = answer.json();
  expect(messageId).toBe(id);
  expect(JSON.parse(office.open(String(content)) ?? '{}')).toMatchObject({ to: ANA, text: TEXT });
  const somebody = new AppKeys(createRandom('somebody'));
  expect(somebody.open(String(content))).toBeUndefined();
  expect(answer.text).not.toContain(ANA.slice(1));
  // What stands in the store is no more than what is given out.
  for (const [key, value] of bench.values) {
    if (key.startsWith('archive/')) expect(JSON.parse(value)).toEqual(answer.json());
  }
});

test('it survives a kill, and is the same one afterwards', async () => {
  const bench = await withAna(true);
  const id = await send(bench);
  const before = await bench.ask('GET', `/v1/archive/${id}`);
  await bench.kill();
  const after = await bench.ask('GET', `/v1/archive/${id}`);
  expect(after.json()).toEqual(before.json());
});

test('a kill between a message and its copy is made good at the next start', async () => {
  const bench = await withAna(true);
  const id = await send(bench);
  bench.values.delete(`archive/${id}`);
  await bench.kill();
  expect((await bench.ask('GET', `/v1/archive/${id}`)).status).toBe(200);
});

test.each([
  ['somebody who refused', 'false', 'with-consent-encrypted'],
  ['somebody who was never asked', undefined, 'with-consent-encrypted'],
  ['anybody, where the policy forbids it', 'true', 'never'],
])('nothing is kept of %s', async (_, consent, archive) => {
  const bench = await withAna(consent, archive);
  const id = await send(bench);
  expect((await bench.ask('GET', `/v1/archive/${id}`)).status).toBe(404);
  expect([...bench.values.keys()].filter((key) => key.startsWith('archive/'))).toEqual([]);
});

test('a key that is none stops it at its start', async () => {
  const env = { ARCHIVE_PUBLIC_KEY: 'AAAA' };
  const answer = () => ({ status: 200, body: {} });
  const started = startBench({ answer, env, policy: { archive: 'with-consent-encrypted' } });
  await expect(started).rejects.toThrow('ARCHIVE_PUBLIC_KEY');
});
