/** A whole world in virtual time, and a hand-made sender in the place of an implementation. */
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import type { CarrierPlan, Cell, PersonPlan, WorldPlan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { CHANNELS, OBSERVERS } from '../../simulators/kernel/words.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import type { WireRequest, WireResponse } from '../../simulators/network/wire.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createEs256Signer, createRs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createWorld } from '../../simulators/world.ts';
import type { ImplementationEdges } from '../../simulators/world.ts';
import { devicePlan, DISCLOSURE, iphone, personPlan } from '../device/stage.ts';

const SECOND = 1_000_000;
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function carrier(name: string, over: Partial<CarrierPlan> = {}): CarrierPlan {
  return {
    name,
    region: 'DE',
    rcs: true,
    e2ee: true,
    sms: true,
    delayMicros: { rcs: [20_000, 60_000], sms: [100_000, 300_000] },
    smsPerSecond: null,
    smsQueueLimit: null,
    storeMicros: 3_600 * SECOND,
    ...over,
  };
}

function policy(): Policy {
  const all = [...CHANNELS];
  const nobody = { low: [], medium: [], high: [] } as const;
  return {
    name: 'test',
    preference: all,
    allowed: { low: all, medium: all, high: ['rcs-e2ee', 'app-push', 'secure-link'] },
    disclosure: { text: DISCLOSURE, on: { low: [], medium: ['rcs', 'sms'], high: [] } },
    attemptTimeoutMicros: {},
    capabilityAgeMicros: 86_400 * SECOND,
    gatewayBackOffMicros: 60 * SECOND,
    deadlineMicros: { low: 600 * SECOND, medium: 120 * SECOND, high: 60 * SECOND },
    toleranceMicros: 2 * SECOND,
    grace: { revocationMicros: 5 * SECOND, keyRecoveryMicros: 60 * SECOND },
    duplicates: 'not-allowed',
    archive: 'never',
    observers: Object.fromEntries(
      OBSERVERS.map((one) => [one, nobody]),
    ) as unknown as Policy['observers'],
    relaxations: [],
  };
}

/** Ana has an Android phone and a tablet at northtel, Ben an iPhone at southcell. */
export function people(): PersonPlan[] {
  const ana = personPlan('ana', [devicePlan('1'), devicePlan('2')]);
  const ben = personPlan('ben', [iphone('1')]);
  return [
    { ...ana, msisdn: '+999100000001' },
    { ...ben, msisdn: '+999100000002', carrier: 'southcell' },
  ];
}

export function cellOf(world: Partial<WorldPlan> = {}, over: Partial<Cell> = {}): Cell {
  return {
    id: 'test/world #7',
    suite: 'test',
    scenario: 'world',
    file: 'world.yaml',
    summary: 'The world alone.',
    tags: [],
    level: 'must',
    clauses: [],
    requires: [],
    seed: 7,
    clock: 'virtual',
    durationMicros: 60 * SECOND,
    matrix: {},
    hypothetical: [],
    worldCheck: false,
    world: {
      carriers: [carrier('northtel'), carrier('southcell')],
      gateways: ['rbm'],
      sms: { via: 'northtel' },
      push: ['apns', 'fcm'],
      people: people(),
      population: null,
      ...world,
    },
    policy: policy(),
    traffic: [],
    faults: [],
    heal: { waitMicros: 60 * SECOND },
    expect: [],
    ignore: [],
    ...over,
  };
}

export type Service = (request: WireRequest) => WireResponse;

