import { describe, expect, it } from 'vitest';
import type { PushFacts } from '../../simulators/kernel/push-facts.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL, PHONE } from './world-plan.ts';

const IPHONE = {
  ...PHONE,
  platform: 'ios',
  app: true,
  push: { ...PHONE.push, provider: 'apns', backgroundPerHour: 3 },
} as const;

const WORLD = { ...CELL.world, push: ['apns'], people: [{ ...ANA, devices: [IPHONE] }] } as const;

/** An alert as it should be. */
const ALERT: PushFacts = {
  type: 'alert',
  asks: 'visible',
  priority: 'high',
  bytes: 120,
  token: 'abababab',
};
const SILENT: PushFacts = { ...ALERT, type: 'background', asks: 'silent', priority: 'normal' };

const CLAIMS = { channels: ['app-push', 'rcs-e2ee'], push: ['apns'] } as const;

const phone = (): Story => story({ cell: { world: WORLD }, claims: CLAIMS });

/** One message each second, each with a push of these facts. */
function pushed(
  facts: readonly Partial<PushFacts>[],
  outcomes: readonly string[] = [],
  told: Story = phone(),
): Story {
  for (const [index, change] of facts.entries()) {
    const message = `m${index}`;
    told
      .at(index + 1)
      .accepted(message)
      .dispatch(message, 'app-push', {
        wire: `apns:${index}`,
        component: 'push/apns',
        device: DEVICE,
        echoed: `impl-${message}`,
        outcome: (outcomes[index] ?? 'accepted') as 'accepted',
        push: { ...ALERT, ...change },
      });
  }
  return told;
}

const findings = (told: Story, rule: string) => told.end(200).rule(rule);

describe('push/wrong-type', () => {
  const rule = 'push/wrong-type';
  it('finds alerts called background and silent pushes called alert', () => {
    const told = pushed([{ type: 'background' }, { asks: 'silent' }, {}]);
    expect(findings(told, rule)).toMatchObject({
      judged: 3,
      findings: [
        { seen: 'background, with something to show' },
        { seen: 'alert, with nothing to show' },
      ],
    });
  });

  it('leaves alone old senders without a type, FCM, and payloads that nobody could read', () => {
    const { type: _type, ...untyped } = ALERT;
    const told = pushed([{ asks: 'other' }, SILENT]);
    told.at(9).accepted('old').dispatch('old', 'app-push', { wire: 'apns:old', push: untyped });
    expect(findings(told, rule)).toMatchObject({ judged: 1, findings: [] });
  });
});

describe('push/wrong-priority', () => {
  const rule = 'push/wrong-priority';
  it('finds silent pushes at the priority of alerts', () => {
    const told = pushed([{ ...SILENT, priority: 'high' }, SILENT, {}]);
    expect(findings(told, rule).findings).toMatchObject([{ seen: 'apns-priority 10' }]);
  });

  const kept = (facts: Partial<PushFacts>, shownAfter: number | undefined): Story => {
    const told = pushed([facts]);
    told.at(1.2).add({ kind: 'stored', wire: 'apns:0', component: DEVICE, person: 'ana' });
    if (shownAfter !== undefined) told.at(1 + shownAfter).display('m0', 'app-push', 'apns:0');
    return told;
  };

  it('finds what a phone kept back because it was not urgent, when the person had to wait', () => {
    expect(findings(kept({ priority: 'normal' }, undefined), rule).findings).toMatchObject([
      { message: 'm0', seen: 'kept back for more than 10 s' },
    ]);
    expect(findings(kept({ priority: 'normal' }, 40), rule).findings).toHaveLength(1);
  });

  it('blames nobody for what came in time, nor for what a phone keeps back all the same', () => {
    expect(findings(kept({ priority: 'normal' }, 3), rule).findings).toEqual([]);
    expect(findings(kept({ priority: 'high' }, undefined), rule).findings).toEqual([]);
    const told = pushed([{ priority: 'normal' }]);
    told.at(1.2).add({ kind: 'stored', wire: 'apns:0', component: 'push/apns', person: 'ana' });
    expect(findings(told, rule).findings).toEqual([]);
  });
});

