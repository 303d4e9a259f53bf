import { describe, expect, test } from 'vitest';
import { segmentText } from '../../simulators/protocol/sms-text/segment.ts';
import { ANA, SECOND, send, story } from './sms-story.ts';
import { CANARY, DISCLOSURE } from './sms-world.ts';

describe('a text through the SMS centre', () => {
  test('reaches the phone, and its receipt comes back', async () => {
    const at = story();
    const client = await at.bound();
    const text = `Grüße aus Köln, ${CANARY} €`;
    expect(await send(at, client, text)).toEqual([{ kind: 'accepted', messageId: '1' }]);
    expect(at.phones.ana.received).toMatchObject([
      {
        wire: 'sms:1',
        parent: 'smpp:1',
        bearer: 'sms',
        from: '12345',
        content: { kind: 'text', text },
        message: 'alerts-1',
      },
    ]);
    expect(at.deliveries[0]?.receipt).toEqual({
      messageId: '1',
      state: 'DELIVERED',
      errorCode: '000',
    });
    expect(at.northtel.unfinished()).toEqual([]);
    // How it ended can be asked for by its sender, and by nobody else.
    const asked = client.query('1', '12345');
    const others = client.query('1', '54321');
    await at.pass(1);
    expect(await asked).toMatchObject({ kind: 'accepted' });
    expect(await others).toMatchObject({ kind: 'refused', name: 'ESME_RQUERYFAIL' });
  });

  test('leaves the events of a door in their order, each pointing at its cause', async () => {
    const at = story();
    const client = await at.bound();
    at.events.length = 0;
    await send(at, client, `${DISCLOSURE} ${CANARY}`);
    const [request] = at.events;
    expect(at.events).toMatchObject([
      {
        kind: 'door.request',
        component: 'carrier/northtel/sms',
        operation: 'send',
        channel: 'sms',
        wire: 'smpp:1',
        person: 'ana',
        message: 'alerts-1',
        what: 'submit_sm',
        disclosure: true,
      },
      { kind: 'tap.scanned', cause: request!.seq, found: [{ canary: CANARY, as: 'plain' }] },
      { kind: 'door.answered', request: request!.seq, outcome: 'accepted', status: 'ESME_ROK' },
      { kind: 'carried', wire: 'sms:1', parent: 'smpp:1', message: 'alerts-1' },
      { kind: 'callback.sent', wire: 'smpp:1', implies: 'delivered', attempt: 1 },
      { kind: 'callback.answered', outcome: 'accepted', status: 'ESME_ROK' },
    ]);
  });

  test('in several UCS-2 parts is put together before it is shown and scanned', async () => {
    const at = story();
    const client = await at.bound();
    const text = `${'Привет 😀 '.repeat(7)}${CANARY}${' пока'.repeat(30)}`;
    const outcomes = await send(at, client, text);
    expect(outcomes.length).toBeGreaterThan(2);
    expect(at.phones.ana.received.map((one) => one.content)).toEqual([{ kind: 'text', text }]);
    const whole = at.of('tap.scanned').find((event) => event.wire === 'sms:1');
    expect(whole?.found).toEqual([{ canary: CANARY, as: 'plain' }]);
    const parents = at.of('carried').map((event) => event.parent);
    expect(parents).toEqual(outcomes.map((_, index) => `smpp:${index + 1}`));
    expect(at.deliveries).toHaveLength(outcomes.length);
  });

  test('by SAR parameters out of order, and by message_payload, is the same text', async () => {
    const at = story();
    const client = await at.bound();
    const sar = (part: number) => [
      { tag: 0x020c, value: Uint8Array.of(0, 9) },
      { tag: 0x020e, value: Uint8Array.of(2) },
      { tag: 0x020f, value: Uint8Array.of(part) },
    ];
    void client.submit({ ...ANA, shortMessage: Buffer.from('world') }, sar(2));
    void client.submit({ ...ANA, shortMessage: Buffer.from('Hello ') }, sar(1));
    const payload = { tag: 0x0424, value: Buffer.from('x'.repeat(500)) };
    void client.submit({ ...ANA, dataCoding: 3 }, [payload]);
    await at.pass(1);
    expect(at.phones.ana.received.map((one) => one.content)).toEqual([
      { kind: 'text', text: 'Hello world' },
      { kind: 'text', text: 'x'.repeat(500) },
    ]);
  });

  test('keeps a character whole that the sender cut between two parts', async () => {
    const at = story();
    const client = await at.bound();
    const emoji = Buffer.from('d83dde00', 'hex');
    const send2 = (part: number, octets: Buffer) =>
      client.submit({
        ...ANA,
        dataCoding: 8,
        esmClass: 0x40,
        shortMessage: Buffer.concat([Buffer.of(5, 0, 3, 1, 2, part), octets]),
      });
    // An odd cut: three of the four octets are in the first part.
    void send2(1, emoji.subarray(0, 3));
    void send2(2, emoji.subarray(3));
    await at.pass(1);
    expect(at.phones.ana.received.map((one) => one.content)).toEqual([
      { kind: 'text', text: '😀' },
    ]);
  });

  test('with a link and no canary is a secure link, with a canary it is open content', async () => {
    const at = story();
    const client = await at.bound();
    await send(at, client, 'You have a message: https://notify.example/m/1');
    await send(at, client, `${CANARY} https://notify.example/m/1`);
    const channels = at.of('door.request').filter((event) => event.operation === 'send');
    expect(channels.map((event) => event.channel)).toEqual(['secure-link', 'sms']);
    expect(at.of('carried').map((event) => event.channel)).toEqual(['secure-link', 'sms']);
  });

  test('of a part that tells nothing yet leaves the channel open until the last part', async () => {
    const at = story();
    const client = await at.bound();
    await send(at, client, `${'Bitte lesen. '.repeat(13)}https://notify.example/m/1`);
    const sends = at.of('door.request').filter((event) => event.operation === 'send');
    expect(sends.map((event) => event.channel)).toEqual([undefined, 'secure-link']);
  });

  test('to a person of another carrier is carried by that carrier', async () => {
    const at = story();
    const client = await at.bound();
    void client.submit({
      ...ANA,
      destinationAddr: '+999000000002',
      shortMessage: Buffer.from('Hi'),
    });
    await at.pass(1);
    expect(at.phones.bo.received).toHaveLength(1);
    expect(at.of('carried')).toMatchObject([
      { from: 'carrier/northtel/sms', to: 'carrier/southcell/sms' },
    ]);
  });

  test('from phone to phone takes the same way', async () => {
    const at = story();
    const text = {
      wire: 'p2p:1',
      from: '+999000000002',
      to: '+999000000001',
      text: `Hi ${CANARY}`,
    };
    expect(at.southcell.submitFromPhone({ ...text, message: undefined })).toBe(true);
    expect(at.southcell.submitFromPhone({ ...text, to: '+1', message: undefined })).toBe(false);
    await at.pass(1);
    expect(at.phones.ana.received).toMatchObject([{ from: '+999000000002', message: 'alerts-1' }]);
  });
});

