import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createProviderTokens } from '../../../simulators/protocol/apns/provider-token.ts';
import { createEs256Signer } from '../../../simulators/protocol/jwt/sign.ts';
import { createEs256Verifier } from '../../../simulators/protocol/jwt/verify.ts';

function bench() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const sign = createEs256Signer(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  let now = 1_800_000_000;
  const tokens = createProviderTokens({
    verify: createEs256Verifier(publicKey),
    keyId: 'KEY0000001',
    teamId: 'TEAM000001',
    now: () => now,
  });
  return {
    tokens,
    pass: (seconds: number) => (now += seconds),
    token: (age = 0) =>
      `bearer ${sign({ iss: 'TEAM000001', iat: now - age }, { kid: 'KEY0000001' })}`,
  };
}

describe('provider tokens', () => {
  it('may be replaced on a connection after 20 minutes', () => {
    const { tokens, pass, token } = bench();
    const connection = {};
    const first = token();
    expect(tokens.check(first, connection)).toBeUndefined();
    pass(1_199);
    expect(tokens.check(token(), connection)).toBe('TooManyProviderTokenUpdates');
    pass(1);
    expect(tokens.check(token(), connection)).toBeUndefined();
    expect(tokens.check(first, connection)).toBe('TooManyProviderTokenUpdates');
  });

  it('may be replaced at once when the old one has expired', () => {
    const { tokens, pass, token } = bench();
    const connection = {};
    const old = token(3_500);
    expect(tokens.check(old, connection)).toBeUndefined();
    pass(200);
    expect(tokens.check(old, connection)).toBe('ExpiredProviderToken');
    expect(tokens.check(token(), connection)).toBeUndefined();
  });

  it('count as expired when they are older than somebody says', () => {
    const { tokens, token } = bench();
    const old = token(10);
    expect(tokens.check(old, {})).toBeUndefined();
    expect(tokens.check(old, {}, 1_800_000_000)).toBe('ExpiredProviderToken');
    expect(tokens.check(token(), {}, 1_800_000_000)).toBeUndefined();
  });

  it('are counted all together where there are no connections', () => {
    const { tokens, token } = bench();
    const outcomes = Array.from({ length: 6 }, (_, age) => tokens.check(token(age)));
    expect(outcomes.slice(0, 5)).toEqual(Array.from({ length: 5 }));
    expect(outcomes[5]).toBe('TooManyProviderTokenUpdates');
  });
});
