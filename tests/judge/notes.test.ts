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
