/** Our centre and our client against npm `smpp`, over real TCP on loopback. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import peer from 'smpp';
import type { PeerPdu, PeerSession } from 'smpp';
import { afterEach, describe, expect, test } from 'vitest';
import type { WallClock } from '../../../simulators/kernel/wall-clock.ts';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import { createSmppClient } from '../../../simulators/protocol/smpp/client.ts';
import { segmentText } from '../../../simulators/protocol/sms-text/segment.ts';
import { CANARY, createSmsWorld } from '../../carrier/sms-world.ts';

type Fields = Readonly<Record<string, unknown>>;
type Ask = (fields: Fields, done: (pdu: PeerPdu) => void) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

const ask = (session: PeerSession, command: keyof PeerSession, fields: Fields = {}) =>
  new Promise<PeerPdu>((resolve) => (session[command] as Ask)(fields, resolve));

async function centre(more: Parameters<typeof createSmsWorld>[1] = {}) {
  const clock: WallClock = createWallClock();
  const world = createSmsWorld(clock, more);
  const server = createServer((socket) => world.northtel.door.connected(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  closing.push(() => {
    clock.stop();
    server.close();
  });
  return { ...world, port };
}

async function peerSession(port: number): Promise<PeerSession> {
  const session = peer.connect({ url: `smpp://127.0.0.1:${port}` });
  await once(session.socket, 'connect');
  // The peer throws what nobody listens to.
  session.on('error', () => {});
  closing.push(() => session.socket.destroy());
  return session;
}

const login = (world: Awaited<ReturnType<typeof centre>>) => ({
  system_id: world.northtel.credentials.systemId,
  password: world.northtel.credentials.password,
});
const TO_ANA = { source_addr: '12345', destination_addr: '999000000001', dest_addr_ton: 1 };

describe('npm smpp as the application at our centre', () => {
  test.each(['bind_transmitter', 'bind_receiver', 'bind_transceiver'] as const)(
    '%s, keep-alive, unbind',
    async (mode) => {
      const world = await centre();
      const session = await peerSession(world.port);
      const bound = await ask(session, mode, login(world));
      expect(bound).toMatchObject({ command_status: 0, sc_interface_version: 0x34 });
      expect((await ask(session, 'enquire_link')).command_status).toBe(0);
      expect((await ask(session, 'unbind')).command_status).toBe(0);
    },
  );

  test('a wrong password is ESME_RINVPASWD', async () => {
    const world = await centre();
    const session = await peerSession(world.port);
    const fields = { ...login(world), password: 'wrong' };
    expect((await ask(session, 'bind_transceiver', fields)).command_status).toBe(0x0e);
  });

  test('a GSM-7 text arrives and its receipt comes back', async () => {
    const world = await centre();
    const session = await peerSession(world.port);
    await ask(session, 'bind_transceiver', login(world));
    const receipt = new Promise<PeerPdu>((resolve) =>
      session.on('deliver_sm', (pdu) => {
        session.send(pdu.response());
        resolve(pdu);
      }),
    );
    const text = `Grüße {€} ${CANARY}`;
    const submit = { ...TO_ANA, registered_delivery: 1, data_coding: 0 };
    // The peer packs its own "ASCII" for coding 0, which is the GSM alphabet.
    const sent = await ask(session, 'submit_sm', { ...submit, short_message: text });
    expect(sent).toMatchObject({ command_status: 0, message_id: '1' });
    const delivered = await receipt;
    expect(delivered).toMatchObject({
      esm_class: 4,
      receipted_message_id: '1',
      message_state: 2,
      source_addr: '999000000001',
    });
    expect(String(delivered.short_message?.message)).toMatch(/^id:1 sub:001 .*stat:DELIVRD/);
    expect(world.phones.ana.received).toMatchObject([{ content: { text }, message: 'alerts-1' }]);
  });

  test('a long UCS-2 text in parts with user data headers is one text', async () => {
    const world = await centre();
    const session = await peerSession(world.port);
    await ask(session, 'bind_transmitter', login(world));
    const text = `${'Привет 😀 '.repeat(20)}${CANARY}`;
    for (const part of segmentText(text, 77)) {
      const fields = {
        ...TO_ANA,
        esm_class: 0x40,
        data_coding: 8,
        short_message: Buffer.from(part.shortMessage),
      };
      expect((await ask(session, 'submit_sm', fields)).command_status).toBe(0);
    }
    await expect
      .poll(() => world.phones.ana.received)
      .toMatchObject([{ content: { text }, message: 'alerts-1' }]);
  });

  test('a text in message_payload arrives', async () => {
    const world = await centre();
    const session = await peerSession(world.port);
    await ask(session, 'bind_transmitter', login(world));
    const message = 'x'.repeat(1_000);
    await ask(session, 'submit_sm', { ...TO_ANA, data_coding: 1, message_payload: { message } });
    await expect
      .poll(() => world.phones.ana.received.map((one) => one.content))
      .toEqual([{ kind: 'text', text: message }]);
  });

  test('too fast is ESME_RTHROTTLED, a full queue ESME_RMSGQFUL', async () => {
    const slow = await centre({ smsPerSecond: 1 });
    const first = await peerSession(slow.port);
    await ask(first, 'bind_transmitter', login(slow));
    const submit = { ...TO_ANA, short_message: 'Hello' };
    const answers = await Promise.all([1, 2, 3].map(() => ask(first, 'submit_sm', submit)));
    expect(answers.map((pdu) => pdu.command_status)).toEqual([0, 0x58, 0x58]);

    const full = await centre({ smsQueueLimit: 0 });
    const second = await peerSession(full.port);
    await ask(second, 'bind_transmitter', login(full));
    expect((await ask(second, 'submit_sm', submit)).command_status).toBe(0x14);
  });

  test('an unknown command is answered with generic_nack and the session goes on', async () => {
    const world = await centre();
    const session = await peerSession(world.port);
    const nack = new Promise<PeerPdu>((resolve) => session.on('generic_nack', resolve));
    session.socket.write(Buffer.from('00000010000001110000000000000063', 'hex'));
    expect(await nack).toMatchObject({ command_status: 3, sequence_number: 0x63 });
    expect((await ask(session, 'bind_transceiver', login(world))).command_status).toBe(0);
  });
});

describe('bytes that are no SMPP', () => {
  async function exchange(bytes: Buffer): Promise<Buffer> {
    const world = await centre();
    const socket = connect(world.port, '127.0.0.1');
    closing.push(() => socket.destroy());
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void received.push(chunk));
    socket.write(bytes);
    await once(socket, 'close');
    expect(world.of('door.request')).toMatchObject([{ operation: 'unexpected' }]);
    return Buffer.concat(received);
  }

  test.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a huge command_length', Buffer.from('7fffffff000000040000000000000001', 'hex')],
    ['a command_length below the header', Buffer.from('00000004000000040000000000000001', 'hex')],
  ])('%s: generic_nack with ESME_RINVCMDLEN, then the end', async (_, bytes) => {
    const answer = await exchange(bytes);
    expect(answer.toString('hex')).toMatch(/^000000108000000000000002/);
    expect(answer).toHaveLength(16);
  });

  test('half a PDU and then nothing leaves no trace', async () => {
    const world = await centre();
    const socket = connect(world.port, '127.0.0.1');
    socket.end(Buffer.from('000000280000000400000000', 'hex'));
    await once(socket.resume(), 'close');
    expect(world.events).toEqual([]);
    expect(world.northtel.unfinished()).toEqual([]);
  });
});

describe('our client at npm smpp as the centre', () => {
  test('binds, submits, takes deliveries and unbinds', async () => {
    const submitted: PeerPdu[] = [];
    const server = peer.createServer((session) => {
      session.on('error', () => {});
      session.on('bind_transceiver', (pdu) => session.send(pdu.response()));
      session.on('enquire_link', (pdu) => session.send(pdu.response()));
      session.on('unbind', (pdu) => session.send(pdu.response()));
      session.on('submit_sm', (pdu) => {
        submitted.push(pdu);
        session.send(pdu.response({ message_id: `id-${submitted.length}` }));
        session.deliver_sm(
          {
            source_addr: '999000000001',
            esm_class: 4,
            short_message: 'id:id-1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:',
            receipted_message_id: 'id-1',
          },
          (answer) => submitted.push(answer),
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const clock = createWallClock();
    closing.push(() => clock.stop());
    const stream = connect((server.address() as AddressInfo).port, '127.0.0.1');
    closing.push(() => stream.destroy());
    const receipts: unknown[] = [];
    const client = createSmppClient({
      stream,
      clock: { after: (ms, task, options) => clock.after(ms * 1_000, task, options ?? {}) },
      onDeliver: ({ receipt }) => void receipts.push(receipt),
    });
    expect(await client.bind('transceiver', { systemId: 'me', password: 'pw' })).toMatchObject({
      kind: 'accepted',
    });
    const [part] = segmentText('Grüße €', 1);
    const outcome = await client.submit({ ...part, sourceAddr: '1', destinationAddr: '999' });
    expect(outcome).toEqual({ kind: 'accepted', messageId: 'id-1' });
    await expect.poll(() => submitted.length).toBe(2);
    expect(submitted).toMatchObject([
      { destination_addr: '999', short_message: { message: 'Grüße €' } },
      { command: 'deliver_sm_resp', command_status: 0 },
    ]);
    expect(receipts).toEqual([{ messageId: 'id-1', state: 'DELIVERED', errorCode: '000' }]);
    expect(await client.unbind()).toMatchObject({ kind: 'accepted' });
  });
});
