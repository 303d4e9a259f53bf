import { describe, expect, test } from 'vitest';
import { Owner } from '../../simulators/device/owner.ts';
import { textPrint } from '../../simulators/kernel/text-print.ts';
import { DISCLOSURE, devicePlan, personPlan, stage } from './stage.ts';

describe('an open text', () => {
  test('is displayed after the phone’s delay, read after the person’s, and receipted', async () => {
    const { phone, plan, bring, of, run } = stage([devicePlan('1')]);
    const told = bring(phone, { kind: 'text', text: `Hello, code ${plan('alerts-1')}.` });
    expect(told).toEqual(['delivered']);
    await run();
    expect(of('device.displayed')).toMatchObject([
      { t: 100_000, message: 'alerts-1', channel: 'rcs', padlock: false, disclosure: false },
    ]);
    expect(of('device.read')).toMatchObject([{ t: 2_100_000, message: 'alerts-1' }]);
    expect(told).toEqual(['delivered', 'displayed']);
  });

  test('carries the disclosure only with the whole sentence, and says its bearer', async () => {
    const { phone, plan, bring, of, run } = stage([devicePlan('1')]);
    bring(phone, { kind: 'text', text: `${plan('alerts-1')} ${DISCLOSURE}` }, 'sms');
    await run();
    expect(of('device.displayed')).toMatchObject([{ channel: 'sms', disclosure: true }]);
  });

  test('in other letters is read all the same, and is altered', async () => {
    const { phone, plan, bring, of, run, context } = stage([devicePlan('1')]);
    const canary = plan('alerts-1');
    const print = textPrint(`Your code is ${canary}.`, canary);
    const planned = { message: 'alerts-1', traffic: 'alerts', person: 'ana', canary, print };
    context.ambient.index.add(planned);
    bring(phone, { kind: 'text', text: `qx7 Your code is ${canary}.`.toLowerCase() });
    bring(phone, { kind: 'text', text: `Your code is ${canary.slice(0, -1)}`.toLowerCase() });
    await run();
    expect(of('device.displayed')).toMatchObject([{ message: 'alerts-1', altered: true }]);
    expect(of('device.notified')).toHaveLength(1);
  });

  test('without a canary of the plan is a notice, not content', async () => {
    const { phone, bring, of, run } = stage([devicePlan('1')]);
    bring(phone, { kind: 'text', text: 'QX7AAAAAAAAA is no canary of this plan' });
    await run();
    expect(of('device.displayed')).toEqual([]);
    expect(of('device.notified')).toHaveLength(1);
  });

  test('is read once by a person with two phones, on the one that shows it first', async () => {
    const { owner, plan, bring, of, run } = stage([devicePlan('1'), devicePlan('2')]);
    const text = `Code ${plan('alerts-1')}`;
    for (const phone of owner.handsets) bring(phone, { kind: 'text', text });
    await run();
    expect(of('device.displayed')).toHaveLength(2);
    expect(of('device.read').map((event) => event.device)).toEqual(['person/ana/device/1']);
  });
});

describe('a person who keeps read receipts to themselves', () => {
  test('reads, and only the history knows', async () => {
    const { bring, plan, of, run, context } = stage([devicePlan('1')]);
    const person = { ...personPlan('ana', [devicePlan('1')]), readReceipts: false };
    const [phone] = new Owner(person, context).handsets;
    const told = bring(phone!, { kind: 'text', text: plan('alerts-1') });
    await run();
    expect(of('device.read')).toHaveLength(1);
    expect(told).toEqual(['delivered']);
  });
});

describe('what befalls a phone', () => {
  const ledger = (fault: string) => ({ fault, hits: () => true, touched: () => {} });

  test('several at once end only with the last, and each change says what it can display', () => {
    const { phone, of } = stage([devicePlan('1')]);
    const heard: string[] = [];
    phone.onChange((change) => heard.push(change));
    phone.begin('offline', 'a');
    phone.begin('offline', 'b');
    expect(phone.reachable('rcs')).toBe(false);
    phone.end('offline', 'a');
    expect(phone.reachable('rcs')).toBe(false);
    phone.end('offline', 'b');
    expect(phone.reachable('sms')).toBe(true);
    expect(heard).toEqual(['reachable']);
    expect(of('device.changed').map(({ change, channels }) => [change, channels.length])).toEqual([
      ['offline', 0],
      ['online', 5],
    ]);
  });

  test('a second loss of keys puts the new ones off, and they are renewed once', async () => {
    const { phone, of, run } = stage([devicePlan('1')]);
    phone.loseKeys('a');
    await run(5_000_000);
    phone.loseKeys('b');
    await run(5_000_000);
    expect(phone.channels()).not.toContain('rcs-e2ee');
    await run();
    expect(phone.channels()).toContain('rcs-e2ee');
    const renewed = of('device.changed').filter(({ change }) => change === 'keys-renewed');
    expect(renewed.map(({ t }) => t)).toEqual([13_000_000]);
  });

  test('a token that was invalid stays unregistered; the app has a new one and says so', () => {
    const { phone, changed } = stage([devicePlan('1')]);
    const old = phone.pushRegistration;
    expect(old.state()).toBe('online');
    phone.begin('token-invalid', 'f');
    expect(old.state()).toBe('unregistered');
    expect(changed).toEqual([]);
    phone.end('token-invalid', 'f');
    expect(old.state()).toBe('unregistered');
    expect(changed).toEqual(['person/ana/device/1']);
    expect(phone.pushRegistration.token).not.toBe(old.token);
    expect(phone.pushRegistration.state()).toBe('online');
  });

  test('a removed device is reached by no RCS, push or key package, for good', async () => {
    const { owner, of } = stage([devicePlan('1'), devicePlan('2')]);
    const second = owner.phone('2')!;
    const { pushRegistration } = second;
    second.revoke(ledger('f').fault);
    second.revoke(ledger('f').fault);
    expect(second.reachable('rcs')).toBe(false);
    expect(second.features()).toEqual({ rcs: false, e2ee: false });
    expect(pushRegistration.state()).toBe('unregistered');
    expect(await second.claimKeyPackage()).toBeUndefined();
    expect(of('device.changed')).toMatchObject([{ change: 'revoked', state: 'down' }]);
  });
});
