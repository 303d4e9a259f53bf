import { describe, expect, test } from 'vitest';
import type { RequestPdu, SmppSession } from '../../../simulators/protocol/smpp/session.ts';
import type { SmppClientOptions } from '../../../simulators/protocol/smpp/client.ts';
import { createVirtualClock } from '../../../simulators/kernel/virtual-clock.ts';
import { createStreamPair } from '../../../simulators/network/memory-stream.ts';
import { createSmppClient } from '../../../simulators/protocol/smpp/client.ts';
import { encodePdu, pduOf } from '../../../simulators/protocol/smpp/codec.ts';
import { messageBody } from '../../../simulators/protocol/smpp/pdu.ts';
import { createSmppSession } from '../../../simulators/protocol/smpp/session.ts';

/** A client whose peer records requests and answers only what it is told to. */
function pair(options: Partial<SmppClientOptions> = {}) {
  const clock = createVirtualClock();
  const [near, far] = createStreamPair(clock, 50);
  const requests: RequestPdu[] = [];
  const server: SmppSession = createSmppSession({
    stream: far,
    onRequest: (pdu) => void requests.push(pdu),
    onClosed: () => {},
  });
  const closed: string[] = [];
  const client = createSmppClient({
    stream: near,
    clock: { after: (ms, task, timer) => clock.after(ms * 1_000, task, timer ?? {}) },
    onClosed: (reason) => void closed.push(reason),
    ...options,
  });
  const pass = (seconds: number): Promise<void> => clock.run(clock.now() + seconds * 1_000_000);
  return { client, server, requests, closed, pass, near, far };
}
const submission = { destinationAddr: '999', shortMessage: Buffer.from('Hello') };

describe('the client', () => {
  test('has no more submissions under way than its window', async () => {
    const { client, server, requests, pass } = pair({ window: 3 });
    const all = [1, 2, 3, 4, 5].map(() => client.submit(submission));
    await pass(1);
    expect(requests).toHaveLength(3);
    expect(client.pending).toBe(5);
    for (const pdu of requests.slice(0, 2)) server.respond(pdu, 0, { messageId: 'a' });
    await pass(1);
    expect(requests).toHaveLength(5);
    expect(await all[0]).toEqual({ kind: 'accepted', messageId: 'a' });
  });

  test('gives up waiting for an answer, and drops one that comes later', async () => {
    const { client, server, requests, pass } = pair({ responseTimeoutMs: 5_000 });
    const sent = client.submit(submission);
    await pass(6);
    expect(await sent).toMatchObject({ kind: 'none' });
    server.respond(requests[0]!, 0, { messageId: 'late' });
    await pass(1);
    expect(client.open).toBe(true);
    expect(client.pending).toBe(0);
  });

  test('tells what waits when the connection breaks, unsent ones as unsent', async () => {
    const { client, far, closed, pass } = pair({ window: 1 });
    const [first, second] = [client.submit(submission), client.submit(submission)];
    await pass(1);
    far.destroy();
    await pass(1);
    expect(await first).toMatchObject({ kind: 'none' });
    expect(await second).toMatchObject({ kind: 'none', reason: expect.stringMatching(/^unsent/) });
    expect(await client.submit(submission)).toMatchObject({ kind: 'none' });
    expect(closed).toHaveLength(1);
  });

  test('breaks a connection on which two keep-alives in a row are not answered', async () => {
    const { client, server, requests, pass } = pair({ enquireLinkMs: 10_000 });
    const binding = client.bind('transceiver', { systemId: 'me', password: 'pw' });
    await pass(1);
    server.respond(requests[0] as Extract<RequestPdu, { command: 'bind_transceiver' }>, 0, {
      systemId: 'centre',
    });
    await pass(11);
    expect(await binding).toMatchObject({ kind: 'accepted' });
    expect(client.bound).toBe('transceiver');
    server.respond(requests[1]!, 0);
    await pass(15);
    expect(client.open).toBe(true);
    await pass(20);
    expect(client.open).toBe(false);
  });

  test('answers keep-alives, and deliveries as the application chose', async () => {
    const { client, server, pass } = pair({ onDeliver: () => 0x64 });
    const replies: unknown[] = [];
    server.request('enquire_link', {}, [], (reply) => void replies.push(reply));
    server.request('deliver_sm', messageBody({}), [], (reply) => void replies.push(reply));
    await pass(1);
    expect(replies).toMatchObject([
      { kind: 'response', pdu: { command: 'enquire_link_resp', status: 0 } },
      { kind: 'response', pdu: { command: 'deliver_sm_resp', status: 0x64 } },
    ]);
    expect(client.open).toBe(true);
  });

  test('refuses a message that SMPP cannot carry, and goes on', async () => {
    const { client, server, requests, pass } = pair({ window: 1 });
    const long = client.submit({ ...submission, shortMessage: Buffer.alloc(255) });
    await expect(long).rejects.toMatchObject({ code: 'WIRE_SMPP_FIELD' });
    const next = client.submit(submission);
    await pass(1);
    server.respond(requests[0]!, 0, { messageId: 'b' });
    await pass(1);
    expect(await next).toEqual({ kind: 'accepted', messageId: 'b' });
  });
});

describe('a session', () => {
  test('stops reading a peer that does not read its answers', async () => {
    const { far, near, pass, server, requests } = pair();
    near.pause();
    far.removeAllListeners('drain');
    const answer = { messageId: 'x'.repeat(60) };
    for (let sequence = 1; sequence <= 2_000; sequence++) {
      server.respond({ command: 'submit_sm', sequence }, 0, answer);
    }
    near.write(encodePdu(pduOf('enquire_link', 1, {})));
    await pass(1);
    near.write(encodePdu(pduOf('enquire_link', 2, {})));
    await pass(1);
    expect(requests).toHaveLength(1);
    expect(far.isPaused()).toBe(true);
  });
});
