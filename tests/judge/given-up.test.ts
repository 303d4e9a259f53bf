import { describe, expect, it } from 'vitest';
import type { Meaning } from '../../simulators/kernel/events.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL, PHONE, SECOND } from './world-plan.ts';

const RULE = 'fallback/missed';
const WITH_APP = {
  world: { ...CELL.world, people: [{ ...ANA, devices: [{ ...PHONE, app: true }] }] },
};
const PUSH_ONLY = { cell: WITH_APP, claims: { channels: ['app-push'] } } as const;
const YEAR = 31_536_000 * SECOND;

const gone = (holds: number): Meaning => ({
  channels: ['app-push'],
  scope: { device: DEVICE },
  says: 'unavailable',
  holds,
});

/** Its push is refused at 1 s; the app is back in time for the deadline of 61 s. */
const refused = (told: Story, holds: number): Story =>
  told
    .device('app-removed', 'up', ['rcs', 'sms', 'secure-link', 'rcs-e2ee'])
    .at(1)
    .accepted('m1')
    .dispatch('m1', 'app-push', {
      wire: 'fcm:1',
      device: DEVICE,
      outcome: 'unavailable',
      meaning: [gone(holds)],
    });
const isBack = (told: Story): Story =>
  told
    .at(50)
    .device('app-installed', 'up', ['app-push', 'rcs', 'sms', 'secure-link', 'rcs-e2ee'])
    .end(200);
const failed = (told: Story): Story => told.at(2).status('m1', 'failed');

describe('a message told as failed', () => {
  it('because nothing was left, as far as could be known, is not to be sent later', () => {
    expect(isBack(failed(refused(story(PUSH_ONLY), YEAR))).rule(RULE)).toMatchObject({
      judged: 1,
      findings: [],
    });
  });

  it('is missed where it was not told so and the app came back in time', () => {
    expect(isBack(refused(story(PUSH_ONLY), YEAR)).found(RULE)).toHaveLength(1);
  });

  it('is missed where waiting would have helped by all that was said', () => {
    expect(isBack(failed(refused(story(PUSH_ONLY), 20 * SECOND))).found(RULE)).toHaveLength(1);
  });

  it('is missed where nothing had spoken against a channel', () => {
    const told = failed(story(PUSH_ONLY).at(1).accepted('m1')).end(200);
    expect(told.found(RULE)).toHaveLength(1);
  });

  it('is missed where another channel was left', () => {
    const claims = { channels: ['app-push', 'secure-link'] } as const;
    expect(
      failed(refused(story({ cell: WITH_APP, claims }), YEAR))
        .end(200)
        .found(RULE),
    ).toHaveLength(1);
  });
});
