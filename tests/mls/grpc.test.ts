import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { connectStack } from '../../simulators/network/mls-grpc/client.ts';
import type { RemoteStack } from '../../simulators/network/mls-grpc/client.ts';
import { serveStack } from '../../simulators/network/mls-grpc/server.ts';
import { Conversation } from '../../harness/mls/conversation.ts';
import { SCRIPTS } from '../../harness/mls/scripts/index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { MlsStack } from '../../simulators/protocol/mls/stack/types.ts';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { bellwether } from '../cli/terminal.ts';
import { folderOf } from '../scenario/small-scenario.ts';
import { bent, ourStack } from './stacks.ts';

const clock = createWallClock();
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function served(stack: MlsStack, timeoutMillis = 10_000): Promise<RemoteStack> {
  const { port, close } = await serveStack(stack, '127.0.0.1');
  endings.push(close);
  return remoteAt(port, timeoutMillis);
}

function remoteAt(port: number, timeoutMillis: number): RemoteStack {
  const address = `127.0.0.1:${port}`;
  const remote = connectStack({ address, timeoutMillis, epochMillis: () => clock.epochMillis() });
  endings.push(() => remote.close());
  return remote;
}

describe('the gRPC service mls_client.MLSClient', () => {
  it('carries every kind of exchange, octet for octet', async () => {
    const stack = await served(ourStack());
    const random = createRandom(3);
    for (const [name, script] of Object.entries(SCRIPTS)) {
      if (name === 'commit/context-without-extensions') continue;
      const talk = new Conversation({
        suite: 2,
        encryptHandshake: true,
        cast: () => ({ stack, player: 'served' }),
        random: (length) => random.bytes(length),
      });
      await script.play(talk);
      expect(talk.judged.size, name).toBeGreaterThan(0);
    }
  });

  it('says what a stack does not have, and what it refuses, by gRPC status', async () => {
    const stack = await served(ourStack());
    const signer = { cipherSuite: 0x0a0a, identity: new Uint8Array(1) };
    await expect(stack.call('CreateExternalSigner', signer)).rejects.toMatchObject({
      kind: 'unimplemented',
    });
    await expect(stack.call('StateAuth', { stateId: 77 })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('there is no state 77'),
    });
  });

  it('calls a stack gone that hangs, is not there, or answers what is no answer', async () => {
    const hanging = await served(bent(ourStack(), { Name: () => new Promise(() => {}) }), 300);
    await expect(hanging.call('Name', {})).rejects.toMatchObject({ kind: 'gone' });
    await expect(remoteAt(9, 300).call('Name', {})).rejects.toMatchObject({ kind: 'gone' });
    const liar = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    await new Promise<void>((resolve) => {
      liar.listen(0, '127.0.0.1', resolve);
    });
    endings.push(() => void liar.close());
    const { port } = liar.address() as { port: number };
    await expect(remoteAt(port, 300).call('Name', {})).rejects.toMatchObject({ kind: 'gone' });
  });

  it('names a port that is in use', async () => {
    const { port, close } = await serveStack(ourStack(), '127.0.0.1');
    endings.push(close);
    await expect(serveStack(ourStack(), '127.0.0.1', port)).rejects.toMatchObject({
      code: 'WORLD_PORT_IN_USE',
    });
  });
});

describe('bellwether mls', () => {
  it('starts the stack that a file names, judges it, and stops it', async () => {
    const argv = [
      'mls',
      '-i',
      'examples/mls-stack/implementation.yaml',
      '--only',
      'talk/order [suite=2',
    ];
    const out = folderOf({});
    const { code, out: said } = await bellwether(
      [...argv, '--out', out, '-r', 'terminal'],
      PROJECT_FOLDER,
    );
    expect(said).toMatch(/bellwether {2}8 cells against/);
    expect(said).toMatch(/8 of 8 cells pass/);
    expect(code).toBe(0);
  });

  it.each<[what: string, text: string, says: RegExp]>([
    [
      'another role',
      'bellwether: 1\nimplementation: x\nversion: 1.0.0\nrole: notifier\nstart: { grpc: "x:1" }\n',
      /Valid: mls-client/,
    ],
    [
      'no way to start',
      'bellwether: 1\nimplementation: x\nversion: 1.0.0\nrole: mls-client\nstart: {}\n',
      /start/,
    ],
  ])('refuses a description with %s', async (_what, text, says) => {
    const folder = folderOf({ 'stack.yaml': text });
    const { code, err } = await bellwether(['mls', '-i', 'stack.yaml'], folder);
    expect(code).toBe(3);
    expect(err).toMatch(says);
  });

  it('is what bellwether run names for such a description', async () => {
    const argv = ['run', '-i', 'examples/mls-stack/implementation.yaml'];
    const { code, err } = await bellwether(argv, PROJECT_FOLDER);
    expect(code).toBe(3);
    expect(err).toMatch(/describes an MLS stack[\s\S]*bellwether mls -i examples\/mls-stack/);
  });

  it('ends with 4 when the stack never answers', async () => {
    const text =
      'bellwether: 1\nimplementation: x\nversion: 1.0.0\nrole: mls-client\n' +
      'start: { grpc: "127.0.0.1:9" }\n';
    const folder = folderOf({ 'stack.yaml': text });
    const { code, err } = await bellwether(['mls', '-i', 'stack.yaml', '--timeout', '1'], folder);
    expect(code).toBe(4);
    expect(err).toMatch(/nothing serves MLSClient at 127\.0\.0\.1:9/);
  }, 40_000);
});
