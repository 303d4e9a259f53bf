import { describe, expect, test } from 'vitest';
import { LEAF_MINIMUM_LEFT_SECONDS } from '../../simulators/protocol/mls/x509/verify-leaf.ts';
import { keyVerbs } from '../../simulators/device/keys/key-verbs.ts';
import { trustedPackage } from '../../simulators/device/keys/trust.ts';
import type { Phone } from '../../simulators/device/phone.ts';
import { devicePlan, iphone, stage } from './stage.ts';

const ledger = () => {
  const touched: string[] = [];
  return {
    fault: 'f',
    hits: () => true,
    touched: (did: string) => touched.push(did),
    did: touched,
  };
};

function world() {
  const made = stage([devicePlan('1'), iphone('2')]);
  const [android, apple] = made.owner.handsets as [Phone, Phone];
  const act = (phone: Phone, word: string, params = {}, told = ledger()) =>
    keyVerbs(phone)[word]!({ params, ledger: told });
  return { ...made, android, apple, act };
}

describe('key packages of a device', () => {
  test('are one-time from a pool, of the form that is asked for', async () => {
    const { android, context } = world();
    const basic = [await android.claimKeyPackage(), await android.claimKeyPackage()];
    expect(new Set(basic.map((one) => one!.reference)).size).toBe(2);
    expect(basic.every((one) => one!.lastResort)).toBe(false);
    const certified = (await android.claimKeyPackage('x509'))!;
    const checked = await context.mls.checkKeyPackage(certified.keyPackage);
    expect(checked).toMatchObject({ kind: 'key-package', identity: android.identity });
    expect('certificates' in checked ? checked.certificates : []).toHaveLength(1);
  });

  test('give way to the last resort until the client registers again', async () => {
    const { android, act } = world();
    const told = ledger();
    const lift = act(android, 'key-packages-exhausted', {}, told);
    const first = (await android.claimKeyPackage())!;
    const second = (await android.claimKeyPackage())!;
    expect([first.lastResort, second.lastResort]).toEqual([true, true]);
    expect(second.reference).toBe(first.reference);
    expect(told.did).toHaveLength(2);
    lift();
    expect((await android.claimKeyPackage())!.lastResort).toBe(false);
  });

  test('are of different services, and each client trusts the other’s', async () => {
    const { android, apple, context } = world();
    for (const [one, other] of [
      [android, apple],
      [apple, android],
    ] as const) {
      const claimed = (await other.claimKeyPackage('x509'))!;
      expect(await trustedPackage(one, other.identity, claimed)).toBe(true);
      expect(await trustedPackage(one, one.identity, claimed)).toBe(false);
      const checked = await context.mls.checkKeyPackage(claimed.keyPackage);
      const certificate = 'certificates' in checked ? checked.certificates[0] : undefined;
      const issuer = context.verifyLeaf(certificate!, {
        nowSeconds: 1_767_225_600,
        minimumLeftSeconds: 0,
        signaturePublicKey: other.keys.identity.leaf.publicKey,
      });
      const service = other === apple ? 'kds.apple.example' : 'kds.google.example';
      expect(issuer).toMatchObject({ kind: 'trusted', certificate: { issuer: service } });
    }
  });

  test('a used one that is handed out again says so in the history’s word for it', async () => {
    const { android, act } = world();
    const first = (await android.claimKeyPackage())!;
    const lift = act(android, 'replay', { what: 'key-package' });
    const again = (await android.claimKeyPackage())!;
    expect([again.reference, again.again]).toEqual([first.reference, true]);
    lift();
    expect((await android.claimKeyPackage())!.again).toBeUndefined();
  });
});

describe('a device’s leaf', () => {
  test('is made anew long before it expires: 30 days are always left', async () => {
    const { android, clock } = world();
    const first = android.keys.identity.leaf;
    expect(android.keys.identity.leaf).toBe(first);
    await clock.run(47 * 86_400 * 1_000_000);
    const second = android.keys.identity.leaf;
    expect(second).not.toBe(first);
    const left = second.notAfterSeconds - Math.floor(clock.epochMillis() / 1_000);
    expect(left).toBeGreaterThan(LEAF_MINIMUM_LEFT_SECONDS);
  });

  test('changes with a rotation, the participant key with lost keys only', () => {
    const { android, of, act } = world();
    const { identity } = android.keys;
    const { leaf, participant } = identity;
    const heard: string[] = [];
    android.onChange((change) => heard.push(change));
    act(android, 'rotate');
    expect(android.keys.identity.leaf.publicKey).not.toEqual(leaf.publicKey);
    expect(android.keys.identity.participant).toBe(participant);
    android.loseKeys('wiped');
    expect(android.keys.identity.participant.publicKey).not.toEqual(participant.publicKey);
    expect(heard).toEqual(['keys-rotated', 'keys-lost']);
    expect(of('device.changed').map(({ change }) => change)).toEqual(['keys-rotated', 'keys-lost']);
  });

  test('is vouched for by nobody while attestation fails, and nobody adds it', async () => {
    const { android, apple, act, of } = world();
    const lift = act(android, 'attestation-fail');
    expect(android.channels()).not.toContain('rcs-e2ee');
    const claimed = (await android.claimKeyPackage('x509'))!;
    expect(claimed.unattested).toBe('platform-failed');
    expect(await trustedPackage(apple, android.identity, claimed)).toBe(false);
    lift();
    const again = (await android.claimKeyPackage('x509'))!;
    expect(await trustedPackage(apple, android.identity, again)).toBe(true);
    expect(of('device.changed').map(({ change }) => change)).toEqual([
      'attestation-failed',
      'attested',
    ]);
  });

  test('a thief’s device has keys and no attestation, and shows nothing', async () => {
    const { android, apple, owner, act } = world();
    for (const [word, why] of [
      ['sim-swap', 'sim-swapped'],
      ['token-theft', 'unknown-device'],
    ] as const) {
      const newcomers: string[] = [];
      owner.onNewHandset(({ path }) => newcomers.push(path));
      const lift = act(android, word);
      const guest = owner.handsets.at(-1)!;
      expect(newcomers).toEqual([guest.path]);
      expect([guest.thief, guest.channels(), guest.attestationFault]).toEqual([true, [], why]);
      const claimed = (await guest.claimKeyPackage('x509'))!;
      expect(await trustedPackage(apple, guest.identity, claimed)).toBe(false);
      lift();
      expect(guest.revoked).toBe(true);
    }
  });
});
