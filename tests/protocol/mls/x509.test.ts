import { createPublicKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAuthority } from '../../../simulators/device/keys/authority.ts';
import type { Certification } from '../../../simulators/device/keys/authority.ts';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createMlsEngine } from '../../../simulators/protocol/mls/engine.ts';
import type { CertifiedLeaf, MlsMember } from '../../../simulators/protocol/mls/types.ts';
import { identityOfCertificate } from '../../../simulators/protocol/mls/x509/leaf-certificate.ts';
import {
  createLeafVerifier,
  LEAF_MINIMUM_LEFT_SECONDS,
} from '../../../simulators/protocol/mls/x509/verify-leaf.ts';
import type { LeafCheck } from '../../../simulators/protocol/mls/x509/verify-leaf.ts';
import { verificationCode } from '../../../simulators/protocol/mls/x509/verification-code.ts';

const NOW = 1_767_225_600;
const DAY = 86_400;

function authorities(now = NOW) {
  const random = createRandom(5);
  const nowSeconds = (): number => now;
  const authority = createAuthority({ carriers: ['northtel'], random, nowSeconds });
  const participant = authority.keyPair(random.fork('participant'));
  const request: Certification = {
    msisdn: '+999100000001',
    deviceId: '1',
    carrier: 'northtel',
    provider: 'google',
    participant,
    attested: true,
  };
  const leaf = authority.certify(request, random.fork('leaf'));
  const certify = (over: Partial<Certification>) =>
    authority.certify({ ...request, ...over }, random.fork('another'));
  return {
    authority,
    random,
    request,
    leaf,
    certify,
    verify: createLeafVerifier(authority.anchors),
  };
}

const check = (leaf: CertifiedLeaf, over: Partial<LeafCheck> = {}): LeafCheck => ({
  nowSeconds: NOW,
  minimumLeftSeconds: LEAF_MINIMUM_LEFT_SECONDS,
  signaturePublicKey: leaf.publicKey,
  ...over,
});

describe('a leaf certificate of an RCS client', () => {
  test('is X.509 to everybody else: issuer, names, usage, 76 days, a signature that holds', () => {
    const { leaf, authority } = authorities();
    const certificate = new X509Certificate(leaf.certificates[0]!);
    expect(certificate.subjectAltName).toBe('URI:tel:+999100000001');
    expect(certificate.issuer).toBe('CN=kds.google.example');
    expect(certificate.subject).toContain('serialNumber=1');
    expect(certificate.keyUsage).toEqual(['2.23.146.2.1.3']);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
    expect(days).toBe(76);
    const issuer = Buffer.from(authority.anchors.services['kds.google.example']!, 'hex');
    const key = { kty: 'EC', crv: 'P-256', x: '', y: '' };
    key.x = issuer.subarray(1, 33).toString('base64url');
    key.y = issuer.subarray(33).toString('base64url');
    expect(certificate.verify(createPublicKey({ key, format: 'jwk' }))).toBe(true);
    expect(identityOfCertificate(leaf.certificates[0]!)).toBe('tel:+999100000001/1');
  });

  test('is trusted when the configuration server vouches for it and enough of it is left', () => {
    const { leaf, verify } = authorities();
    const verdict = verify(leaf.certificates[0]!, check(leaf));
    expect(verdict).toMatchObject({
      kind: 'trusted',
      certificate: {
        msisdn: '+999100000001',
        deviceId: '1',
        vendorId: 2,
        issuer: 'kds.google.example',
      },
    });
  });

  test('is refused for each thing that is wrong, by its name', () => {
    const { leaf, verify, certify, authority, random } = authorities();
    const [certificate] = leaf.certificates;
    const reason = (octets: Uint8Array, over: Partial<LeafCheck> = {}, of = leaf): string => {
      const verdict = verify(octets, check(of, over));
      return verdict.kind === 'refused' ? verdict.reason : verdict.kind;
    };
    const unattested = certify({ attested: false });
    expect(reason(unattested.certificates[0]!, {}, unattested)).toBe('unattested');
    const foreign = certify({ carrier: 'elsewhere' });
    expect(reason(foreign.certificates[0]!, {}, foreign)).toBe('unattested');
    expect(reason(certificate!, { nowSeconds: NOW + 47 * DAY })).toBe('expired-credential');
    expect(reason(certificate!, { nowSeconds: NOW + 45 * DAY })).toBe('trusted');
    expect(reason(certificate!, { nowSeconds: NOW + 80 * DAY, minimumLeftSeconds: 0 })).toBe(
      'expired-credential',
    );
    expect(reason(certificate!, { nowSeconds: NOW - 2 * 3_600 })).toBe('expired-credential');
    const other = authority.keyPair(random.fork('other')).publicKey;
    expect(reason(certificate!, { signaturePublicKey: other })).toBe('other-key');
    const nobody = createLeafVerifier({ ...authority.anchors, services: {} });
    expect(nobody(certificate!, check(leaf))).toMatchObject({ reason: 'unknown-issuer' });
    expect(reason(certificate!.subarray(0, 100))).toBe('unreadable');
  });

  test('is never trusted with one octet changed, cut or added, and never breaks the reader', () => {
    const { leaf, verify } = authorities();
    const good = leaf.certificates[0]!;
    const spoilt = fc.oneof(
      fc
        .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
        .map(([at, bits]) => good.map((octet, index) => (index === at ? octet ^ bits : octet))),
      fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 8 }).map((more) => Buffer.concat([good, more])),
      fc.uint8Array({ maxLength: 2_000 }),
    );
    // The one octet that no signature covers: how many bits of the signature itself are unused.
    const bits = good.findIndex((tag, at) => tag === 3 && good[at + 1] === good.length - at - 2);
    const unused = bits + 2;
    const odd = good.map((octet, index) => (index === unused ? 3 : octet));
    expect(good[unused]).toBe(0);
    expect(verify(Uint8Array.from(odd), check(leaf)).kind).toBe('refused');
    fc.assert(
      fc.property(spoilt, (octets) => {
        expect(verify(Uint8Array.from(octets), check(leaf)).kind).toBe('refused');
      }),
      { numRuns: 400 },
    );
  });
});

