import { encodeMlsMessage } from 'ts-mls';
import type { RatchetTree } from 'ts-mls';
import { signKeyPackage } from 'ts-mls/keyPackage.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../../simulators/protocol/mls/inspect.ts';
import { checkTreeIndexes } from '../../../simulators/protocol/mls/join.ts';
import { makeKeyPackage } from '../../../simulators/protocol/mls/key-package.ts';
import {
  AGENT,
  pendingOf,
  PHONE,
  plaintextOf,
  TABLET,
  testContext,
  testEngine,
  testGroup,
  text,
} from './group.ts';

/** Every input that an engine takes from a peer, with a genuine one of each kind. */
async function doors() {
  const engine = testEngine();
  const [agent, phone] = await testGroup(engine);
  const made = await engine.generateKeyPackage(TABLET);
  const pending = pendingOf(await agent.commit({ add: [made.keyPackage], update: true }));
  const application = await agent.encrypt(text('genuine'));
  const kinds = {
    application: (octets: Uint8Array) => phone!.process(octets),
    commit: (octets: Uint8Array) => phone!.process(octets),
    welcome: (octets: Uint8Array) => engine.joinFromWelcome(octets, [made.private]),
    keyPackage: (octets: Uint8Array) => engine.checkKeyPackage(octets),
  };
  const genuine = {
    application,
    commit: pending.commit,
    welcome: pending.welcome ?? new Uint8Array(0),
    keyPackage: made.keyPackage,
  };
  return { kinds, genuine, phone: phone!, agent, engine };
}

const KINDS = ['application', 'commit', 'welcome', 'keyPackage'] as const;

