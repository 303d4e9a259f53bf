/** Ports for an implementation's own doors: it must be told them before it listens. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/** Above what systems reserve, below what they usually hand out by themselves. */
const LOWEST = 20_000;
/** Linux's and IANA's beginnings of the range for outgoing connections, the lower of both. */
const USUAL_EPHEMERAL = 32_768;
const FEWEST = 1_000;

/**
 * Where the operating system begins to give ports away unasked, to every outgoing connection and
 * every server on port 0. A port from there may be gone before the implementation listens.
 */
function ephemeralStart(): number {
  try {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const start = Number(range.trim().split(/\s+/)[0]);
    return start >= LOWEST + FEWEST ? Math.min(start, USUAL_EPHEMERAL) : USUAL_EPHEMERAL;
  } catch {
    // Not Linux.
    return USUAL_EPHEMERAL;
  }
}

/** Undefined when somebody has it. Rejects when nothing can listen at all. */
function tryListen(port: number): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') done(undefined);
      else fail(error);
    });
    // Exclusive: in a worker of a cluster the port would otherwise be shared.
    server.listen({ port, host: HOST, exclusive: true }, () => done(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const closed = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
  });

export interface HeldPorts {
  /** All different. */
  readonly numbers: readonly number[];
  /** Lets go of all; whoever was told them can listen now. */
  release(): Promise<void>;
}

/**
 * Finds so many free ports and holds them all until they are released. They lie outside of the
 * range that the operating system deals from, so that nobody is given one by chance in between.
 */
export async function holdPorts(count: number): Promise<HeldPorts> {
  const span = ephemeralStart() - LOWEST;
  // The operating system's own choice, which differs for everybody, says where to begin to look.
  const chosen = await tryListen(0);
  let candidate = chosen === undefined ? 0 : portOf(chosen);
  if (chosen !== undefined) await closed(chosen);
  const held: Server[] = [];
  for (let tries = 0; held.length < count && tries < span; tries++, candidate++) {
    const server = await tryListen(LOWEST + (candidate % span));
    if (server !== undefined) held.push(server);
  }
  // A machine that uses all of these has none to spare; any other will do as well.
  while (held.length < count) {
    const server = await tryListen(0);
    if (server !== undefined) held.push(server);
  }
  return {
    numbers: held.map(portOf),
    release: async () => {
      await Promise.all(held.map(closed));
    },
  };
}
