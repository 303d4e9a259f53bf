/** Every operation of an SMS centre, as npm `smpp` asks for it over real TCP on loopback. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import peer from 'smpp';
import type { PeerPdu, PeerSession } from 'smpp';
import { afterEach, describe, expect, test } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { CANARY, createSmsWorld } from './sms-world.ts';

type Fields = Readonly<Record<string, unknown>>;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

async function ask(session: PeerSession, command: string, fields: Fields = {}): Promise<PeerPdu> {
  const send = session[command as 'submit_sm'];
  return new Promise((resolve) => {
    send.call(session, fields, resolve);
  });
}

async function centre(more: Parameters<typeof createSmsWorld>[1] = {}) {
  const clock = createWallClock();
  const world = createSmsWorld(clock, more);
  const server = createServer((socket) => world.northtel.door.connected(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  closing.push(() => {
    clock.stop();
    server.close();
  });
  const { systemId: system_id, password } = world.northtel.credentials;
  return { ...world, port, login: { system_id, password } };
}

async function peerAt(port: number): Promise<PeerSession> {
  const session = peer.connect({ url: `smpp://127.0.0.1:${port}` });
  await once(session.socket, 'connect');
  session.on('error', () => {});
  closing.push(() => session.socket.destroy());
  return session;
}

async function bound(more: Parameters<typeof createSmsWorld>[1] = {}) {
  const world = await centre(more);
  const session = await peerAt(world.port);
  const delivered: PeerPdu[] = [];
  session.on('deliver_sm', (pdu) => {
    delivered.push(pdu);
    session.send(pdu.response());
  });
  expect((await ask(session, 'bind_transceiver', world.login)).command_status).toBe(0);
  const submit = (fields: Fields) => ask(session, 'submit_sm', { ...TO_ANA, ...fields });
  return { ...world, session, delivered, submit };
}

const FROM = { source_addr: '12345' };
const TO_ANA = { ...FROM, destination_addr: '999000000001', dest_addr_ton: 1 };
const textOf = (pdu: PeerPdu | undefined): string => String(pdu?.short_message?.message);
const shown = (received: readonly { readonly content: { readonly kind: string } }[]) =>
  received.map(({ content }) => (content as { readonly text?: string }).text);

describe('query_sm', () => {
  test('says ENROUTE while it waits, then how and when it ended, to its sender alone', async () => {
    const at = await bound();
    at.phones.ana.online = false;
    const { message_id } = await at.submit({ short_message: 'Hello' });
    const waiting = await ask(at.session, 'query_sm', { ...FROM, message_id });
    expect(waiting).toMatchObject({ command_status: 0, message_id, message_state: 1 });
    at.phones.ana.comeBack();
    await expect.poll(() => at.phones.ana.received.length).toBe(1);
    const ended = await ask(at.session, 'query_sm', { ...FROM, message_id });
    expect(ended).toMatchObject({ command_status: 0, message_state: 2 });
    expect(ended['final_date']).toBeInstanceOf(Date);
    const other = await ask(at.session, 'query_sm', { source_addr: '54321', message_id });
    expect(other.command_status).toBe(0x67);
    const unknown = await ask(at.session, 'query_sm', { ...FROM, message_id: '999' });
    expect(unknown.command_status).toBe(0x67);
  });
});

describe('cancel_sm', () => {
  test('takes one message back by its id, once', async () => {
    const at = await bound();
    at.phones.ana.online = false;
    const { message_id } = await at.submit({ short_message: 'Hello', registered_delivery: 1 });
    const cancel = { ...TO_ANA, message_id };
    expect((await ask(at.session, 'cancel_sm', cancel)).command_status).toBe(0);
    expect((await ask(at.session, 'cancel_sm', cancel)).command_status).toBe(0x11);
    await expect.poll(() => at.delivered.map(textOf)).toEqual([expect.stringMatching('DELETED')]);
    const query = await ask(at.session, 'query_sm', { ...FROM, message_id });
    expect(query['message_state']).toBe(4);
    at.phones.ana.comeBack();
    expect(at.phones.ana.received).toEqual([]);
  });

  test('without an id takes back all from this sender to this recipient', async () => {
    const at = await bound();
    at.phones.ana.online = false;
    for (const text of ['one', 'two']) await at.submit({ short_message: text });
    await at.submit({ source_addr: '777', short_message: 'of another sender' });
    expect((await ask(at.session, 'cancel_sm', TO_ANA)).command_status).toBe(0);
    expect(at.of('revoked')).toMatchObject([{ wire: 'smpp:1' }, { wire: 'smpp:2' }]);
    at.phones.ana.comeBack();
    await expect.poll(() => shown(at.phones.ana.received)).toEqual(['of another sender']);
  });
});

describe('replace_sm', () => {
  test('changes the text of what waits, and what it registers', async () => {
    const at = await bound();
    at.phones.ana.online = false;
    const { message_id } = await at.submit({ short_message: 'The old text' });
    const replaced = await ask(at.session, 'replace_sm', {
      ...FROM,
      message_id,
      registered_delivery: 1,
      short_message: `The new text ${CANARY}`,
    });
    expect(replaced.command_status).toBe(0);
    at.phones.ana.comeBack();
    await expect.poll(() => shown(at.phones.ana.received)).toEqual([`The new text ${CANARY}`]);
    await expect
      .poll(() => at.delivered.map(textOf))
      .toEqual([expect.stringMatching(`id:${message_id} .*stat:DELIVRD`)]);
    // In the history the new text is a message of its own, and the old one was taken back.
    expect(at.of('revoked')).toMatchObject([{ wire: 'smpp:1', before: true }]);
    const [, request] = at.of('door.request').filter(({ operation }) => operation === 'send');
    expect(request).toMatchObject({ what: 'replace_sm', wire: 'smpp:1.r1', message: 'alerts-1' });
    const parents = at.of('carried').map(({ parent }) => parent);
    expect(parents).toEqual(['smpp:1', 'smpp:1.r1']);
  });

  test('fails for what the phone has and for what is unknown', async () => {
    const at = await bound();
    const { message_id } = await at.submit({ short_message: 'Hello' });
    await expect.poll(() => at.phones.ana.received.length).toBe(1);
    const replace = { ...FROM, message_id, short_message: 'Too late' };
    expect((await ask(at.session, 'replace_sm', replace)).command_status).toBe(0x13);
    const unknown = { ...replace, message_id: '4711' };
    expect((await ask(at.session, 'replace_sm', unknown)).command_status).toBe(0x13);
  });

  test('by replace_if_present_flag: the newer one alone arrives, and is told of', async () => {
    const at = await bound();
    at.phones.ana.online = false;
    await at.submit({ short_message: 'Delayed by 5 minutes', registered_delivery: 1 });
    await at.submit({
      short_message: 'Delayed by 9 minutes',
      registered_delivery: 1,
      replace_if_present_flag: 1,
    });
    at.phones.ana.comeBack();
    await expect.poll(() => shown(at.phones.ana.received)).toEqual(['Delayed by 9 minutes']);
    await expect.poll(() => at.delivered.map(textOf)).toEqual([expect.stringMatching(/id:2 /)]);
  });
});

describe('submit_multi', () => {
  const number = (destination_addr: string) => ({
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr,
  });

  test('reaches every number that is somebody’s and names the others', async () => {
    const at = await bound();
    const answer = await ask(at.session, 'submit_multi', {
      ...FROM,
      registered_delivery: 1,
      dest_address: [number('999000000001'), number('4912345'), number('999000000002')],
      short_message: `Hello ${CANARY}`,
    });
    expect(answer).toMatchObject({
      command_status: 0,
      message_id: '1',
      unsuccess_sme: [{ destination_addr: '4912345', error_status_code: 0x0b }],
    });
    await expect.poll(() => at.phones.bo.received.length).toBe(1);
    expect(at.phones.ana.received).toHaveLength(1);
    // One id, told apart by the number that the receipt comes from.
    await expect.poll(() => at.delivered.length).toBe(2);
    expect(at.delivered.map((pdu) => [pdu['source_addr'], textOf(pdu).slice(0, 5)])).toEqual([
      ['999000000001', 'id:1 '],
      ['999000000002', 'id:1 '],
    ]);
    const sends = at.of('door.request').filter(({ operation }) => operation === 'send');
    expect(sends.map(({ wire, person }) => [wire, person])).toEqual([
      ['smpp:1.1', 'ana'],
      ['smpp:1.2', undefined],
      ['smpp:1.3', 'bo'],
    ]);
    expect(at.of('door.answered').flatMap(({ wire, outcome }) => (wire ? [outcome] : []))).toEqual([
      'accepted',
      'rejected',
      'accepted',
    ]);
  });

  test('to nobody at all has failed; a distribution list is not known here', async () => {
    const at = await bound();
    const none = await ask(at.session, 'submit_multi', {
      ...FROM,
      dest_address: [number('4912345'), number('4912346')],
      short_message: 'Hello',
    });
    expect(none.command_status).toBe(0x45);
    const list = await ask(at.session, 'submit_multi', {
      ...FROM,
      dest_address: [{ dl_name: 'friends' }],
      short_message: 'Hello',
    });
    expect(list.command_status).toBe(0x34);
  });
});

describe('data_sm', () => {
  test('carries a text of any length in message_payload', async () => {
    const at = await bound();
    const message = 'y'.repeat(1_000);
    const answer = await ask(at.session, 'data_sm', {
      ...TO_ANA,
      registered_delivery: 1,
      data_coding: 1,
      message_payload: { message },
      user_message_reference: 4711,
    });
    expect(answer).toMatchObject({ command: 'data_sm_resp', command_status: 0, message_id: '1' });
    await expect.poll(() => shown(at.phones.ana.received)).toEqual([message]);
    // Its own number comes back with the receipt.
    await expect.poll(() => at.delivered.length).toBe(1);
    expect(at.delivered[0]).toMatchObject({ user_message_reference: 4711, message_state: 2 });
  });
});

describe('outbind', () => {
  test('the centre calls; the application binds there and gets its receipts', async () => {
    const at = await bound();
    await ask(at.session, 'unbind');
    const world = await centre();
    const received: string[] = [];
    const server = peer.createServer((session) => {
      session.on('error', () => {});
      session.on('outbind', (pdu) => {
        received.push(String(pdu['system_id']));
        session.bind_receiver(world.login, (answer) => {
          received.push(`bound ${answer.command_status}`);
        });
      });
      session.on('deliver_sm', (pdu) => {
        received.push(textOf(pdu).slice(0, 4));
        session.send(pdu.response());
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    // A receipt waits: the application that submitted could only transmit.
    const transmitter = await peerAt(world.port);
    await ask(transmitter, 'bind_transmitter', world.login);
    const submit = { ...TO_ANA, registered_delivery: 1, short_message: 'Hello' };
    await ask(transmitter, 'submit_sm', submit);
    await expect.poll(() => world.phones.ana.received.length).toBe(1);
    const stream = connect((server.address() as AddressInfo).port, '127.0.0.1');
    closing.push(() => stream.destroy());
    await once(stream, 'connect');
    world.northtel.outbind(stream);
    await expect.poll(() => received).toEqual(['bellwether', 'bound 0', 'id:1']);
  });

  test('is nothing that an application may send', async () => {
    const at = await centre();
    const session = await peerAt(at.port);
    const nack = new Promise<PeerPdu>((resolve) => session.on('generic_nack', resolve));
    session.socket.write(Buffer.from('000000120000000b00000000000000050000', 'hex'));
    expect(await nack).toMatchObject({ command_status: 3, sequence_number: 5 });
    expect(at.of('door.request')).toMatchObject([{ operation: 'unexpected', what: 'outbind' }]);
  });
});

describe('binding', () => {
  test('one session too many is ESME_RBINDFAIL, until another unbinds', async () => {
    const at = await centre({ smpp: { binds: 1 } });
    const [first, second] = [await peerAt(at.port), await peerAt(at.port)];
    expect((await ask(first, 'bind_transceiver', at.login)).command_status).toBe(0);
    expect((await ask(second, 'bind_transceiver', at.login)).command_status).toBe(0x0d);
    await ask(first, 'unbind');
    expect((await ask(second, 'bind_transceiver', at.login)).command_status).toBe(0);
  });

  test('an older version gets no optional parameter, a newer one is told 3.4', async () => {
    const at = await centre();
    const old = await peerAt(at.port);
    const answer = await ask(old, 'bind_transceiver', { ...at.login, interface_version: 0x33 });
    expect(answer).toMatchObject({ command_status: 0 });
    expect(answer['sc_interface_version']).toBeUndefined();
    const modern = await peerAt(at.port);
    const bind = { ...at.login, interface_version: 0x50 };
    expect(await ask(modern, 'bind_transceiver', bind)).toMatchObject({
      sc_interface_version: 0x34,
    });
  });
});

describe('what is wrong with a submission has its own status', () => {
  const sar = { sar_msg_ref_num: 1, sar_total_segments: 2, sar_segment_seqnum: 1 };
  test.each([
    ['a number that is nobody’s', { destination_addr: '4912345' }, 0x0b],
    [
      'an alphanumeric sender that is too long',
      { source_addr_ton: 5, source_addr: 'A'.repeat(12) },
      0x0a,
    ],
    ['a priority that does not exist', { priority_flag: 4 }, 0x06],
    ['reserved bits in registered_delivery', { registered_delivery: 0x80 }, 0x07],
    ['replace_if_present_flag of 2', { replace_if_present_flag: 2 }, 0x54],
    [
      'a user data header longer than the text',
      { esm_class: 0x40, short_message: Buffer.of(9, 0) },
      0x43,
    ],
    ['a segment beyond the total', { ...sar, sar_segment_seqnum: 3 }, 0xc4],
    ['SAR parameters without a total', { ...sar, sar_total_segments: undefined }, 0xc3],
    ['both short_message and message_payload', { message_payload: { message: 'Hi' } }, 0xc1],
  ] as const)('%s', async (_, fields, status) => {
    const at = await bound();
    const given = Object.fromEntries(
      Object.entries({ short_message: 'Hello', ...fields }).filter(([, v]) => v !== undefined),
    );
    expect((await at.submit(given)).command_status).toBe(status);
    expect(at.of('door.answered').at(-1)).toMatchObject({ outcome: 'rejected' });
    expect(at.phones.ana.received).toEqual([]);
  });

  test('damage is told with its field and octet, and the session goes on', async () => {
    const at = await bound();
    // A query_sm whose message_id never ends.
    at.session.socket.write(Buffer.from('00000014000000030000000000000063313233ff', 'hex'));
    await expect
      .poll(() => at.of('door.request').filter(({ operation }) => operation === 'unexpected'))
      .toMatchObject([{ what: 'query_sm.messageId at octet 16: no NUL ends it' }]);
    expect((await ask(at.session, 'enquire_link')).command_status).toBe(0);
  });
});
