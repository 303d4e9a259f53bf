import { describe, expect, it } from 'vitest';
import { answerName } from '../../simulators/network/name-server.ts';

/** A query as resolvers send it (RFC 1035 §4.1). */
function query(name: string, type = 1): Buffer {
  const header = Buffer.from([0xab, 0xcd, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
  const labels = name
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

const knows = (name: string): boolean => name === 'api.vendor.example';
const answered = (bytes: Buffer) => answerName(bytes, '172.18.0.1', knows);

describe('the name server', () => {
  it('leads a known name to its address, in the very bytes of RFC 1035', () => {
    const asked = query('API.vendor.example');
    expect(answered(asked)?.answer.toString('hex')).toBe(
      // id, response, one question, one answer
      `abcd${'8480'}${'0001'}${'0001'}00000000` +
        `${asked.subarray(12).toString('hex')}` +
        // pointer to the name, A, IN, 60 s, four bytes
        'c00c00010001' +
        '0000003c' +
        '0004' +
        'ac120001',
    );
    expect(answered(asked)?.unknown).toBeUndefined();
  });

  it('has no IPv6 for it, and no such name for any other, which is told once', () => {
    expect(answered(query('api.vendor.example', 28))?.answer.toString('hex', 2, 8)).toBe(
      '848000010000',
    );
    const other = answered(query('tracker.example'));
    expect(other?.answer.toString('hex', 2, 8)).toBe('848300010000');
    expect(other?.unknown).toBe('tracker.example');
    expect(answered(query('tracker.example', 28))?.unknown).toBeUndefined();
  });

  it('leaves what is no query alone', () => {
    const cut = query('api.vendor.example').subarray(0, 20);
    const pointer = Buffer.concat([
      query('x').subarray(0, 12),
      Buffer.from([0xc0, 12, 0, 1, 0, 1]),
    ]);
    for (const bytes of [Buffer.alloc(0), cut, pointer]) expect(answered(bytes)).toBeUndefined();
  });
});
