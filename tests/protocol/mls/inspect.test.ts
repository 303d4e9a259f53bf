import { describe, expect, test } from 'vitest';
import { inspect } from '../../../simulators/protocol/mls/inspect.ts';
import { pendingOf, PHONE, TABLET, testEngine, testGroup, text } from './group.ts';

async function samples() {
  const engine = testEngine();
  const [agent] = await testGroup(engine, [PHONE]);
  const made = await engine.generateKeyPackage(TABLET);
  const pending = pendingOf(await agent.commit({ add: [made.keyPackage], update: true }));
  return {
    application: await agent.encrypt(text('hello'), text('aad')),
    commit: pending.commit,
    welcome: pending.welcome ?? new Uint8Array(0),
    keyPackage: made.keyPackage,
    reference: made.reference,
  };
}

describe('inspection without keys', () => {
  test('tells a delivery service what it must know', async () => {
    const { application, commit, welcome, keyPackage, reference } = await samples();
    const groupId = text('conversation-1');
    expect(inspect(application)).toMatchObject({
      wireFormat: 'private-message',
      groupId,
      epoch: 1,
      contentType: 'application',
      authenticatedData: text('aad'),
    });
    expect(inspect(commit)).toMatchObject({
      wireFormat: 'public-message',
      groupId,
      epoch: 1,
      contentType: 'commit',
      senderLeafIndex: 0,
    });
    expect(inspect(welcome)).toMatchObject({
      wireFormat: 'welcome',
      suite: 2,
      keyPackageReferences: [reference],
    });
    expect(inspect(keyPackage)).toMatchObject({
      wireFormat: 'key-package',
      suite: 2,
      identity: TABLET,
    });
  });

  test('a message that goes on is refused where it should have ended', async () => {
    const { application, commit, welcome, keyPackage } = await samples();
    for (const octets of [application, commit, welcome, keyPackage]) {
      expect(inspect(Uint8Array.from([...octets, 0, 0]))).toMatchObject({
        kind: 'refused',
        reason: 'unparsable',
        offset: octets.length,
      });
    }
  });

  test('a length that is not in shortest form is refused at its first octet', async () => {
    const { application } = await samples();
    // The group id's length, 14, written in two octets and in four.
    for (const length of [
      [0x40, 14],
      [0x80, 0, 0, 14],
    ]) {
      const octets = [...application.subarray(0, 4), ...length, ...application.subarray(5)];
      expect(inspect(Uint8Array.from(octets))).toMatchObject({
        reason: 'unparsable',
        offset: 4,
        detail: 'vector length not in shortest form',
      });
    }
  });

  test.each([
    ['a reserved length prefix', [0, 1, 0, 2, 0xc0], 4],
    ['an unknown wire format', [0, 1, 0, 9], 2],
    ['an epoch above 2^53', [0, 1, 0, 2, 0, 0xff, 0, 0, 0, 0, 0, 0, 0], 5],
    ['an unknown content type', [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9], 13],
    ['an unknown sender type', [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7], 13],
    ['nothing at all', [], 0],
  ])('%s is refused with its offset', (_name, octets, offset) => {
    expect(inspect(Uint8Array.from(octets))).toMatchObject({ reason: 'unparsable', offset });
  });
});
