import { describe, expect, test } from 'vitest';
import type { CarrierPlan } from '../../simulators/kernel/plan.ts';
import { ANA, send, story } from './sms-story.ts';
import { CANARY } from './sms-world.ts';

type Story = ReturnType<typeof story>;
type Smpp = NonNullable<CarrierPlan['smpp']>;

const textOf = (delivery: Story['deliveries'][number] | undefined): string =>
  Buffer.from(delivery?.body.shortMessage ?? []).toString('latin1');
const states = (at: Story) => at.deliveries.map(({ receipt }) => receipt?.state);

describe('receipts as centres write them', () => {
  test.each([
    [{ ids: 'hex', receiptIds: 'decimal' }, '0A000001', '167772161'],
    [{ ids: 'decimal', receiptIds: 'hex' }, '167772161', '0A000001'],
    [{ ids: 'hex', receiptIds: 'hex' }, '0A000001', '0A000001'],
  ] as const)('%o: answered %s, received %s, one number', async (smpp, answered, received) => {
    const at = story({ smpp: { ...smpp, receiptParameters: false } });
    const client = await at.bound();
    const [outcome] = await send(at, client, 'Hello');
    expect(outcome).toEqual({ kind: 'accepted', messageId: answered });
    expect(at.deliveries[0]?.receipt?.messageId).toBe(received);
    expect(at.deliveries[0]?.tlvs).toEqual([]);
    // The ESME names it by what it was answered, in either case.
    const asked = client.query(answered.toLowerCase(), '12345');
    const unknown = client.query('17', '12345');
    await at.pass(1);
    expect(await asked).toMatchObject({ kind: 'accepted' });
    expect(await unknown).toMatchObject({ kind: 'refused', name: 'ESME_RQUERYFAIL' });
  });

  test.each([
    ['asked for', {}, 0x11, ['ENROUTE', 'DELIVERED']],
    ['not asked for', {}, 0x01, ['DELIVERED']],
    [
      'never asked, but this centre always sends them',
      { interim: 'always' },
      0x01,
      ['ENROUTE', 'DELIVERED'],
    ],
    ['no receipt at all asked for', { interim: 'always' }, 0x00, []],
  ] as const)('notices while the phone is away: %s', async (_, smpp, registered, expected) => {
    const at = story({ smpp: smpp satisfies Smpp });
    const client = await at.bound();
    at.phones.ana.online = false;
    await send(at, client, 'Hello', registered);
    at.phones.ana.comeBack();
    await at.pass(1);
    expect(states(at)).toEqual(expected);
    const told = at.of('callback.sent').map(({ event, implies }) => [event, implies]);
    if (expected.length === 2) {
      expect(told[0]).toEqual(['deliver_sm intermediate notification', 'sent']);
      expect(at.deliveries[0]?.body.esmClass).toBe(0x20);
    }
  });

  test('a failure names the network’s reason', async () => {
    const at = story();
    const client = await at.bound();
    at.phones.ana.answers = 'failed';
    await send(at, client, 'Hello');
    expect(textOf(at.deliveries[0])).toMatch(/dlvrd:000 .*stat:UNDELIV err:001/);
    expect(at.deliveries[0]?.tlvs.map(({ tag }) => tag)).toContain(0x0423);
  });
});

describe('faults of receipts', () => {
  test('dropped: the message arrives and nobody says so', async () => {
    const at = story();
    const client = await at.bound();
    const { did } = at.fault('drop');
    await send(at, client, `Hello ${CANARY}`);
    expect(at.phones.ana.received).toHaveLength(1);
    expect(at.deliveries).toEqual([]);
    expect(did).toEqual(['dropped its receipt']);
    expect(at.northtel.unfinished()).toEqual([]);
  });

  test('late: it comes after the delay, and the centre is not at rest before', async () => {
    const at = story();
    const client = await at.bound();
    const { lift } = at.fault('delay', { by: 30_000_000 });
    await send(at, client, `Hello ${CANARY}`);
    lift();
    await at.pass(20);
    expect(at.deliveries).toEqual([]);
    expect(at.northtel.unfinished()).toEqual(['carrier/northtel/sms: late receipt of smpp:1']);
    await at.pass(15);
    expect(states(at)).toEqual(['DELIVERED']);
    expect(at.northtel.unfinished()).toEqual([]);
  });

  test('repeated: the same receipt again, later', async () => {
    const at = story();
    const client = await at.bound();
    at.fault('duplicate', { times: 2, pause: 10_000_000 });
    await send(at, client, `Hello ${CANARY}`);
    await at.pass(25);
    expect(at.deliveries.map(textOf)).toHaveLength(3);
    expect(states(at)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
    const sent = at.of('callback.sent');
    expect(sent.map(({ wire }) => wire)).toEqual(['smpp:1', 'smpp:1', 'smpp:1']);
    expect(new Set(sent.map(({ callback }) => callback)).size).toBe(3);
  });

  test('untrue: delivered, though the phone is away and never comes back', async () => {
    const at = story();
    const client = await at.bound();
    at.fault('false-receipt', { says: 'delivered' });
    at.phones.ana.online = false;
    const fields = { ...ANA, shortMessage: Buffer.from(`Hello ${CANARY}`), registeredDelivery: 1 };
    void client.submit({ ...fields, validityPeriod: '000000000030000R' });
    await at.pass(60);
    // Who lied once keeps to it: the end is not told.
    expect(states(at)).toEqual(['DELIVERED']);
    expect(at.of('callback.sent')).toMatchObject([{ implies: 'delivered', untrue: true }]);
    expect(at.of('expired')).toHaveLength(1);
  });

  test('untrue: delivered, though the centre has lost it', async () => {
    const at = story();
    const client = await at.bound();
    at.fault('answer-then-lose');
    at.fault('false-receipt', { says: 'delivered' });
    await send(at, client, `Hello ${CANARY}`);
    expect(at.of('lost')).toMatchObject([{ wire: 'smpp:1' }]);
    expect(at.of('callback.sent')).toMatchObject([{ implies: 'delivered', untrue: true }]);
  });

  test('untrue: failed, though it was shown', async () => {
    const at = story();
    const client = await at.bound();
    at.fault('false-receipt', { says: 'failed' });
    await send(at, client, `Hello ${CANARY}`);
    expect(at.phones.ana.received).toHaveLength(1);
    expect(states(at)).toEqual(['UNDELIVERABLE']);
    expect(at.of('callback.sent')).toMatchObject([{ implies: 'failed', untrue: true }]);
  });
});