describe('octets from a peer are refused with a reason, never thrown', () => {
  test('garbage of any length, with and without a plausible head', async () => {
    const { kinds, phone } = await doors();
    const before = phone.serialize();
    const head = fc.constantFrom(
      [],
      [0, 1],
      [0, 1, 0, 1],
      [0, 1, 0, 2],
      [0, 1, 0, 3],
      [0, 1, 0, 5],
    );
    await fc.assert(
      fc.asyncProperty(head, fc.uint8Array({ maxLength: 400 }), async (start, rest) => {
        const octets = Uint8Array.from([...start, ...rest]);
        for (const kind of KINDS) {
          expect(await kinds[kind](octets)).toMatchObject({ kind: 'refused' });
        }
        expect(['inspected', 'refused']).toContain(inspect(octets).kind);
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(phone.serialize()).toEqual(before);
  });

  test.each(KINDS)('%s: every truncation, and octets after the end', async (kind) => {
    const { kinds, genuine } = await doors();
    const octets = genuine[kind];
    for (let length = 0; length < octets.length; length++) {
      const refusal = await kinds[kind](octets.subarray(0, length));
      expect(refusal, `${length} octets`).toMatchObject({
        kind: 'refused',
        reason: 'unparsable',
        offset: expect.any(Number) as number,
      });
    }
    expect(await kinds[kind](Uint8Array.from([...octets, 0]))).toMatchObject({
      kind: 'refused',
      reason: 'unparsable',
    });
  });

  test.each(KINDS)('%s: any octet changed, then the genuine one still accepted', async (kind) => {
    const { kinds, genuine } = await doors();
    const octets = genuine[kind];
    const position = fc.nat({ max: octets.length - 1 });
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Uint8Array.from(octets);
        changed[at] = (changed[at] ?? 0) ^ mask;
        expect(await kinds[kind](changed)).toMatchObject({ kind: 'refused' });
      }),
      { numRuns: 300, seed: 2 },
    );
    expect((await kinds[kind](octets)).kind).not.toBe('refused');
  });

  test('oversized, of another version, of another group, of another kind', async () => {
    const { kinds, genuine, engine } = await doors();
    const oversized = new Uint8Array((1 << 20) + 1);
    expect(await kinds.application(oversized)).toMatchObject({ reason: 'oversized' });
    expect(await kinds.welcome(oversized)).toMatchObject({ reason: 'oversized' });
    const version2 = Uint8Array.from(genuine.application);
    version2[1] = 2;
    expect(await kinds.application(version2)).toMatchObject({
      reason: 'unsupported-version',
      offset: 0,
    });
    const other = await engine.createGroup(text('another'), AGENT);
    expect(await kinds.application(await other.encrypt(text('x')))).toMatchObject({
      reason: 'mls-group-not-found',
    });
    expect(await kinds.application(genuine.welcome)).toMatchObject({
      reason: 'unexpected-message',
    });
    expect(await kinds.welcome(genuine.commit)).toMatchObject({ reason: 'unexpected-message' });
  });

  test('a commit out of turn says which epoch it is for', async () => {
    const { agent, phone } = await doors();
    const first = pendingOf(await agent.update());
    await first.apply();
    const second = pendingOf(await agent.update());
    await second.apply();
    const early = { reason: 'incorrect-epoch', messageEpoch: 2, memberEpoch: 1 };
    expect(await phone.process(second.commit)).toMatchObject(early);
    await phone.process(first.commit);
    expect(await phone.process(second.commit)).toMatchObject({ kind: 'commit', epoch: 3 });
    const late = { reason: 'incorrect-epoch', messageEpoch: 1, memberEpoch: 3 };
    expect(await phone.process(first.commit)).toMatchObject(late);
  });

  test('commits in a PrivateMessage can be refused as RCC.16 does', async () => {
    const strict = testEngine({ privateHandshake: 'refuse' });
    const [agent] = await testGroup(strict);
    // A PrivateMessage frame of content type commit: refused before any key is touched.
    const frame = await agent.encrypt(text('x'));
    const seen = inspect(frame);
    if (seen.kind === 'refused' || seen.wireFormat !== 'private-message') throw new Error('frame');
    const contentTypeAt = 4 + 1 + seen.groupId.length + 8;
    frame[contentTypeAt] = 3;
    expect(await agent.process(frame)).toMatchObject({ reason: 'commit-in-privatemessage' });
  });

  test('a key package with a key that is no curve point is refused when it is added', async () => {
    const engine = testEngine();
    const agent = await engine.createGroup(text('g'), AGENT);
    const context = testContext();
    const own = await makeKeyPackage(context, PHONE);
    const offCurve = new Uint8Array(65).fill(9);
    offCurve[0] = 4;
    for (const initKey of [offCurve, new Uint8Array(3), new Uint8Array(65)]) {
      const signed = await signKeyPackage(
        { ...own.keyPackage, initKey },
        own.secrets.signaturePrivateKey,
        context.cipherSuite.signature,
      );
      const octets = encodeMlsMessage({
        version: 'mls10',
        wireformat: 'mls_key_package',
        keyPackage: signed,
      });
      const refusal = { kind: 'refused', reason: 'invalid-key-package' };
      expect(await engine.checkKeyPackage(octets)).toMatchObject(refusal);
      expect(await agent.add([octets])).toMatchObject(refusal);
    }
    expect(agent.epoch).toBe(0);
  });

  test('a tree that names leaves outside itself is refused before it is walked', () => {
    const parent = { hpkePublicKey: new Uint8Array(65), parentHash: new Uint8Array(32) };
    const treeWith = (leaf: number): RatchetTree => [
      undefined,
      { nodeType: 'parent', parent: { ...parent, unmergedLeaves: [leaf] } },
      undefined,
    ];
    expect(() => checkTreeIndexes(treeWith(1))).not.toThrow();
    for (const leaf of [2, 0x7fffffff, 0xffffffff]) {
      expect(() => checkTreeIndexes(treeWith(leaf))).toThrow('outside the ratchet tree');
    }
  });

  test('after all this the conversation goes on', async () => {
    const { kinds, genuine, phone, agent } = await doors();
    for (const kind of KINDS) await kinds[kind](genuine[kind].subarray(5));
    expect(plaintextOf(await phone.process(genuine.application))).toBe('genuine');
    expect(plaintextOf(await agent.process(await phone.encrypt(text('fine'))))).toBe('fine');
  });
});
