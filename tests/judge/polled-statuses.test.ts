import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rule = 'fallback/misreported';

/** Sent, and later asked for at the gateway, which tells what became of it. */
function asked(implies: 'sent' | 'delivered' | 'failed', handedAt?: null): Story {
  const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'twilio:1' });
  told.at(5);
  const component = 'gateway/twilio';
  const what = 'GET /Messages/{Sid}.json';
  const request = told.add({ kind: 'door.request', component, operation: 'query', what });
  told.add({
    kind: 'door.answered',
    request,
    outcome: 'accepted',
    status: '200 OK',
    tells: [{ wire: 'twilio:1', implies }],
    handedAt: handedAt === null ? null : 5_000_000,
  });
  return told.at(9);
}

describe('a status that was asked for', () => {
  it('is evidence as good as a callback', () => {
    const honest = asked('delivered').status('m1', 'delivered').end(100);
    expect(honest.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('contradicts a claim of less', () => {
    const modest = asked('delivered').status('m1', 'failed').end(100);
    expect(modest.found(rule)[0]).toContain('evidence of delivery');
  });

  it('is none when the answer never arrived, or told of less', () => {
    for (const told of [asked('delivered', null), asked('sent')]) {
      const claim = told.status('m1', 'delivered').end(100);
      expect(claim.found(rule)[0]).toContain('no evidence of delivery');
    }
  });
});
