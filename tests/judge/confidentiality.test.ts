import { describe, expect, it } from 'vitest';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const OTHER = 'person/ana/device/2';

describe('e2ee/plaintext-exposed', () => {
  const rule = 'e2ee/plaintext-exposed';
  it('finds a high-sensitivity text in the output, and says where and how it was encoded', () => {
    const told = story().at(1).accepted('m1');
    told.tap('implementation-output', 'm1', {
      where: 'stdout',
      found: [{ canary: 'CANARY-m1', as: 'base64>gzip' }],
    });
    expect(told.end(100).found(rule)).toEqual([
      'The text of fraud alert m1 (high sensitivity) was readable for the implementation’s ' +
        'output (stdout, base64>gzip).',
    ]);
  });

  it('lets the SMS centre see SMS, and the gateway not what travels encrypted', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    told.tap('smsc', 'm1', { channel: 'sms', wire: 'smpp:1' });
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
    const leak = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' });
    expect(leak.tap('gateway', 'm1', { wire: 'rbm:1' }).end(100).found(rule)).toHaveLength(1);
  });

  it('finds the channel of a sighting by its wire', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' });
    told.tap('gateway', 'm1', { wire: 'rbm:1' }).end(100);
    expect(told.found(rule)).toEqual([]);
  });

  it('counts one finding per message and place, however often it was seen', () => {
    const told = story().at(1).accepted('m1');
    for (let time = 0; time < 50; time++) told.tap('push', 'm1', { channel: 'app-push' });
    expect(told.end(100).rule(rule).findings).toMatchObject([
      { seen: 'the canary 50 times at push, as plain' },
    ]);
  });

  it('finds what somebody else was shown, and takes it for no arrival', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    const ben = { person: 'ben', device: 'person/ben/device/1' };
    told.at(2).display('m1', 'sms', 'smpp:1', ben).end(700);
    expect(told.found(rule)).toEqual([
      'The text of fraud alert m1 (low sensitivity) for ana was shown to ben.',
    ]);
    expect(told.verdict().counts).toMatchObject({ displayed: 0 });
    expect(told.guilty()).toContain('delivery/lost');
    const both = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    both.at(2).display('m1', 'sms', 'smpp:1').display('m1', 'sms', 'smpp:1', ben).end(700);
    expect(both.found(rule)).toHaveLength(1);
    const right = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    right.at(2).display('m1', 'sms', 'smpp:1', { device: OTHER }).end(700);
    expect(right.found(rule)).toEqual([]);
  });

  it('does not trust a tap that missed its own canary, or was never tried', () => {
    const missed = story().calibrate('push', false).at(1).accepted('m1', 'low');
    missed.tap('push', 'm1', { found: [] }).end(100);
    expect(missed.rule(rule).inconclusive).toContain('the tap of push');
    const off = story({ calibrate: false })
      .at(1)
      .accepted('m1', 'low')
      .dispatch('m1', 'sms', { wire: 'smpp:1' });
    expect(off.end(100).rule(rule).inconclusive).toContain('the tap of smsc');
    expect(off.verdict().verdict).not.toBe('pass');
  });
});

