import { describe, expect, it } from 'vitest';
import {
  readAmzDate,
  signatureOf,
  signedHeaders,
  signedUrl,
  signedSpan,
} from '../../../simulators/protocol/s3/signature.ts';
import { verifySignature } from '../../../simulators/protocol/s3/verify.ts';

/** The worked examples of "Authenticating Requests (AWS Signature Version 4)", public keys. */
const EXAMPLE = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const AT = Date.UTC(2013, 4, 24);
const URL_OF = 'https://examplebucket.s3.amazonaws.com/test.txt';
const keys = (id: string) => (id === EXAMPLE.accessKeyId ? EXAMPLE : undefined);
const NOTHING = new Uint8Array();

function get(url: string) {
  const { pathname, search, host } = new URL(url);
  return {
    method: 'GET',
    path: pathname,
    query: search.slice(1),
    headers: { host },
    body: NOTHING,
  };
}

describe('signature version 4', () => {
  it('gives the signature of the worked example of a signed URL', () => {
    const url = signedUrl({ method: 'GET', url: URL_OF, epochMillis: AT }, 86_400, EXAMPLE);
    expect(new URL(url).searchParams.get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
    expect(signedSpan(new URL(url).searchParams)).toEqual({ fromMillis: AT, lifeSeconds: 86_400 });
  });

  it('gives the signature of the worked example of a GET with a range', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const headers = {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': empty,
      'x-amz-date': '20130524T000000Z',
    };
    const parts = { method: 'GET', path: '/test.txt', query: [], headers, payload: empty };
    expect(signatureOf(parts, '20130524T000000Z', EXAMPLE)).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  it('holds until its end, and not a moment longer', () => {
    const url = signedUrl({ method: 'GET', url: URL_OF, epochMillis: AT }, 60, EXAMPLE);
    const at = (ms: number) => verifySignature(get(url), keys, AT + ms).kind;
    expect(at(59_999)).toBe('signed');
    expect(at(60_000)).toBe('expired');
  });

  it('refuses another path, another end, another key, and no signature at all', () => {
    const url = signedUrl({ method: 'GET', url: URL_OF, epochMillis: AT }, 60, EXAMPLE);
    const verdict = (changed: string) => verifySignature(get(changed), keys, AT + 1);
    const wrong = { kind: 'refused', problem: 'SignatureDoesNotMatch' };
    expect(verdict(url.replace('test.txt', 'best.txt'))).toEqual(wrong);
    expect(verdict(url.replace('Expires=60', 'Expires=600'))).toEqual(wrong);
    expect(verdict(url.replace('IOSFODNN7', 'IOSFODNN8'))).toMatchObject({ kind: 'refused' });
    expect(verdict(URL_OF)).toEqual({ kind: 'anonymous' });
  });

  it('refuses a body that is not the one that was signed', () => {
    const body = Buffer.from('content');
    const signed = signedHeaders(
      { method: 'PUT', url: URL_OF, epochMillis: AT, headers: {}, body },
      EXAMPLE,
    );
    const { host } = new URL(URL_OF);
    const request = { ...get(URL_OF), method: 'PUT', headers: { ...signed, host }, body };
    expect(verifySignature(request, keys, AT)).toMatchObject({ kind: 'signed' });
    const other = { ...request, body: Buffer.from('another') };
    expect(verifySignature(other, keys, AT)).toEqual({
      kind: 'refused',
      problem: 'XAmzContentSHA256Mismatch',
    });
    expect(verifySignature(request, keys, AT + 3_600_000)).toEqual({
      kind: 'refused',
      problem: 'RequestTimeTooSkewed',
    });
  });

  it('reads dates, and what is none', () => {
    expect(readAmzDate('20260101T000001Z')).toBe(Date.UTC(2026, 0, 1, 0, 0, 1));
    expect(readAmzDate('2026-01-01')).toBeUndefined();
  });
});
