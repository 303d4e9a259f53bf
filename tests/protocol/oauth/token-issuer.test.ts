import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createRs256Signer } from '../../../simulators/protocol/jwt/sign.ts';
import {
  SERVICE_ACCOUNT_PRIVATE_KEY_PEM,
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
} from '../../../simulators/protocol/oauth/service-account-key.ts';
import { createTokenIssuer } from '../../../simulators/protocol/oauth/token-issuer.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const NOW = 1_800_000_000;

function issuer() {
  let now = NOW;
  const random = createRandom(3);
  const tokens = createTokenIssuer({
    publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
    scope: SCOPE,
    clientEmail: 'a@b',
    random: (length) => random.bytes(length),
    now: () => now,
  });
  return { tokens, pass: (seconds: number) => (now += seconds) };
}

const CLAIMS = {
  iss: 'a@b',
  scope: `x ${SCOPE}`,
  aud: 'https://t/token',
  iat: NOW,
  exp: NOW + 3600,
};

function form(claims: Record<string, unknown>): string {
  const assertion = createRs256Signer(SERVICE_ACCOUNT_PRIVATE_KEY_PEM)(claims);
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return new URLSearchParams({ grant_type: grant, assertion }).toString();
}

describe('the token endpoint', () => {
  it('gives a token that is valid until it expires', () => {
    const { tokens, pass } = issuer();
    const answer = tokens.handle(Buffer.from(form(CLAIMS)));
    const { access_token: token, ...rest } = JSON.parse(answer.body) as Record<string, unknown>;
    expect(answer.status).toBe(200);
    expect(rest).toEqual({ expires_in: 3600, token_type: 'Bearer' });
    expect(tokens.check(`Bearer ${String(token)}`)).toBe('valid');
    expect(tokens.check(`bearer ${String(token)}`)).toBe('valid');
    pass(3600);
    expect(tokens.check(`Bearer ${String(token)}`)).toBe('expired');
  });

  it('gives the same tokens for the same seed and never one twice', () => {
    const draw = (): string[] => {
      const { tokens } = issuer();
      return Array.from({ length: 5 }, () => tokens.handle(form(CLAIMS)).body);
    };
    expect(draw()).toEqual(draw());
    expect(new Set(draw()).size).toBe(5);
  });

  it.each([
    ['another issuer', { iss: 'c@d' }, 'invalid_grant'],
    ['no audience', { aud: undefined }, 'invalid_grant'],
    ['an assertion of yesterday', { iat: NOW - 90_000, exp: NOW - 86_400 }, 'invalid_grant'],
    ['an assertion that lives a day', { exp: NOW + 86_400 }, 'invalid_grant'],
    ['another scope', { scope: 'x' }, 'invalid_scope'],
  ])('refuses %s', (_, change, error) => {
    const answer = issuer().tokens.handle(form({ ...CLAIMS, ...change }));
    expect(answer).toMatchObject({ status: 400, word: error });
    expect(JSON.parse(answer.body)).toMatchObject({ error });
  });

  it('refuses a forged signature, other grants, and unknown bearers', () => {
    const { tokens } = issuer();
    const forged = form(CLAIMS).slice(0, -6) + 'AAAAAA';
    expect(JSON.parse(tokens.handle(forged).body)).toEqual({
      error: 'invalid_grant',
      error_description: 'Invalid JWT Signature.',
    });
    expect(tokens.handle('grant_type=password').word).toBe('unsupported_grant_type');
    expect(tokens.check(undefined)).toBe('missing');
    expect(tokens.check('Basic abc')).toBe('missing');
    expect(tokens.check('Bearer abc')).toBe('unknown');
  });
});
