/**
 * One of the two servers of bench/rbm-door.ts, in a process of its own: `door` is the gateway with
 * state, taps, core and a history file; `bare` is node:http doing the same JSON: it reads the ids
 * of the address, parses the body, keeps the id in a Map and answers with the same fields.
 */
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRcsCore } from '../simulators/carrier/rcs-core.ts';
import { createRbmGateway } from '../simulators/gateway/personalities/rbm.ts';
import type { Ambient } from '../simulators/kernel/ambient.ts';
import { createHistory, fileSink } from '../simulators/kernel/history.ts';
import { createIds } from '../simulators/kernel/ids.ts';
import { createMessageIndex } from '../simulators/kernel/message-index.ts';
import type { CarrierPlan, DevicePlan, PersonPlan } from '../simulators/kernel/plan.ts';
import { createRandom } from '../simulators/kernel/random.ts';
import { createWallClock } from '../simulators/kernel/wall-clock.ts';
import type { Handset, Subscriber } from '../simulators/network/bearer.ts';
import { createConditions } from '../simulators/network/door-conditions.ts';
import { createSocketNetwork } from '../simulators/network/socket-network.ts';
import { createTap } from '../simulators/network/tap.ts';
import { createCanary } from '../simulators/protocol/canary/canary.ts';
import { createScanner } from '../simulators/protocol/canary/scanner.ts';
import { createRs256Signer } from '../simulators/protocol/jwt/sign.ts';
import { announceServer } from './server-process.ts';

const PEOPLE = 1_000;

export interface Ready {
  readonly port: number;
  readonly token: string;
  readonly numbers: readonly string[];
  readonly canaries: readonly string[];
}

const carrier: CarrierPlan = {
  name: 'northtel',
  region: 'DE',
  rcs: true,
  e2ee: true,
  sms: true,
  delayMicros: { rcs: [20_000, 60_000], sms: [20_000, 60_000] },
  smsPerSecond: null,
  smsQueueLimit: null,
  storeMicros: 3_600_000_000,
};

const device: DevicePlan = {
  id: '1',
  profile: 'android-16',
  platform: 'android',
  osVersion: '16',
  rcs: true,
  e2ee: true,
  app: true,
  online: true,
  power: 'normal',
  push: { provider: 'fcm', extensionMicros: 1, backgroundPerHour: 1, delayMicros: [1, 1] },
  displayDelayMicros: [1, 1],
  rekeyMicros: 1,
};

/** A phone that takes everything and says so: the phone's own work is not measured here. */
function subscriber(number: number): Subscriber {
  const plan: PersonPlan = {
    id: `population/${number}`,
    name: `Person ${number}`,
    msisdn: `+99900${String(number).padStart(7, '0')}`,
    locale: 'en',
    carrier: 'northtel',
    consent: { archive: false },
    readReceipts: false,
    readDelayMicros: [1, 1],
    devices: [device],
  };
  const path = `person/${plan.id}/device/1`;
  const handset: Handset = {
    path,
    person: plan.id,
    plan: device,
    revoked: false,
    reachable: () => true,
    features: () => ({ rcs: true, e2ee: true }),
    receive: (_, receipts) => receipts.delivered(path),
    overhear: () => {},
    claimKeyPackage: () => undefined,
    onChange: () => {},
  };
  return { plan, handsets: [handset] };
}

async function door(): Promise<Ready> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const clock = createWallClock();
  const history = createHistory(clock, fileSink(join(folder, 'history.ndjson')));
  const random = createRandom(1);
  const index = createMessageIndex();
  const ambient: Ambient = { clock, history, random, index, ids: createIds(random.fork('ids')) };
  const everybody = Array.from({ length: PEOPLE }, (_, n) => subscriber(n + 1));
  const byNumber = new Map(everybody.map((one) => [one.plan.msisdn, one]));
  const byId = new Map(everybody.map((one) => [one.plan.id, one]));
  const directory = {
    everybody,
    byMsisdn: (number: string) => byNumber.get(number),
    byId: (person: string) => byId.get(person),
  };
  const tap = createScanner();
  const tapOf = (observer: 'gateway' | 'carrier', where: string) =>
    createTap({ history, scanner: tap, index }, observer, where);
  const shared = { clock, history, random };
  const core = createRcsCore({
    carrier,
    ambient,
    directory,
    conditions: createConditions({ ...shared, component: 'carrier', refusable: false }),
    tap: tapOf('carrier', 'carrier/northtel/rcs'),
  });
  const network = createSocketNetwork({ clock });
  const gateway = createRbmGateway({
    ambient,
    conditions: createConditions({ ...shared, component: 'gateway/rbm' }),
    tap: tapOf('gateway', 'gateway/rbm'),
    directory,
    coreOf: () => core,
    request: network.request,
    policyDisclosure: 'This message is not end-to-end encrypted.',
  });
  const listener = await network.listenHttp('rbm', gateway.door);
  const account = JSON.parse(gateway.environment(listener.url)['serviceAccount'] ?? '');
  const now = Math.floor(clock.epochMillis() / 1000);
  const assertion = createRs256Signer(account.private_key)({
    iss: account.client_email,
    scope: 'https://www.googleapis.com/auth/rcsbusinessmessaging',
    aud: account.token_uri,
    iat: now,
    exp: now + 3600,
  });
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const answer = await fetch(`${listener.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: grant, assertion }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const canaries = everybody.map(({ plan }, n) => {
    const canary = createCanary(random);
    index.add({ message: `alerts-${n + 1}`, traffic: 'alerts', person: plan.id, canary });
    return canary;
  });
  return { port: listener.port, token, numbers: [...byNumber.keys()], canaries };
}

function bare(): Promise<Ready> {
  const seen = new Map<string, string>();
  // As the door's: a connection that rests while the other server has its round stays open.
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const id = new URLSearchParams(query).get('messageId') ?? '';
      const sendTime = new Date().toISOString();
      seen.set(id, sendTime);
      const name = `${path.slice('/v1/'.length)}/${id}`;
      const body = JSON.stringify({ ...json, name, sendTime });
      response.writeHead(200, {
        'content-type': 'application/json; charset=UTF-8',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, token: 'x', numbers: [], canaries: [] });
    });
  });
}

const ready = await (process.argv[2] === 'bare' ? bare() : door());
announceServer(ready);
