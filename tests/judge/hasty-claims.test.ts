import { describe, expect, it } from 'vitest';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

const rule = 'fallback/misreported';
const EARLY = { final: false };
const sent = (): Story =>
  story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' }).at(2);

describe('a status told while the message is under way', () => {
  it('is found when it claims delivery long before the receipt, true as it is at the end', () => {
    const told = sent()
      .status('m1', 'delivered', EARLY)
      .at(20)
      .told('rbm:1', 'DELIVERED', 'delivered');
    const found = told.at(30).status('m1', 'delivered').end(100).found(rule);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('when there was still no evidence of delivery');
  });

  it('is found when it claims reading on a receipt of delivery alone', () => {
    const told = sent().told('rbm:1', 'DELIVERED', 'delivered').at(3).status('m1', 'read', EARLY);
    const found = told.at(20).told('rbm:1', 'READ', 'read').at(30).status('m1', 'read').end(100);
    expect(found.found(rule)[0]).toContain('no evidence that it was read');
  });

  it('may be as early as the receipt, within the tolerance', () => {
    const told = sent()
      .status('m1', 'delivered', EARLY)
      .at(3)
      .told('rbm:1', 'DELIVERED', 'delivered');
    expect(told.at(30).status('m1', 'delivered').end(100).found(rule)).toEqual([]);
  });
});

describe('a delivery told of what an app or a page serves', () => {
  const PUSHED = { wire: 'fcm:1', known: true };
  const pushed = (): Story =>
    story({ claims: { channels: ['app-push', 'sms'] } })
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'app-push', PUSHED);
  /** The app called at `since` seconds, and shows the content later. */
  const asked = (told: Story, since: number): Story => {
    const at = { device: DEVICE, person: 'ana', wire: 'fcm:1' };
    told.add({ kind: 'device.asked', ...at, since: since * SECOND });
    return told;
  };
  const shown = (told: Story): string[] =>
    told
      .at(20)
      .display('m1', 'app-push', 'fcm:1')
      .at(30)
      .status('m1', 'delivered')
      .end(100)
      .found(rule);

  it('is found when the push alone was taken and no app had called', () => {
    const early = pushed().at(2).mark('device.received', 'fcm:1', 'app-push');
    const found = shown(asked(early.status('m1', 'delivered', EARLY).at(19), 18.9));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('when there was still no evidence of delivery');
  });

  it('may rest on the app’s call, however long the phone then takes to show it', () => {
    expect(shown(asked(pushed().at(2), 1.9).status('m1', 'delivered', EARLY))).toEqual([]);
  });

  it('may rest on a call that left before it and ended after it', () => {
    expect(shown(asked(pushed().at(4).status('m1', 'delivered', EARLY).at(12), 3))).toEqual([]);
  });

  it('may be as early as the display, in histories that have no calls', () => {
    expect(shown(pushed().at(18.5).status('m1', 'delivered', EARLY))).toEqual([]);
  });

  it('is found when it says “read” of what was only fetched', () => {
    const found = shown(asked(pushed().at(2), 1.9).status('m1', 'read', EARLY));
    expect(found[0]).toContain('no evidence that it was read');
  });

  it('rests on the link’s carrier text, on whoever opens the link, or on nothing', () => {
    const linked = (): Story =>
      story().at(1).accepted('m1').dispatch('m1', 'secure-link', { wire: 'smpp:1', known: true });
    const opened = (told: Story): Story => {
      const visit = { device: DEVICE, person: 'ana', wire: 'smpp:1', status: '200' };
      const step = { step: 'anonymous', outcome: 'no-content' } as const;
      told.add({ kind: 'device.link-opened', ...visit, ...step });
      return told;
    };
    const end = (told: Story): string[] =>
      told
        .at(20)
        .display('m1', 'secure-link', 'smpp:1')
        .at(30)
        .status('m1', 'read')
        .end(100)
        .found(rule);
    const receipt = linked().at(2).told('smpp:1', 'DELIVRD', 'delivered').at(3);
    expect(end(receipt.status('m1', 'delivered', EARLY))).toEqual([]);
    expect(end(opened(linked().at(2)).at(3).status('m1', 'delivered', EARLY))).toEqual([]);
    expect(end(linked().at(3).status('m1', 'delivered', EARLY))).toHaveLength(1);
  });
});
