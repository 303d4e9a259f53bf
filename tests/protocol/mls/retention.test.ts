import { allSecretTreeValues } from 'ts-mls/secretTree.js';
import { describe, expect, test } from 'vitest';
import { hexOf } from '../../../simulators/protocol/mls/crypto/bytes.ts';
import { withRetention } from '../../../simulators/protocol/mls/retention.ts';
import { pendingOf, stateOf, testEngine, testGroup, text } from './group.ts';

describe('key retention', () => {
  test('no secret of an epoch beyond the retention is left in a stored member', async () => {
    const [agent, phone] = await testGroup(testEngine({ retainEpochs: 2 }));
    const message = await phone!.encrypt(text('x'));
    const old = stateOf(agent);
    const secrets = [
      old.keySchedule.senderDataSecret,
      old.keySchedule.initSecret,
      old.keySchedule.resumptionPsk,
      ...allSecretTreeValues(old.secretTree).filter((value) => value !== undefined),
    ].map(hexOf);
    expect(secrets.length).toBeGreaterThan(5);
    for (let epoch = 0; epoch < 3; epoch++) await pendingOf(await agent.update()).apply();
    const stored = hexOf(agent.serialize());
    expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
    expect(await agent.process(message)).toMatchObject({ reason: 'incorrect-epoch' });
  });

  test('a used message key is erased: the stored member cannot read it again', async () => {
    const engine = testEngine();
    const [agent, phone] = await testGroup(engine);
    const message = await phone!.encrypt(text('x'));
    const before = stateOf(agent);
    const leaf = before.secretTree[2]?.application.secret ?? new Uint8Array(0);
    const used = hexOf(leaf);
    await agent.process(message);
    expect(hexOf(agent.serialize())).not.toContain(used);
  });

  test('dropped epochs are overwritten in memory, kept ones are not', async () => {
    const [agent] = await testGroup(testEngine());
    const before = stateOf(agent);
    await pendingOf(await agent.update()).apply();
    const next = stateOf(agent);
    const values = () => allSecretTreeValues(before.secretTree).filter((v) => v !== undefined);
    withRetention(next, before, 1);
    expect(values().some((secret) => secret.some((octet) => octet !== 0))).toBe(true);
    withRetention(next, before, 0);
    expect(values().every((secret) => secret.every((octet) => octet === 0))).toBe(true);
  });
});