/** Calls: `[method, path, body]` in order. */
export async function worldStage(cell: Cell = cellOf(), service?: Service) {
  const clock = createVirtualClock();
  const random = createRandom(cell.seed);
  const lines: string[] = [];
  const history = createHistory(clock, {
    write: (bytes) => lines.push(Buffer.from(bytes).toString()),
    close: () => {},
  });
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const index = createMessageIndex();
  const ambient: Ambient = { clock, random, history, index, ids: createIds(random.fork('ids')) };
  const network = createMemoryNetwork({ clock });
  const errors: unknown[] = [];
  const world = await createWorld({
    cell,
    people: peopleOf(cell),
    ambient,
    network,
    onHarnessError: (error) => errors.push(error),
  });
  const callbacks: Record<string, unknown>[] = [];
  const signed: { data: string; signature: string | undefined }[] = [];
  network.registerHost('implementation.test', {
    accepts: () => true,
    handle: (request) => {
      if (request.path !== '/webhooks/rbm') {
        const response = service?.(request) ?? { status: 404, headers: {}, body: '' };
        return { kind: 'answer', response };
      }
      const json = JSON.parse(Buffer.from(request.body).toString());
      const secret: unknown = json.secret;
      if (typeof secret === 'string') {
        return { kind: 'answer', response: { status: 200, headers: {}, body: secret } };
      }
      signed.push({ data: json.message.data, signature: request.headers['x-goog-signature'] });
      callbacks.push(JSON.parse(Buffer.from(json.message.data, 'base64').toString()));
      return { kind: 'answer', response: { status: 200, headers: {}, body: '' } };
    },
  });

  /** Lets time pass until a promise is settled. */
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const mark = (): void => {
      done = true;
    };
    promise.then(mark, mark);
    await clock.run(clock.now() + 90 * SECOND, () => done);
    if (!done) throw new Error('no answer');
    return promise;
  };
  const fetchIt = network.fetchAs();
  const call = async (
    method: string,
    url: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<{ status: number; json: Record<string, unknown> }> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? { method, headers } : { method, headers, body: text };
    const response = await settled(fetchIt(url, init));
    const answer = await response.text();
    return { status: response.status, json: answer === '' ? {} : JSON.parse(answer) };
  };
  const value = (name: string): string => {
    const found = world.environment[name];
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const nowSeconds = (): number => Math.floor(clock.epochMillis() / 1000);
  /** An OAuth token by the service account that the world handed out. */
  const token = async (service_: 'gateway.rbm' | 'push.fcm', scope: string): Promise<string> => {
    const account = JSON.parse(value(`${service_}.serviceAccount`));
    const now = nowSeconds();
    const claims = { iss: account.client_email, scope, aud: account.token_uri, iat: now };
    const assertion = createRs256Signer(account.private_key)({ ...claims, exp: now + 3600 });
    const form = new URLSearchParams({ grant_type: GRANT, assertion }).toString();
    const answer = await call('POST', value(`${service_}.tokenUrl`), form, {});
    return `Bearer ${String(answer.json['access_token'])}`;
  };
  let rbmToken: string | undefined;
  const rbm = async (method: string, path: string, body?: unknown) => {
    rbmToken ??= await token('gateway.rbm', 'https://www.googleapis.com/auth/rcsbusinessmessaging');
    const url = `${value('gateway.rbm.url')}${path}`;
    return call(method, url, body, { authorization: rbmToken });
  };

  return {
    world,
    clock,
    events,
    errors,
    callbacks,
    signed,
    ambient,
    network,
    settled,
    value,
    rbm,
    send: (number: string, messageId: string, contentMessage: unknown) =>
      rbm('POST', `/v1/phones/${number}/agentMessages?messageId=${messageId}&agentId=bellwether`, {
        contentMessage,
      }),
    apns: (device: string, payload: unknown) => {
      const sign = createEs256Signer(value('push.apns.privateKey'));
      const jwt = sign(
        { iss: value('push.apns.teamId'), iat: nowSeconds() },
        { kid: value('push.apns.keyId') },
      );
      return call('POST', `${value('push.apns.url')}/3/device/${device}`, payload, {
        authorization: `bearer ${jwt}`,
        'apns-topic': value('push.apns.topic'),
        'apns-push-type': 'alert',
        'apns-priority': '10',
      });
    },
    fcm: async (message: unknown) => {
      const authorization = await token(
        'push.fcm',
        'https://www.googleapis.com/auth/firebase.messaging',
      );
      const path = `/v1/projects/${value('push.fcm.projectId')}/messages:send`;
      return call('POST', `${value('push.fcm.url')}${path}`, { message }, { authorization });
    },
    connect: (edges: Partial<ImplementationEdges> = {}) =>
      settled(
        world.connectImplementation({
          baseUrl: 'http://implementation.test',
          callbacks: { rbm: { path: '/webhooks/rbm' } },
          ...edges,
        }),
      ),
    /** A planned message's text with its canary. */
    plan: (message: string, person = 'ana'): string => {
      const canary = createCanary(random.fork(`canary/${message}`));
      index.add({ message, traffic: message.replace(/-\d+$/, ''), person, canary });
      return `Your code is ${canary}.`;
    },
    of: <K extends EventKind>(kind: K): EventOf<K>[] =>
      events.filter((event) => event.kind === kind) as unknown as EventOf<K>[],
    run: (seconds = 60) => clock.run(clock.now() + seconds * SECOND),
    lines: (): string => {
      history.flush();
      return lines.join('');
    },
  };
}
