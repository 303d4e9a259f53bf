import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';

describe('notes', () => {
  it('name a gateway that is claimed and not there, where something went wrong', () => {
    const claims = { channels: ['rcs-e2ee', 'sms'], gateways: ['rbm', 'twilio'] } as const;
    const told = story({ claims }).at(1).accepted('m1').dispatch('m1', 'sms', { wire: 'smpp:1' });
    const failed = told.at(2).display('m1', 'sms', 'smpp:1').end(30).verdict();
    expect(failed.verdict).toBe('fail');
    expect(failed.notes.join(' ')).toContain('claims the gateway twilio');
    const well = story({ claims }).at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'a' });
    const passed = well.at(2).display('m1', 'rcs-e2ee', 'a').end(30).verdict();
    expect(passed.notes.join(' ')).not.toContain('twilio');
  });
});

describe('evidence files', () => {
  const told = (unmatched: string[], unread: string[]) => {
    const sent = story().at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'a' });
    const shown = sent.at(2).display('m1', 'rcs-e2ee', 'a');
    shown.add({ kind: 'implementation.evidence', files: 3, unmatched, unread });
    return shown.end(30).verdict();
  };

  it('that could not be read prove nothing', () => {
    expect(told([], []).verdict).toBe('pass');
    const { verdict, why } = told([], ['data/x (EACCES)']);
    expect(verdict).toBe('inconclusive');
    expect(why).toContain('of its files not all could be read: data/x (EACCES)');
  });

  it('that a pattern names in vain are told and fail nothing', () => {
    const { verdict, unmatchedFiles } = told(['logs/**'], []);
    expect(verdict).toBe('pass');
    expect(unmatchedFiles).toEqual(['logs/**']);
    expect(told([], [])).not.toHaveProperty('unmatchedFiles');
  });
});
