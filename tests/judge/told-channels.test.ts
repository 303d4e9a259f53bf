import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rule = 'fallback/misreported';

/** By RCS first, which nobody heard of again, then by SMS. */
const twoWays = (): Story =>
  story()
    .at(1)
    .accepted('m1', 'low')
    .dispatch('m1', 'rcs', { wire: 'rbm:1' })
    .at(16)
    .revoke('rbm:1')
    .dispatch('m1', 'sms', { wire: 'smpp:1' })
    .at(17);

const bySms = (): Story =>
  twoWays().display('m1', 'sms', 'smpp:1').told('smpp:1', 'DELIVRD', 'delivered').at(30);

describe('the channel that is told of what arrived', () => {
  it('is found where another brought it', () => {
    const told = bySms().status('m1', 'delivered', { channel: 'rcs' }).end(100);
    expect(told.found(rule)[0]).toContain('reported delivered by rcs, but only sms brought it');
  });

  it('is the one that showed it, or that a receipt speaks of', () => {
    expect(bySms().status('m1', 'delivered', { channel: 'sms' }).end(100).found(rule)).toEqual([]);
    const heard = twoWays().told('smpp:1', 'DELIVRD', 'delivered').at(30);
    expect(heard.status('m1', 'delivered', { channel: 'sms' }).end(100).found(rule)).toEqual([]);
  });

  it('may be either where the first copy arrived late', () => {
    for (const channel of ['rcs', 'sms']) {
      const late = bySms().at(40).display('m1', 'rcs', 'rbm:1');
      const told = late.told('rbm:1', 'DELIVERED', 'delivered').at(60);
      expect(told.status('m1', 'delivered', { channel }).end(100).found(rule)).toEqual([]);
    }
  });

  it('may be one whose receipt was lost, where the phone showed it', () => {
    const told = bySms().display('m1', 'rcs', 'rbm:1').at(60);
    expect(told.status('m1', 'delivered', { channel: 'rcs' }).end(100).found(rule)).toEqual([]);
  });

  it('may rest on a receipt that lies, and on one still being handed over', () => {
    const lied = bySms().told('rbm:1', 'DELIVERED', 'delivered', { untrue: true }).at(60);
    expect(lied.status('m1', 'delivered', { channel: 'rcs' }).end(100).found(rule)).toEqual([]);
    const under = bySms().status('m1', 'delivered', { channel: 'rcs' }).at(31);
    expect(under.told('rbm:1', 'DELIVERED', 'delivered').end(100).found(rule)).toEqual([]);
  });

  it('may be any of a gateway’s own chain, whose receipts need not say which', () => {
    const chain = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'twilio:1' });
    chain.at(9).dispatch('m1', 'sms', { wire: 'twilio:2' }).carried('twilio:2', 'twilio:1', 'sms');
    chain.at(10).display('m1', 'sms', 'twilio:2').told('twilio:1', 'delivered', 'delivered');
    const told = chain.at(30).status('m1', 'delivered', { channel: 'rcs' }).end(100);
    expect(told.found(rule)).toEqual([]);
  });

  it('is the one being tried while nothing has arrived', () => {
    for (const channel of ['rcs', 'sms']) {
      const told = twoWays().at(30).status('m1', 'sent', { channel }).end(100);
      expect(told.found(rule)).toEqual([]);
    }
  });
});

describe('a channel’s own name', () => {
  const told = (channel: string, means?: readonly ('rcs' | 'rcs-e2ee' | 'sms')[]): Story =>
    bySms()
      .status('m1', 'delivered', { channel, ...(means === undefined ? {} : { means }) })
      .end(100);
  const unknown = 'contract/unknown-status';

  it('is a finding where nobody declared it', () => {
    expect(told('SHORT_MESSAGE').found(unknown)).toEqual([
      'The channel “SHORT_MESSAGE” was told 1 time, first for m1, and is neither one of ours nor ' +
        'declared.',
    ]);
    expect(told('sms').found(unknown)).toEqual([]);
  });

  it('is judged by what it stands for', () => {
    expect(told('RCS', ['rcs-e2ee', 'rcs']).found(rule)[0]).toContain('but only sms brought it');
    for (const means of [['sms'], ['rcs', 'sms'], []] as const) {
      const named = told('CARRIER', means);
      expect([...named.found(rule), ...named.found(unknown)]).toEqual([]);
    }
  });

  it('shows what is open where all that it stands for is', () => {
    const padlock = (means: readonly ('rcs' | 'rcs-e2ee' | 'sms')[]): string[] =>
      story()
        .at(1)
        .accepted('m1', 'low')
        .dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1', known: true })
        .at(9)
        .status('m1', 'sent', { channel: 'RCS', means, encrypted: true })
        .end(100)
        .found('e2ee/false-padlock');
    expect(padlock(['rcs', 'sms'])).toHaveLength(1);
    expect(padlock(['rcs', 'rcs-e2ee'])).toEqual([]);
  });
});
