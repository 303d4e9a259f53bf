/**
 * One of the three servers of bench/smpp.ts, in a process of its own: `centre` is the SMS centre
 * with state, tap, delivery to a phone and a history file; `session` parses everything and answers
 * with an id; `peer` is npm smpp, doing what `session` does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import peer from 'smpp';
import { createSmsCentre } from '../simulators/carrier/sms-centre.ts';
import { createHistory, fileSink } from '../simulators/kernel/history.ts';
import { createIds } from '../simulators/kernel/ids.ts';
import { createMessageIndex } from '../simulators/kernel/message-index.ts';
import type { CarrierPlan, PersonPlan } from '../simulators/kernel/plan.ts';
import { createRandom } from '../simulators/kernel/random.ts';
import { createWallClock } from '../simulators/kernel/wall-clock.ts';
import type { Handset, Subscriber } from '../simulators/network/bearer.ts';
import { createConditions } from '../simulators/network/door-conditions.ts';
import { createTap } from '../simulators/network/tap.ts';
import { createScanner } from '../simulators/protocol/canary/scanner.ts';
import { createSmppSession } from '../simulators/protocol/smpp/session.ts';
import { announceServer } from './server-process.ts';

export interface SmppReady {
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
}

const carrier: CarrierPlan = {
  name: 'northtel',
  region: 'DE',
  rcs: false,
  e2ee: false,
  sms: true,
  delayMicros: { rcs: [0, 0], sms: [20_000, 60_000] },
  smsPerSecond: null,
  smsQueueLimit: null,
  storeMicros: 3_600_000_000,
};

/** A phone that takes everything and says so: its own work is not measured here. */
function phoneOwner(): Subscriber {
  const handset = {
    path: 'person/ana/device/1',
    person: 'ana',
    revoked: false,
    reachable: () => true,
    receive: (_message, receipts) => receipts.delivered('person/ana/device/1'),
    onChange: () => {},
  } as Partial<Handset> as Handset;
  const plan = { id: 'ana', msisdn: '+999000000001', carrier: 'northtel' };
  return { plan: plan as PersonPlan, handsets: [handset] };
}

function centre(): { server: Server; ready: Omit<SmppReady, 'port'> } {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const clock = createWallClock();
  const history = createHistory(clock, fileSink(join(folder, 'history.ndjson')));
  const random = createRandom('bench');
  const index = createMessageIndex();
  const component = 'carrier/northtel/sms';
  const owner = phoneOwner();
  const sms = createSmsCentre({
    carrier,
    ambient: { clock, history, random, index, ids: createIds(random) },
    directory: { everybody: [owner], byId: () => owner, byMsisdn: () => owner },
    conditions: createConditions({ component, clock, history, random }),
    tap: createTap({ history, index, scanner: createScanner() }, 'smsc', component),
    disclosureText: 'This text is not encrypted.',
    routeTo: () => undefined,
  });
  return {
    server: createServer({ noDelay: true }, (socket) => sms.door.connected(socket)),
    ready: sms.credentials,
  };
}

function other(): { server: Server; ready: Omit<SmppReady, 'port'> } {
  let ids = 0;
  const server = peer.createServer((session) => {
    session.on('error', () => {});
    session.socket.setNoDelay(true);
    session.on('bind_transmitter', (pdu) => session.send(pdu.response()));
    session.on('submit_sm', (pdu) => session.send(pdu.response({ message_id: String(++ids) })));
  });
  return { server, ready: { systemId: 'peer', password: 'peer' } };
}

function session(): { server: Server; ready: Omit<SmppReady, 'port'> } {
  let ids = 0;
  const server = createServer({ noDelay: true }, (stream) => {
    const own = createSmppSession({
      stream,
      onRequest: (pdu) => {
        if (pdu.command === 'submit_sm') own.respond(pdu, 0, { messageId: String(++ids) });
        else own.respond(pdu, 0);
      },
      onClosed: () => {},
    });
  });
  return { server, ready: { systemId: 'session', password: 'session' } };
}

const KINDS = { centre, session, peer: other };
const kind = process.argv[2] as keyof typeof KINDS;
const { server, ready } = KINDS[kind]();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  announceServer({ port, ...ready } satisfies SmppReady);
});
