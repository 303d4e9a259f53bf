import { expect, it } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { probeCell } from '../../harness/launch/probe-cell.ts';
import type { Claims } from '../../simulators/kernel/claims.ts';
import type { DevicePlan } from '../../simulators/kernel/plan.ts';
import type { Channel } from '../../simulators/kernel/words.ts';

const phoneOf = (channels: readonly Channel[], push: Claims['push'] = []): DevicePlan => {
  const cell = probeCell(createVocabulary(), undefined, { channels, gateways: [], push });
  return cell.world.people[0]!.devices[0]!;
};

it('asks what sends pushes alone about a person who has the app', () => {
  expect(phoneOf(['app-push']).app).toBe(true);
  expect(phoneOf(['app-push', 'sms']).app).toBe(false);
  expect(phoneOf(['sms']).app).toBe(false);
});

it('gives that person a phone whose push service is claimed', () => {
  expect(phoneOf(['app-push'], ['apns']).push.provider).toBe('apns');
  expect(phoneOf(['app-push'], ['fcm']).push.provider).toBe('fcm');
  expect(phoneOf(['app-push'], ['apns', 'fcm']).push.provider).toBe('fcm');
});

it('has the gateways that are claimed', () => {
  const claims = { channels: ['sms'], gateways: ['twilio'], push: [] } as const;
  const { world } = probeCell(createVocabulary(), undefined, claims);
  expect(world.gateways).toEqual(['twilio']);
});