describe('e2ee/revoked-reads', () => {
  const rule = 'e2ee/revoked-reads';
  const sentAfter = (seconds: number, opened: boolean): Story => {
    const told = story().at(1).accepted('m1').device('revoked', 'down', [], OTHER);
    told.told('rbm:0', 'DEVICE_REMOVED', null, { device: OTHER }).at(1 + seconds);
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' }).at(2 + seconds);
    told.display('m1', 'rcs-e2ee', 'rbm:1');
    const common = { device: OTHER, wire: 'rbm:1' } as const;
    if (opened)
      told.add({ kind: 'mls.decrypted', ...common, group: 'g', epoch: 3, afterRevocation: true });
    else told.add({ kind: 'mls.refused', ...common, reason: 'incorrect-epoch' });
    return told.end(100);
  };
  it('finds what a removed device still reads after the grace', () => {
    expect(sentAfter(6, true).found(rule)[0]).toContain(
      'could still be read by the removed device',
    );
  });
  it('allows the grace', () => {
    expect(sentAfter(4, true).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });
  it('is exercised, and held, when the removed device fails to read', () => {
    expect(sentAfter(6, false).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });
  it('holds phones to what they hear at once', () => {
    const between = (seconds: number): Story => {
      const told = story()
        .at(1)
        .device('revoked', 'down', [], OTHER)
        .at(1 + seconds);
      const wire = 'p2p:1';
      told.add({
        kind: 'carried',
        wire,
        from: 'person/ben/device/1',
        to: 'carrier/c/rcs',
        channel: 'rcs-e2ee',
      });
      told.add({
        kind: 'mls.encrypted',
        device: 'person/ben/device/1',
        group: 'g',
        epoch: 3,
        wire,
      });
      told.add({
        kind: 'mls.decrypted',
        device: OTHER,
        wire,
        group: 'g',
        epoch: 3,
        afterRevocation: true,
      });
      return told.end(100);
    };
    expect(between(6).found(rule)).toHaveLength(1);
    expect(between(4).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });
  it('never fails what could not be known: nobody told of the removal', () => {
    const told = story().at(1).device('revoked', 'down', [], OTHER).accepted('m1');
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' }).at(30);
    told.add({
      kind: 'mls.decrypted',
      device: OTHER,
      wire: 'rbm:1',
      group: 'g',
      epoch: 3,
      afterRevocation: true,
    });
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });
});

describe('e2ee/key-loss-blackhole', () => {
  const rule = 'e2ee/key-loss-blackhole';
  const wiped = (): Story => {
    const told = story()
      .at(1)
      .device('keys-lost', 'up', ['rcs', 'sms', 'secure-link'])
      .at(2)
      .accepted('m1');
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1', known: true }).at(3);
    told.add({ kind: 'mls.refused', device: DEVICE, wire: 'rbm:1', reason: 'failed-to-decrypt' });
    return told;
  };
  it('finds a message that is never made good', () => {
    expect(wiped().end(200).found(rule)[0]).toContain('could not be read on');
  });
  describe('of a device that says it cannot read while another shows everything', () => {
    const report = (told: Story, wire: string): Story => {
      told.add({ kind: 'mls.refused', device: OTHER, wire, reason: 'incorrect-epoch' });
      return told.told(wire, 'MLS_FAILURE', null, { device: OTHER });
    };
    const send = (told: Story, id: string, wire: string): Story =>
      told.accepted(id).dispatch(id, 'rcs-e2ee', { wire }).display(id, 'rcs-e2ee', wire);
    const again = (told: Story, seconds: number): Story => {
      send(told.at(seconds), 'm2', 'rbm:2');
      told.add({ kind: 'mls.refused', device: OTHER, wire: 'rbm:2', reason: 'incorrect-epoch' });
      return told.end(400);
    };
    const behind = (): Story => report(send(story().at(1), 'm1', 'rbm:1'), 'rbm:1');
    it('finds that it is still left out after the deadline', () => {
      expect(again(behind(), 80).found(rule)[0]).toContain('was still sent messages that it');
    });
    it('leaves alone: within the deadline, led back in between, removed, without keys', () => {
      expect(again(behind(), 40).found(rule)).toEqual([]);
      const back = behind().at(10);
      back.add({ kind: 'mls.joined', device: OTHER, group: 'g', epoch: 4 });
      expect(again(back, 80).found(rule)).toEqual([]);
      expect(again(behind().device('revoked', 'down', [], OTHER), 80).found(rule)).toEqual([]);
      const wipedToo = behind().at(3);
      wipedToo.add({ kind: 'mls.lost', device: OTHER });
      expect(again(wipedToo, 80).found(rule)).toEqual([]);
    });
    it('leaves alone what nobody was told of', () => {
      const silent = send(story().at(1), 'm1', 'rbm:1');
      silent.add({ kind: 'mls.refused', device: OTHER, wire: 'rbm:1', reason: 'incorrect-epoch' });
      expect(again(silent, 80).found(rule)).toEqual([]);
    });
  });
  it('is content with a new copy, or with an honest “failed”', () => {
    const again = wiped().at(20).dispatch('m1', 'rcs-e2ee', { wire: 'rbm:2', known: true }).at(21);
    expect(again.display('m1', 'rcs-e2ee', 'rbm:2').end(200).rule(rule)).toMatchObject({
      judged: 1,
      findings: [],
    });
    expect(wiped().at(30).status('m1', 'failed').end(200).found(rule)).toEqual([]);
  });
  it('finds a device that is never given messages for its new keys', () => {
    const told = wiped().at(10).display('m1', 'rcs-e2ee', 'rbm:1', { device: OTHER });
    told.device('keys-renewed', 'up', ['rcs-e2ee', 'rcs', 'sms']);
    told.told('rbm:1', 'MLS_FAILURE', null, { device: DEVICE }).at(100).accepted('m2');
    told.dispatch('m2', 'rcs-e2ee', { wire: 'rbm:3', known: true }).at(101);
    told.add({ kind: 'mls.refused', device: DEVICE, wire: 'rbm:3', reason: 'failed-to-decrypt' });
    told.display('m2', 'rcs-e2ee', 'rbm:3', { device: OTHER });
    expect(told.end(300).found(rule)[0]).toContain('has had new keys');
  });
  it('is not exercised without a key loss', () => {
    expect(story().at(1).accepted('m1').end(100).rule(rule).judged).toBe(0);
  });
});

describe('e2ee/false-padlock', () => {
  const rule = 'e2ee/false-padlock';
  const reported = (channel: 'rcs' | 'rcs-e2ee'): Story =>
    story()
      .at(1)
      .accepted('m1', 'low')
      .dispatch('m1', channel, { wire: 'rbm:1', known: true })
      .at(2)
      .display('m1', channel, 'rbm:1', { padlock: channel === 'rcs-e2ee' })
      .at(3)
      .status('m1', 'sent', { encrypted: true })
      .end(100);
  it('finds “encrypted” told for readable RCS', () => {
    expect(reported('rcs').found(rule)[0]).toContain('was reported as encrypted');
  });
  it('leaves “encrypted” alone where it is true', () => {
    expect(reported('rcs-e2ee').rule(rule)).toMatchObject({ judged: 2, findings: [] });
  });
  it('finds a padlock shown on SMS', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    expect(
      told.display('m1', 'sms', 'smpp:1', { padlock: true }).end(100).found(rule),
    ).toHaveLength(1);
  });
});

describe('e2ee/replay-accepted', () => {
  const rule = 'e2ee/replay-accepted';
  const told = (times: number): Story => {
    const history = story().at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' });
    for (let time = 0; time < times; time++) history.display('m1', 'rcs-e2ee', 'rbm:1');
    return history.end(100);
  };
  it('finds one ciphertext shown twice', () => expect(told(2).found(rule)).toHaveLength(1));
  it('leaves one display alone', () =>
    expect(told(1).rule(rule)).toMatchObject({ judged: 1, findings: [] }));
});

describe('link rules', () => {
  type Step = 'anonymous' | 'preview-bot' | 'wrong-code' | 'signed-in';
  const opened = (wrong: Step | null, leaks: string[] = []): Story => {
    const told = story({ claims: { channels: ['secure-link'] } })
      .at(1)
      .accepted('m1')
      .dispatch('m1', 'secure-link', { wire: 'rbm:1', known: true })
      .at(2);
    for (const step of ['anonymous', 'preview-bot', 'wrong-code', 'signed-in'] as const) {
      const content = step === 'signed-in' || step === wrong;
      told.add({
        kind: 'device.link-opened',
        device: DEVICE,
        person: 'ana',
        wire: 'rbm:1',
        step,
        outcome: content ? 'content' : 'no-content',
        status: '200',
        ...(step === 'signed-in' && leaks.length > 0 ? { leaks } : {}),
      });
    }
    return told.display('m1', 'secure-link', 'rbm:1').end(100);
  };
  const rules = {
    anonymous: 'link/without-sign-in',
    'preview-bot': 'link/preview-bot',
    'wrong-code': 'link/wrong-code',
  } as const;
  it('leaves a closed link alone, and each rule was exercised', () => {
    const healthy = opened(null);
    for (const rule of [...Object.values(rules), 'link/leak']) {
      expect(healthy.rule(rule).judged).toBeGreaterThan(0);
      expect(healthy.found(rule)).toEqual([]);
    }
  });
  for (const [step, rule] of Object.entries(rules)) {
    it(`${rule} finds content at the step ${step}`, () => {
      const guilty = opened(step as Step);
      expect(guilty.guilty()).toEqual([rule]);
      expect(guilty.found(rule)[0]).toContain('Fraud alert m1');
    });
  }
  it('says so where a stranger came after the sign-in, and whose code a wrong one was', () => {
    const told = opened(null);
    const step = { device: DEVICE, person: 'ana', wire: 'rbm:1', outcome: 'content' } as const;
    const kind = 'device.link-opened';
    told.add({ kind, ...step, step: 'anonymous', status: '200', afterSignIn: true });
    told.add({ kind, ...step, step: 'preview-bot', status: '200', afterSignIn: true });
    told.add({ kind, ...step, step: 'wrong-code', status: '200', codeOf: 'ben' });
    expect(told.found('link/without-sign-in')[0]).toContain('once its recipient had signed in');
    expect(told.found('link/preview-bot')[0]).toContain('after its recipient had signed in');
    expect(told.found('link/wrong-code')[0]).toContain('the code of somebody else (ben)');
  });
  it('link/leak finds content in a title and a cacheable answer', () => {
    expect(opened(null, ['title', 'cacheable']).found('link/leak')[0]).toContain(
      'title, cacheable',
    );
  });
});
