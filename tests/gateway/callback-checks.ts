/** Whether a callback bears the vendor's own signature, checked as the vendor's SDK checks. */
import { createHmac, createPublicKey, hash, verify } from 'node:crypto';
import { ConversationCallbackWebhooks } from '@sinch/sdk-core';
import { verifySignature } from '@vonage/jwt';
import { decodeProtectedHeader } from 'jose';
import twilio from 'twilio';
import { decodeJwt } from '../../simulators/protocol/jwt/decode.ts';
import type { Hook, virtualStage } from './vendor-stage.ts';

export type Stage = Pick<Awaited<ReturnType<typeof virtualStage>>, 'value'>;
type Check = (stage: Stage, hook: Hook, key: 'present' | 'next') => boolean;

const bearerOf = ({ headers }: Hook): string => (headers['authorization'] ?? '').slice(7);

/** Does the business take it for the vendor's own, as far as the signature goes? */
export const CHECKS: Readonly<Record<string, Check>> = {
  rbm: (stage, { headers, json }, key) => {
    const token = stage.value(key === 'present' ? 'clientToken' : 'nextClientToken');
    const { data } = (json['message'] ?? { data: '' }) as { data: string };
    const hmac = createHmac('sha512', token).update(Buffer.from(data, 'base64'));
    return hmac.digest('base64') === headers['x-goog-signature'];
  },
  twilio: (stage, { headers, path, json, body }, key) => {
    const token = stage.value(key === 'present' ? 'authToken' : 'nextAuthToken');
    const signature = headers['x-twilio-signature'] ?? '';
    const told = `http://implementation.test${path}`;
    return !Array.isArray(json)
      ? twilio.validateRequest(token, signature, told, json)
      : twilio.validateRequestWithBody(token, signature, told, body);
  },
  vonage: (stage, hook, key) => {
    const secret = stage.value(key === 'present' ? 'signatureSecret' : 'nextSignatureSecret');
    const token = bearerOf(hook);
    if (token === '' || !verifySignature(token, secret)) return false;
    const decoded = decodeJwt(token);
    if (decoded.kind !== 'decoded') return false;
    return decoded.claims['payload_hash'] === hash('sha256', hook.body, 'hex');
  },
  sinch: (stage, { headers, body }, key) => {
    const secret = stage.value(key === 'present' ? 'webhookSecret' : 'nextWebhookSecret');
    const check = new ConversationCallbackWebhooks(secret);
    return check.validateAuthenticationHeader({ ...headers }, body);
  },
  infobip: (stage, { headers, body }, key) => {
    const secret = stage.value(key === 'present' ? 'webhookSecret' : 'nextWebhookSecret');
    return createHmac('sha256', secret).update(body).digest('hex') === headers['x-hub-signature'];
  },
  sessions: (stage, { headers, body }, key) => {
    const jwk = JSON.parse(stage.value(key === 'present' ? 'receiptKey' : 'nextReceiptKey'));
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const [protectedPart = '', , signature = ''] = (headers['x-jws-signature'] ?? '').split('.');
    const input = Buffer.from(`${protectedPart}.${Buffer.from(body).toString('base64url')}`);
    const octets = Buffer.from(signature, 'base64url');
    return verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, octets);
  },
};

/** Schemes whose signature has a date. */
export const DATED: readonly string[] = ['vonage', 'sinch', 'sessions'];

/** When a dated signature says that it was made, s since the Unix epoch. */
export function signedAtSeconds(hook: Hook): number {
  const { headers } = hook;
  const timestamp = headers['x-sinch-webhook-signature-timestamp'];
  if (timestamp !== undefined) return Number(timestamp);
  const [detached = ''] = (headers['x-jws-signature'] ?? '').split('.');
  if (detached !== '') return Number(decodeProtectedHeader(`${detached}..`)['iat']);
  const decoded = decodeJwt(bearerOf(hook));
  return decoded.kind === 'decoded' ? Number(decoded.claims['iat']) : Number.NaN;
}

export function holdsFor(
  gateway: string,
  stage: Stage,
  hook: Hook,
  key: 'present' | 'next' = 'present',
): boolean {
  const check = CHECKS[gateway];
  if (check === undefined) throw new Error(`no check for the callbacks of ${gateway}`);
  return check(stage, hook, key);
}