describe('push/payload-too-large', () => {
  it('knows the limits of alerts and of VoIP pushes', () => {
    const told = pushed(
      [
        { bytes: 4_096 },
        { bytes: 4_097 },
        { type: 'voip', bytes: 5_120 },
        { type: 'voip', bytes: 5_121 },
      ],
      ['accepted', 'rejected', 'rejected', 'rejected'],
    );
    expect(findings(told, 'push/payload-too-large')).toMatchObject({
      judged: 4,
      findings: [{ seen: '4097 bytes' }, { seen: '5121 bytes' }],
    });
  });
});

describe('push/unregistered-token', () => {
  const rule = 'push/unregistered-token';
  const gone = ['accepted', 'unavailable', 'unavailable', 'unavailable'];
  it('finds a token that is used on and on', () => {
    expect(findings(pushed([{}, {}, {}, {}], gone), rule)).toMatchObject({
      judged: 1,
      findings: [{ seen: '2 more pushes after unavailable' }],
    });
  });

  it('lets one pass that was on its way, and a new token of the same phone', () => {
    expect(findings(pushed([{}, {}, {}], gone.slice(0, 3)), rule).findings).toEqual([]);
    const renewed = pushed(
      [{}, {}, { token: 'cdcdcdcd' }, { token: 'cdcdcdcd' }],
      gone.slice(0, 2),
    );
    expect(findings(renewed, rule)).toMatchObject({ judged: 2, findings: [] });
  });
});

describe('push/silent-budget', () => {
  const rule = 'push/silent-budget';
  it('finds more background pushes to one phone than an hour has places', () => {
    expect(findings(pushed([SILENT, {}, SILENT, SILENT, SILENT]), rule)).toMatchObject({
      judged: 5,
      findings: [{ device: DEVICE, seen: '4 in an hour' }],
    });
  });

  it('is smaller for an app that has no messaging entitlement', () => {
    const without = { ...IPHONE.push, entitled: false, unentitledPerHour: 1 };
    const devices = [{ ...IPHONE, push: without }];
    const world = { ...WORLD, people: [{ ...ANA, devices }] };
    const told = pushed([SILENT, SILENT], [], story({ cell: { world }, claims: CLAIMS }));
    expect(findings(told, rule).findings).toMatchObject([{ seen: '2 in an hour' }]);
    expect(findings(pushed([SILENT, SILENT]), rule).findings).toEqual([]);
  });

  it('leaves alone three an hour, those that were refused, and the next hour', () => {
    const outcomes = ['accepted', 'accepted', 'accepted', 'throttled'];
    expect(findings(pushed([SILENT, SILENT, SILENT, SILENT], outcomes), rule).findings).toEqual([]);
    const told = pushed([SILENT, SILENT, SILENT]);
    told.at(3_602).accepted('later').dispatch('later', 'app-push', {
      wire: 'apns:later',
      component: 'push/apns',
      device: DEVICE,
      push: SILENT,
    });
    expect(told.end(3_700).rule(rule).findings).toEqual([]);
  });
});

describe('push/plaintext', () => {
  const rule = 'push/plaintext';
  it('finds a canary that the push service saw, however it was written', () => {
    const told = pushed([{}, {}]);
    told.tap('push', 'm1', {
      where: 'push/apns',
      channel: 'app-push',
      found: [{ canary: 'CANARY-m1', as: 'base64' }],
    });
    expect(findings(told, rule)).toMatchObject({
      judged: 2,
      findings: [{ message: 'm1', seen: 'the canary 1 time at push/apns, as base64' }],
    });
    expect(findings(pushed([{}]), rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('believes no tap that did not find its own canary', () => {
    const told = pushed([{}]).calibrate('push', false);
    expect(findings(told, rule).inconclusive).toContain('the tap of push');
  });
});
