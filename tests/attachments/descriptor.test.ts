import { describe, expect, it } from 'vitest';
import {
  openObject,
  readDescriptor,
  sealObject,
} from '../../simulators/protocol/attachment/descriptor.ts';
import {
  readEnvelope,
  readFileMessage,
  writeEnvelope,
  writeFileMessage,
} from '../../simulators/protocol/attachment/envelope.ts';

const PART = { url: 'https://store.example/a', until: '2026-01-01T00:01:00Z', size: 5 };
const DESCRIPTOR = { id: 'm', name: 'a.pdf', type: 'application/pdf', file: PART };

describe('a file’s descriptor', () => {
  it('is read as it was written, thumbnails and refresh included', () => {
    const refresh = { url: 'https://x.example/r', token: 't' };
    const whole = { ...DESCRIPTOR, thumbnail: { ...PART, sha256: 'ab' }, refresh };
    expect(readDescriptor(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['no id', { ...DESCRIPTOR, id: '' }],
    ['no file', { ...DESCRIPTOR, file: undefined }],
    ['a file without URL', { ...DESCRIPTOR, file: { ...PART, url: 'store/a' } }],
    ['an end that is no date', { ...DESCRIPTOR, file: { ...PART, until: 'soon' } }],
    ['a size that is none', { ...DESCRIPTOR, file: { ...PART, size: -1 } }],
  ])('is none when it is %s', (_what, value) => {
    expect(readDescriptor(value)).toBeUndefined();
  });

  it('opens what was sealed with its key, and nothing else', () => {
    const key = Buffer.alloc(32, 1);
    const nonce = Buffer.alloc(12, 2);
    const sealed = sealObject(Buffer.from('hello'), key, nonce);
    const part = { ...PART, key: key.toString('base64'), nonce: nonce.toString('base64') };
    expect(Buffer.from(openObject(part, sealed)!).toString()).toBe('hello');
    const damaged = Buffer.from(sealed);
    damaged[0] = damaged[0]! ^ 1;
    expect(openObject(part, damaged)).toBeUndefined();
    expect(openObject({ ...part, nonce: key.toString('base64') }, sealed)).toBeUndefined();
    expect(openObject(part, sealed.subarray(0, 3))).toBeUndefined();
  });
});

describe('an envelope inside of a ciphertext', () => {
  it('is told from a plain text', () => {
    expect(readEnvelope('NS: nothing of the kind')).toBeUndefined();
    expect(readFileMessage('a text')).toBeUndefined();
    const text = writeEnvelope({ 'Content-Type': 'text/plain' }, 'one\r\n\r\ntwo');
    expect(readEnvelope(text)).toEqual({
      headers: { 'content-type': 'text/plain' },
      body: 'one\r\n\r\ntwo',
    });
  });

  it('carries a text with a file', () => {
    expect(readFileMessage(writeFileMessage('see this', DESCRIPTOR))).toEqual({
      text: 'see this',
      descriptor: DESCRIPTOR,
    });
    const broken = writeEnvelope({ 'Content-Type': 'message/mls-rcs-file-info' }, '{');
    expect(readFileMessage(broken)).toBeUndefined();
  });
});
