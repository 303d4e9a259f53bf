/**
 * Bad MLS octets at every door of a world: the gateway extension, the focus between people, phones,
 * and the key service's clients. Refused with a reason (and an offset, where octets are to blame),
 * never a crash, never accepted.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createConversationFocus } from '../../simulators/carrier/conversation-focus.ts';
import { trustedPackage } from '../../simulators/device/keys/trust.ts';
import type { Phone } from '../../simulators/device/phone.ts';
import type { BearerContent } from '../../simulators/network/bearer.ts';
import { createMlsEngine } from '../../simulators/protocol/mls/engine.ts';
import { worldStage } from './stage.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const ANA = '+999100000001';
const OVERSIZED = (1 << 20) + 1;

/** A genuine conversation of a business with Ana, and one of each kind of its octets. */
async function genuine() {
  const stage = await worldStage();
  const bytes = stage.ambient.random.fork('business');
  const engine = createMlsEngine({
    random: (length) => bytes.bytes(length),
    nowSeconds: () => Math.floor(stage.clock.epochMillis() / 1_000),
  });
  const claim = await stage.rbm(
    'POST',
    `/v1/phones/${ANA}/keyPackages:claim?agentId=bellwether`,
    {},
  );
  const packages = (claim.json['keyPackages'] as { keyPackage: string }[]).map(({ keyPackage }) =>
    Uint8Array.from(Buffer.from(keyPackage, 'base64')),
  );
  const member = await engine.createGroup(Buffer.from('g'), 'agent:bellwether', { era: 1 });
  const pending = await member.add(packages);
  if (pending.kind === 'refused') throw new Error(pending.detail);
  await pending.apply();
  const into = { groupId: base64(member.groupId), epoch: 1 };
  const mls = (body: Uint8Array, more: Record<string, unknown> = {}) => ({
    contentType: 'message/mls',
    eraId: 1,
    epochAuthenticator: base64(member.epochAuthenticator),
    body: base64(body),
    ...more,
  });
  const control = { contentType: 'message/mls-rcs-client' };
  let sent = 0;
  const send = (content: Record<string, unknown>) =>
    stage.send(ANA, `m-${++sent}`, { mls: content });
  const welcome = pending.welcome!;
  expect((await send(mls(welcome, { ...control, ...into }))).status).toBe(200);
  await stage.run(5);
  const commit = await member.update();
  if (commit.kind === 'refused') throw new Error(commit.detail);
  const application = await member.encrypt(Buffer.from('genuine'));
  const kinds = { welcome, commit: commit.commit, application, keyPackage: packages[0]! };
  const phone = stage.world.people.phone('person/ana/device/1')!;
  return { ...stage, engine, member, mls, control, into, send, kinds, phone };
}

/** Octets spoilt in one of the ways in which peers spoil them. */
const spoil = (good: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
    fc.uint8Array({ minLength: 1, maxLength: 64 }).map((more) => Buffer.concat([good, more])),
    fc.constant(Uint8Array.of(0, 2, ...good.subarray(2))),
    fc.uint8Array({ maxLength: 200 }),
  );

/** One bit of the last octets, which sign or authenticate everything before. */
const missign = (good: Uint8Array): Uint8Array =>
  good.map((octet, index) => (index === good.length - 1 ? octet ^ 1 : octet));

const onceOf = async <T>(
  kinds: Readonly<Record<string, Uint8Array>>,
  runs: number,
  ask: (octets: Uint8Array, kind: string) => Promise<T>,
): Promise<void> => {
  for (const [kind, good] of Object.entries(kinds)) {
    await fc.assert(
      fc.asyncProperty(spoil(good), async (octets) => {
        await ask(Uint8Array.from(octets), kind);
      }),
      { numRuns: runs },
    );
  }
};