interface Side {
  readonly member: MlsMember;
}

async function pair() {
  const { authority, random, certify, verify, request, leaf } = authorities();
  const bytes = random.fork('engine');
  const engine = createMlsEngine({
    random: (length) => bytes.bytes(length),
    nowSeconds: () => NOW,
    acceptCredential: (_identity, key, [certificate]) =>
      certificate !== undefined &&
      verify(certificate, { nowSeconds: NOW, minimumLeftSeconds: 0, signaturePublicKey: key })
        .kind === 'trusted',
  });
  const ben = certify({
    msisdn: '+999100000002',
    provider: 'apple',
    participant: authority.keyPair(random.fork('ben')),
  });
  const group = Buffer.from('conversation');
  const member = await engine.createGroup(group, 'tel:+999100000001/1', { era: 1, leaf });
  const made = await engine.generateKeyPackage('tel:+999100000002/1', { leaf: ben });
  const pending = await member.add([made.keyPackage]);
  if (pending.kind === 'refused') throw new Error(pending.detail);
  await pending.apply();
  const joined = await engine.joinFromWelcome(pending.welcome!, [made.private]);
  if (joined.kind === 'refused') throw new Error(joined.detail);
  const ana: Side = { member };
  return { engine, certify, request, ana, ben: { member: joined.member } as Side, made };
}

describe('groups of certified leaves', () => {
  test('carry messages, and name their members by number and device', async () => {
    const { ana, ben, engine, made } = await pair();
    expect(ben.member.members().map(({ identity }) => identity)).toEqual([
      'tel:+999100000001/1',
      'tel:+999100000002/1',
    ]);
    const opened = await ben.member.process(await ana.member.encrypt(Buffer.from('hello')));
    expect(opened).toMatchObject({ kind: 'application', senderIdentity: 'tel:+999100000001/1' });
    const checked = await engine.checkKeyPackage(made.keyPackage);
    expect(checked).toMatchObject({ kind: 'key-package', identity: 'tel:+999100000002/1' });
    const kept = engine.deserialize(ben.member.serialize());
    expect(kept.leafKeys()).toEqual(ben.member.leafKeys());
  });

  test('let nobody in who is not vouched for', async () => {
    const { ana, engine, certify } = await pair();
    const stranger = certify({ msisdn: '+999100000003', attested: false });
    const made = await engine.generateKeyPackage('tel:+999100000003/1', { leaf: stranger });
    expect(await engine.checkKeyPackage(made.keyPackage)).toMatchObject({
      kind: 'refused',
      reason: 'invalid-credential',
    });
    expect(await ana.member.add([made.keyPackage])).toMatchObject({ kind: 'refused' });
  });

  test('end encryption for all by end_mls, in the epoch after the Commit', async () => {
    const { ana, ben } = await pair();
    const pending = await ana.member.commit({ endMls: true });
    if (pending.kind === 'refused') throw new Error(pending.detail);
    expect(ana.member.ended).toBe(false);
    await pending.apply();
    expect(await ben.member.process(pending.commit)).toMatchObject({ kind: 'commit', epoch: 2 });
    for (const { member } of [ana, ben]) {
      expect(member.ended).toBe(true);
      expect(member.era).toBe(1);
      await expect(member.encrypt(Buffer.from('x'))).rejects.toMatchObject({ code: 'MLS_ENDED' });
    }
    expect(ana.member.epochAuthenticator).toEqual(ben.member.epochAuthenticator);
  });

  test('tell a member that it was removed, also when the same Commit adds it anew', async () => {
    const { ana, ben, engine, certify, request } = await pair();
    const fresh = certify({ ...request, msisdn: '+999100000002' });
    const made = await engine.generateKeyPackage('tel:+999100000002/1', { leaf: fresh });
    const change = { remove: ['tel:+999100000002/1'], add: [made.keyPackage] };
    const pending = await ana.member.commit(change);
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    const told = await ben.member.process(pending.commit);
    expect(told).toMatchObject({ kind: 'commit', selfRemoved: true });
    expect(ben.member.active).toBe(false);
    const again = await engine.joinFromWelcome(pending.welcome!, [made.private]);
    expect(again.kind).toBe('joined');
    // A forged removal is none: the tag is of the group's own members only.
    const forged = Uint8Array.from(pending.commit);
    forged[forged.length - 1]! ^= 1;
    const { ben: witness } = await pair();
    expect((await witness.member.process(forged)).kind).toBe('refused');
  });
});

test('two people read the same 80 digits, and others when a key changes', () => {
  const key = (fill: number): Uint8Array => new Uint8Array(65).fill(fill);
  const ana = { msisdn: '+999100000001', participantKeys: [key(1), key(2)] };
  const ben = { msisdn: '+999100000002', participantKeys: [key(3)] };
  const code = verificationCode([ana, ben]);
  expect(code).toMatch(/^(\d{5} ){15}\d{5}$/);
  expect(verificationCode([ben, { ...ana, participantKeys: [key(2), key(1)] }])).toBe(code);
  expect(verificationCode([ana, { ...ben, participantKeys: [key(4)] }])).not.toBe(code);
});
