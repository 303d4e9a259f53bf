import { describe, expect, test } from 'vitest';
import { ANA, SECOND, send, story } from './sms-story.ts';
import { CANARY } from './sms-world.ts';

describe('the door refuses', () => {
  test('a wrong system_id, a wrong password, a second bind, and work before a bind', async () => {
    const at = story();
    const { systemId, password } = at.northtel.credentials;
    const client = at.connect();
    const early = client.submit({ ...ANA, shortMessage: Buffer.from('Hello') });
    const outcomes = [
      client.bind('transceiver', { systemId: 'nobody', password }),
      client.bind('transceiver', { systemId, password: 'wrong' }),
      client.bind('receiver', { systemId, password }),
      client.bind('transmitter', { systemId, password }),
      client.submit({ ...ANA, shortMessage: Buffer.from('on a receiver') }),
    ];
    await at.pass(1);
    const names = (await Promise.all([early, ...outcomes])).map((one) =>
      one.kind === 'refused' ? one.name : one.kind,
    );
    expect(names).toEqual([
      'ESME_RINVBNDSTS',
      'ESME_RINVSYSID',
      'ESME_RINVPASWD',
      'accepted',
      'ESME_RALYBND',
      'ESME_RINVBNDSTS',
    ]);
    const binds = at.of('door.request').filter((event) => event.operation === 'bind');
    expect(binds).toHaveLength(4);
  });

  test('numbers that are nobody’s and validity periods that are no time', async () => {
    const at = story();
    const client = await at.bound();
    const shortMessage = Buffer.from('Hello');
    const nobody = client.submit({ ...ANA, destinationAddr: '4912345', shortMessage });
    const never = client.submit({ ...ANA, validityPeriod: 'tomorrow', shortMessage });
    await at.pass(1);
    expect(await nobody).toMatchObject({ name: 'ESME_RINVDSTADR' });
    expect(await never).toMatchObject({ name: 'ESME_RINVEXPIRY' });
  });

  test('more than the carrier’s rate with ESME_RTHROTTLED, and says for how long', async () => {
    const at = story({ smsPerSecond: 5 });
    const client = await at.bound();
    const all = Array.from({ length: 8 }, () =>
      client.submit({ ...ANA, shortMessage: Buffer.from('Hello') }),
    );
    await at.pass(1);
    const outcomes = await Promise.all(all);
    const throttled = outcomes.filter((one) => one.kind === 'refused');
    expect(throttled.length).toBeGreaterThan(0);
    expect(throttled).toEqual(
      throttled.map(() => ({ kind: 'refused', status: 0x58, name: 'ESME_RTHROTTLED' })),
    );
    const answers = at.of('door.answered').filter((event) => event.outcome === 'throttled');
    expect(answers[0]?.meaning).toEqual([
      {
        channels: ['sms', 'secure-link'],
        scope: { component: 'carrier/northtel/sms' },
        says: 'busy',
        holds: SECOND,
      },
    ]);
  });

  test('what its queue has no room for with ESME_RMSGQFUL', async () => {
    const at = story({ smsQueueLimit: 1 });
    const client = await at.bound();
    at.phones.ana.online = false;
    await send(at, client, 'one');
    expect(await send(at, client, 'two')).toMatchObject([{ name: 'ESME_RMSGQFUL' }]);
    at.phones.ana.comeBack();
    await at.pass(1);
    expect(await send(at, client, 'three')).toMatchObject([{ kind: 'accepted' }]);
  });
});

describe('faults at the door', () => {
  const submit = { ...ANA, shortMessage: Buffer.from(`Hello ${CANARY}`), registeredDelivery: 1 };

  test.each([
    ['outage', { mode: 'error' }, { kind: 'refused', name: 'ESME_RSYSERR' }, 'failed'],
    ['throttle', { to: 0 }, { kind: 'refused', name: 'ESME_RTHROTTLED' }, 'throttled'],
    ['queue-full', {}, { kind: 'refused', name: 'ESME_RMSGQFUL' }, 'throttled'],
    ['outage', { mode: 'black-hole' }, { kind: 'none' }, 'silence'],
    ['outage', { mode: 'reset' }, { kind: 'none' }, 'reset'],
  ] as const)('%s %o', async (verb, params, outcome, word) => {
    const at = story();
    const client = await at.bound();
    const { did } = at.fault(verb, params);
    const sent = client.submit(submit);
    await at.pass(40);
    expect(await sent).toMatchObject(outcome);
    const [answer] = at.of('door.answered').filter((event) => event.wire === 'smpp:1');
    expect(answer).toMatchObject({ outcome: word });
    expect(answer?.handedAt === null).toBe(word === 'silence');
    expect(did).toHaveLength(1);
    expect(at.phones.ana.received).toEqual([]);
  });

  test('an accepted message whose answer is dropped still arrives', async () => {
    const at = story();
    const client = await at.bound();
    at.fault('accept-then-drop-answer');
    const sent = client.submit(submit);
    await at.pass(1);
    expect(await sent).toMatchObject({ kind: 'none' });
    expect(at.of('door.answered').at(-1)).toMatchObject({
      outcome: 'answer-lost',
      handedAt: null,
    });
    expect(at.phones.ana.received).toHaveLength(1);
  });

  test('an answered message that is lost never arrives and has no receipt', async () => {
    const at = story();
    const client = await at.bound();
    at.fault('answer-then-lose');
    const sent = client.submit(submit);
    await at.pass(60);
    expect(await sent).toMatchObject({ kind: 'accepted' });
    expect(at.of('lost')).toMatchObject([{ wire: 'smpp:1', component: 'carrier/northtel/sms' }]);
    expect(at.phones.ana.received).toEqual([]);
    expect(at.deliveries).toEqual([]);
    expect(at.northtel.unfinished()).toEqual([]);
  });

  test('an outage that refuses breaks open sessions and turns new ones away', async () => {
    const at = story();
    const client = await at.bound();
    const { lift } = at.fault('outage', { mode: 'refuse' });
    await at.pass(1);
    expect(client.open).toBe(false);
    expect(at.northtel.door.accepts()).toBe(false);
    expect(at.of('door.answered').at(-1)).toMatchObject({ outcome: 'refused-connection' });
    lift();
    expect(at.northtel.door.accepts()).toBe(true);
  });
});