describe('bad MLS octets', () => {
  test('at the gateway are refused by field and offset, and reach no phone', async () => {
    const { send, mls, control, into, kinds, of, run, errors } = await genuine();
    const before = of('carried').length;
    await onceOf(kinds, 12, async (octets, kind) => {
      const handshake =
        kind === 'welcome' ? { ...control, ...into } : kind === 'commit' ? control : {};
      const answer = await send(mls(octets, handshake));
      expect(answer.status).toBe(400);
      const { error } = answer.json as { error: { status: string; message: string } };
      expect(error.status).toBe('INVALID_ARGUMENT');
      expect(error.message).toContain('content_message.mls');
    });
    const cut = await send(mls(kinds.application.subarray(0, 9)));
    expect(JSON.stringify(cut.json)).toMatch(/at octet \d+|offset \d+/);
    const huge = Buffer.concat([kinds.application, new Uint8Array(OVERSIZED)]);
    expect((await send(mls(huge))).status).toBe(400);
    await run(5);
    expect(of('carried')).toHaveLength(before);
    expect(errors).toEqual([]);
  });

  test('at a phone are refused and reported, and change nothing of what it can read', async () => {
    const { phone, kinds, run, of, errors, member } = await genuine();
    const state = phone.keys.groups.values().next().value!.serialize();
    let brought = 0;
    const bring = async (
      body: Uint8Array,
      contentType: 'message/mls' | 'message/mls-rcs-client',
    ) => {
      const told: string[] = [];
      const content: BearerContent = {
        kind: 'mls',
        contentType,
        eraId: 1,
        epochAuthenticator: base64(member.epochAuthenticator),
        body,
      };
      const receipts = {
        delivered: () => told.push('delivered'),
        displayed: () => told.push('displayed'),
        failed: (_: string, reason: string) => told.push(reason),
      };
      const wire = `rcs:bad-${++brought}`;
      phone.receive({ wire, bearer: 'rcs', from: 'agent:x', person: 'ana', content }, receipts);
      await run(4);
      return { told, refused: of('mls.refused').find((event) => event.wire === wire) };
    };
    const { welcome, ...frames } = kinds;
    await onceOf({ ...frames, welcome }, 12, async (octets, kind) => {
      const type = kind === 'application' ? 'message/mls' : 'message/mls-rcs-client';
      const { told, refused } = await bring(octets, type);
      expect(told).not.toContain('delivered');
      expect(refused?.reason).toBeTypeOf('string');
    });
    for (const kind of ['application', 'commit'] as const) {
      const { told, refused } = await bring(missign(kinds[kind]), 'message/mls');
      expect(told).toEqual([refused?.reason]);
    }
    const huge = Buffer.concat([kinds.application, new Uint8Array(OVERSIZED)]);
    const { refused } = await bring(huge, 'message/mls');
    expect(refused).toMatchObject({ offset: expect.any(Number) });
    expect(phone.keys.groups.values().next().value!.serialize()).toEqual(state);
    expect(errors).toEqual([]);
  });

  test('at the focus between people are refused, with the offset', async () => {
    const { kinds } = await genuine();
    const focus = createConversationFocus();
    await onceOf(kinds, 40, async (octets) => {
      const question = { conversation: 'a b', eraId: 1, epochAuthenticator: '', body: octets };
      const answer = focus.submit(question);
      expect(answer.kind).toBe('refused');
    });
    const body = Uint8Array.of(0, 2, ...kinds.application.subarray(2));
    expect(
      focus.submit({ conversation: 'a b', eraId: 1, epochAuthenticator: '', body }),
    ).toMatchObject({ reason: 'unparsable-commit', offset: 0 });
  });

  test('from a key service are trusted by nobody', async () => {
    const { world } = await genuine();
    const ana: Phone = world.people.phone('person/ana/device/1')!;
    const ben: Phone = world.people.phone('person/ben/device/1')!;
    const claimed = (await ben.claimKeyPackage('x509'))!;
    expect(await trustedPackage(ana, ben.identity, claimed)).toBe(true);
    const { keyPackage } = claimed;
    await onceOf({ keyPackage }, 60, async (octets) => {
      expect(await trustedPackage(ana, ben.identity, { ...claimed, keyPackage: octets })).toBe(
        false,
      );
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(keyPackage.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const octets = keyPackage.map((octet, index) => (index === at ? octet ^ bits : octet));
          expect(await trustedPackage(ana, ben.identity, { ...claimed, keyPackage: octets })).toBe(
            false,
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
