import { expect, it } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { probeCell } from '../../harness/launch/probe-cell.ts';
import type { Channel } from '../../simulators/kernel/words.ts';

const appOf = (...channels: Channel[]): boolean => {
  const cell = probeCell(createVocabulary(), undefined, { channels, gateways: [] });
  return cell.world.people[0]!.devices[0]!.app;
};

it('asks what sends pushes alone about a person who has the app', () => {
  expect(appOf('app-push')).toBe(true);
  expect(appOf('app-push', 'sms')).toBe(false);
  expect(appOf('sms')).toBe(false);
});

it('has the gateways that are claimed', () => {
  const claims = { channels: ['sms'], gateways: ['twilio'] } as const;
  const { world } = probeCell(createVocabulary(), undefined, claims);
  expect(world.gateways).toEqual(['twilio']);
});