describe('store and forward', () => {
  test('waits for the phone and delivers when it is back', async () => {
    const at = story();
    const client = await at.bound();
    at.phones.ana.online = false;
    await send(at, client, 'Hello');
    expect(at.of('stored')).toMatchObject([{ wire: 'sms:1', person: 'ana' }]);
    expect(at.northtel.unfinished()).toEqual([]);
    at.phones.ana.comeBack();
    await at.pass(1);
    expect(at.phones.ana.received).toHaveLength(1);
    expect(at.deliveries[0]?.receipt?.state).toBe('DELIVERED');
  });

  test('keeps nothing in datagram mode: a phone that is away misses it', async () => {
    const at = story();
    const client = await at.bound();
    at.phones.ana.online = false;
    const shortMessage = Buffer.from('Now or never');
    void client.submit({ ...ANA, esmClass: 1, shortMessage, registeredDelivery: 1 });
    await at.pass(1);
    expect(at.of('stored')).toEqual([]);
    expect(at.deliveries[0]?.receipt?.state).toBe('UNDELIVERABLE');
    at.phones.ana.comeBack();
    await at.pass(1);
    expect(at.phones.ana.received).toEqual([]);
  });

  test('gives up when the validity ends, and says so', async () => {
    const at = story();
    const client = await at.bound();
    at.phones.ana.online = false;
    const validityPeriod = '000000000030000R';
    const shortMessage = Buffer.from('Hello');
    void client.submit({ ...ANA, shortMessage, validityPeriod, registeredDelivery: 1 });
    await at.pass(29);
    expect(at.of('expired')).toEqual([]);
    await at.pass(3);
    expect(at.of('expired')).toMatchObject([{ wire: 'sms:1', person: 'ana' }]);
    expect(at.deliveries[0]?.receipt?.state).toBe('EXPIRED');
    expect(at.of('callback.sent')[0]?.meaning).toMatchObject([
      { says: 'unavailable', scope: { person: 'ana' }, holds: 'message' },
    ]);
    at.phones.ana.comeBack();
    await at.pass(1);
    expect(at.phones.ana.received).toEqual([]);
  });

  test('expires the parts of a message whose last part never comes', async () => {
    const at = story({ storeMicros: 60 * SECOND });
    const client = await at.bound();
    const [first] = segmentText('x'.repeat(200), 3);
    void client.submit({ ...ANA, ...first!, registeredDelivery: 1 });
    await at.pass(62);
    expect(at.of('expired')).toMatchObject([{ wire: 'smpp:1' }]);
    expect(at.deliveries[0]?.receipt?.state).toBe('EXPIRED');
  });

  test('holds what an outage finds inside, and delivers afterwards', async () => {
    const at = story();
    const client = await at.bound();
    at.phones.ana.online = false;
    await send(at, client, 'Hello');
    const { lift } = at.fault('outage', { mode: 'error' });
    at.phones.ana.comeBack();
    await at.pass(20);
    expect(at.phones.ana.received).toEqual([]);
    lift();
    await at.pass(1);
    expect(at.phones.ana.received).toHaveLength(1);
  });

  test('keeps receipts until a session may receive, and sends again what was refused', async () => {
    const at = story();
    const transmitter = await at.bound('transmitter');
    await send(at, transmitter, 'Hello');
    expect(at.of('callback.sent')).toEqual([]);
    let refusals = 1;
    const receiver = at.connect(() => (refusals-- > 0 ? 0x64 : 0));
    void receiver.bind('receiver', at.northtel.credentials);
    await at.pass(10);
    expect(at.of('callback.answered').map((event) => event.outcome)).toEqual([
      'refused',
      'accepted',
    ]);
    expect(at.deliveries.map((one) => one.receipt?.messageId)).toEqual(['1', '1']);
  });

  test('sends receipts only as registered_delivery asks', async () => {
    const at = story();
    const client = await at.bound();
    await send(at, client, 'none', 0);
    await send(at, client, 'only failures', 2);
    expect(at.deliveries).toEqual([]);
    at.phones.ana.answers = 'failed';
    await send(at, client, 'a failure', 2);
    expect(at.deliveries.map((one) => one.receipt?.state)).toEqual(['UNDELIVERABLE']);
  });

  test('is asked with query_sm and cancelled with cancel_sm only while it waits', async () => {
    const at = story();
    const client = await at.bound();
    at.phones.ana.online = false;
    const [outcome] = await send(at, client, 'Hello', 0);
    expect(outcome).toMatchObject({ kind: 'accepted' });
    const messageId = '1';
    const asked = client.query(messageId, '12345');
    const cancelled = client.cancel({ messageId, sourceAddr: '12345', destinationAddr: '' });
    await at.pass(1);
    expect(await asked).toMatchObject({ kind: 'accepted' });
    expect(await cancelled).toMatchObject({ kind: 'accepted' });
    expect(at.of('revoked')).toMatchObject([{ wire: 'smpp:1', before: true }]);
    const late = client.cancel({ messageId, sourceAddr: '12345', destinationAddr: '' });
    await at.pass(1);
    expect(await late).toMatchObject({ kind: 'refused', name: 'ESME_RCANCELFAIL' });
    at.phones.ana.comeBack();
    await at.pass(1);
    expect(at.phones.ana.received).toEqual([]);
  });
});

test('the same story twice is the same history, byte for byte', async () => {
  const tell = async (): Promise<string> => {
    const at = story({ smsPerSecond: 20, delayMicros: { rcs: [0, 0], sms: [1_000, 900_000] } });
    const client = await at.bound();
    at.phones.ana.online = false;
    for (let round = 0; round < 30; round++) {
      void client.submit({
        ...ANA,
        shortMessage: Buffer.from(`Hello ${round}`),
        registeredDelivery: 1,
      });
    }
    await at.pass(5);
    at.phones.ana.comeBack();
    await at.pass(5);
    return JSON.stringify(at.events);
  };
  const first = await tell();
  expect(first.length).toBeGreaterThan(5_000);
  expect(await tell()).toBe(first);
});
