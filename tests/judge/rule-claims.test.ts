import { describe, expect, it } from 'vitest';
import { rulesNotClaimed } from '../../harness/judge/rule-claims.ts';
import { RULES } from '../../harness/judge/rules/index.ts';
import type { Claims } from '../../simulators/kernel/events.ts';

const NOTHING: Claims = {
  channels: ['sms'],
  gateways: [],
  sms: [],
  push: [],
  callbacks: [],
  idempotency: false,
};
const EVERYTHING: Claims = {
  channels: ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'],
  gateways: ['rbm'],
  sms: ['smpp'],
  push: ['apns'],
  callbacks: ['rbm'],
  idempotency: true,
  attachments: true,
  archive: true,
};
const all = Object.keys(RULES);

describe('rules about what is not claimed', () => {
  it('are none where everything is claimed', () => {
    expect(rulesNotClaimed(all, EVERYTHING)).toEqual({});
  });

  it('belong each to one claim, and are of the rules that were asked about', () => {
    const rules = Object.values(rulesNotClaimed(all, NOTHING)).flat();
    expect(rules.length).toBeGreaterThan(30);
    expect(new Set(rules).size).toBe(rules.length);
    expect(rulesNotClaimed(['push/plaintext', 'delivery/lost'], NOTHING)).toEqual({
      push: ['push/plaintext'],
    });
  });

  it('never hold what any sender is judged by', () => {
    const rules = Object.values(rulesNotClaimed(all, NOTHING)).flat();
    for (const group of ['delivery', 'fallback', 'policy', 'contract', 'implementation']) {
      expect(rules.filter((rule) => rule.startsWith(`${group}/`))).toEqual([]);
    }
    for (const rule of ['e2ee/plaintext-exposed', 'e2ee/false-padlock', 'attachment/dead-medium']) {
      expect(rules).not.toContain(rule);
    }
  });

  it('stop being left out as soon as their claim is made', () => {
    const claims = { ...NOTHING, callbacks: ['rbm'] };
    expect(rulesNotClaimed(all, claims)).not.toHaveProperty('callbacks');
    expect(rulesNotClaimed(all, NOTHING)).toHaveProperty('callbacks');
  });
});
