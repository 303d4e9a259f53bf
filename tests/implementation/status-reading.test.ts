import { describe, expect, it } from 'vitest';
import { compileReading } from '../../harness/implementation/status-reading.ts';

const read = compileReading({
  words: { sent: ['ok'] },
  channels: { 'rcs-e2ee': ['RCS'], rcs: ['RCS', 'rbm'], sms: ['SMS'], none: ['PENDING'] },
});
const told = (channel: unknown, encrypted: unknown = null) =>
  read({ raw: 'ok', channel, encrypted, body: '' });
const bare = { raw: 'ok', word: 'sent', body: '' };

describe('the channel of a status', () => {
  it.each([undefined, null, ''])('is not told by %j', (nothing) => {
    expect(told(nothing)).toEqual(bare);
  });

  it('stands for what the description declares: one, several or none', () => {
    expect(told('rbm')).toEqual({ ...bare, channel: 'rbm', means: ['rcs'] });
    expect(told('RCS')).toEqual({ ...bare, channel: 'RCS', means: ['rcs-e2ee', 'rcs'] });
    expect(told('PENDING')).toEqual({ ...bare, channel: 'PENDING', means: [] });
  });

  it('is kept as it came where nobody declared it, whatever its type', () => {
    expect(told('sms')).toEqual({ ...bare, channel: 'sms' });
    expect(told('fax')).toEqual({ ...bare, channel: 'fax' });
    expect(told(7)).toEqual({ ...bare, channel: '7' });
    expect(told(['sms'])).toEqual({ ...bare, channel: '["sms"]' });
    expect(told('x'.repeat(999)).channel).toHaveLength(80);
  });
});

describe('“encrypted” of a status', () => {
  it.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
  ])('takes %j for %j', (encrypted, expected) => {
    expect(told(null, encrypted)).toEqual({ ...bare, encrypted: expected });
  });

  it.each([undefined, null])('is not told by %j', (nothing) => {
    expect(told(null, nothing)).toEqual(bare);
  });

  it.each(['yes', 'TRUE', '', 1, 0, {}, []])('is no truth value as %j', (odd) => {
    expect(told(null, odd)).toEqual({ ...bare, encryptedAs: JSON.stringify(odd) });
  });
});
