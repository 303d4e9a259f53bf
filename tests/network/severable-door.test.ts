import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { FaultLedger } from '../../simulators/kernel/target.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { createSeverableDoor } from '../../simulators/network/severable-door.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { isKeepAlive } from '../../simulators/protocol/smpp/keep-alive.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A door that answers each piece with the same, in capitals; what it hears is kept. */
async function stage(wire: 'memory' | 'sockets', planned = true) {
  const clock = createWallClock();
  const history = createHistory(clock);
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const heard: string[] = [];
  const inner: Duplex[] = [];
  const severable = createSeverableDoor(
    {
      accepts: () => true,
      connected: (stream) => {
        inner.push(stream);
        stream.on('data', (bytes: Buffer) => {
          heard.push(String(bytes));
          stream.write(String(bytes).toUpperCase());
        });
        stream.on('end', () => heard.push('end'));
        stream.on('error', () => heard.push('error'));
        stream.on('close', () => heard.push('close'));
      },
    },
    {
      ambient: { clock, history },
      path: 'carrier/northtel/sms',
      planned,
      counts: (bytes) => String(Buffer.from(bytes)) !== 'alive?',
    },
  );
  const network =
    wire === 'memory' ? createMemoryNetwork({ clock }) : createSocketNetwork({ clock });
  const listener = await network.listenStream('sms', severable.door);
  closing.push(
    () => clock.stop(),
    () => network.close(),
  );
  const touched: string[] = [];
  const ledger = (hits: () => boolean = () => true, partial = false): FaultLedger => ({
    fault: 'cut',
    partial,
    hits,
    touched: (did) => void touched.push(did),
  });
  const join = async () => {
    const already = inner.length;
    const socket =
      wire === 'memory'
        ? await network.connect(listener.host, listener.port)
        : connect(listener.port, listener.host);
    if (wire === 'sockets') await once(socket, 'connect');
    const said: string[] = [];
    socket.on('data', (bytes: Buffer) => said.push(String(bytes)));
    socket.on('error', () => said.push('error'));
    socket.on('close', () => said.push('close'));
    closing.push(() => socket.destroy());
    await expect.poll(() => inner.length).toBeGreaterThan(already);
    return { socket, said };
  };
  /** Long enough for whatever could pass to have passed. */
  const pass = () => new Promise((resolve) => setTimeout(resolve, 40));
  return { severable, heard, inner, touched, ledger, join, pass, events };
}

describe.each(['memory', 'sockets'] as const)('a line that is cut, in %s', (wire) => {
  test('keeps what is sent either way, and lets it pass in order afterwards', async () => {
    const { severable, heard, inner, touched, ledger, join, pass, events } = await stage(wire);
    const { socket, said } = await join();
    socket.write('a');
    await expect.poll(() => said).toEqual(['A']);
    const lift = severable.cut(ledger());
    socket.write('b');
    inner[0]!.write('receipt');
    await pass();
    socket.write('c');
    await pass();
    expect([heard, said]).toEqual([['a'], ['A']]);
    expect(touched.toSorted()).toEqual([
      'kept 1 bytes on their way to carrier/northtel/sms',
      'kept 1 bytes on their way to carrier/northtel/sms',
      'kept 7 bytes on their way from carrier/northtel/sms',
    ]);
    lift();
    await expect.poll(() => said.join('')).toBe('AreceiptBC');
    expect(heard.join('')).toBe('abc');
    expect(events.filter(({ kind }) => kind === 'component.changed')).toMatchObject([
      { component: 'link/carrier/northtel/sms~implementation', state: 'down', fault: 'cut' },
      { component: 'link/carrier/northtel/sms~implementation', state: 'up' },
    ]);
    socket.write('d');
    await expect.poll(() => said.join('')).toBe('AreceiptBCD');
  });

  test('lets connections open that hear nothing until it is whole', async () => {
    const { severable, heard, ledger, join, pass } = await stage(wire);
    const lift = severable.cut(ledger());
    const { socket, said } = await join();
    socket.write('hello');
    await pass();
    expect([heard, said]).toEqual([[], []]);
    lift();
    await expect.poll(() => said).toEqual(['HELLO']);
  });

  test('loses what was on a connection that its caller has given up', async () => {
    const { severable, heard, ledger, join, pass } = await stage(wire);
    const { socket } = await join();
    const lift = severable.cut(ledger());
    socket.write('too late');
    await pass();
    socket.destroy();
    await pass();
    expect(heard).toEqual([]);
    lift();
    await expect.poll(() => heard).toEqual(['close']);
  });

  test('keeps from the caller that the door has closed', async () => {
    const { severable, inner, ledger, join, pass } = await stage(wire);
    const { said } = await join();
    const lift = severable.cut(ledger());
    inner[0]!.destroy();
    await pass();
    expect(said).toEqual([]);
    lift();
    await expect.poll(() => said.at(-1)).toBe('close');
  });

  test('is cut for the connections that the fault selects, and degraded then', async () => {
    const { severable, ledger, join, pass, events } = await stage(wire);
    const first = await join();
    const second = await join();
    let candidates = 0;
    severable.cut(ledger(() => ++candidates === 1, true));
    first.socket.write('a');
    second.socket.write('b');
    await expect.poll(() => second.said).toEqual(['B']);
    await pass();
    expect(first.said).toEqual([]);
    expect(events).toMatchObject([{ state: 'degraded' }]);
  });

  test('counts no keep-alive, and is whole when the last of two cuts ends', async () => {
    const { severable, touched, ledger, join, pass } = await stage(wire);
    const { socket, said } = await join();
    const lifts = [severable.cut(ledger()), severable.cut(ledger())];
    socket.write('alive?');
    await pass();
    lifts[0]!();
    await pass();
    expect([touched, said]).toEqual([[], []]);
    lifts[1]!();
    await expect.poll(() => said).toEqual(['ALIVE?']);
  });

  test('carries more than any buffer holds', async () => {
    const { join } = await stage(wire);
    const { socket, said } = await join();
    const whole = 'x'.repeat(1_000_000);
    socket.write(whole);
    await expect.poll(() => said.join('').length, { timeout: 5_000 }).toBe(whole.length);
  });

  test('ends in good order when it is whole', async () => {
    const { heard, join } = await stage(wire);
    const { socket, said } = await join();
    socket.end('bye');
    await expect.poll(() => said).toEqual(['BYE', 'close']);
    expect(heard).toEqual(['bye', 'end', 'close']);
  });
});

test('without a cut in the plan the door has the connection itself', async () => {
  const { inner, join } = await stage('sockets', false);
  await join();
  expect(inner[0]!.constructor.name).toBe('Socket');
});

test('enquire_link and its answer are keep-alives, and nothing else is', () => {
  const pdu = (command: number, length = 16) => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32BE(length, 0);
    bytes.writeUInt32BE(command, 4);
    return bytes;
  };
  expect([0x15, 0x8000_0015].map((command) => isKeepAlive(pdu(command)))).toEqual([true, true]);
  // submit_sm, unbind, and two PDUs in one piece.
  expect([pdu(0x4, 40), pdu(0x6), pdu(0x15, 32)].map((one) => isKeepAlive(one))).toEqual([
    false,
    false,
    false,
  ]);
});
