/** A gateway, a core and phones in virtual time; client and webhook are in the test's hands. */
import { createRcsCore } from '../../simulators/carrier/rcs-core.ts';
import { Owner } from '../../simulators/device/owner.ts';
import { createRbmGateway } from '../../simulators/gateway/personalities/rbm.ts';
import type { EventKind } from '../../simulators/kernel/events.ts';
import type { CarrierPlan, DevicePlan } from '../../simulators/kernel/plan.ts';
import type { FaultLedger, Lift, Target } from '../../simulators/kernel/target.ts';
import { createConditions } from '../../simulators/network/door-conditions.ts';
import { createTap } from '../../simulators/network/tap.ts';
import type { WireRequest, WireResponse } from '../../simulators/network/wire.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createRs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { DISCLOSURE, personPlan, stage } from '../device/stage.ts';

export const ANA = '+999100000003';
export const CLIENT_TOKEN = 'a token, with ümlaut';
const SECOND = 1_000_000;

export const northtel: CarrierPlan = {
  name: 'northtel',
  region: 'DE',
  rcs: true,
  e2ee: true,
  sms: true,
  delayMicros: { rcs: [20_000, 60_000], sms: [20_000, 60_000] },
  smsPerSecond: null,
  smsQueueLimit: null,
  storeMicros: 3_600 * SECOND,
};

export interface Answered {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly json: Record<string, never> & Record<string, unknown>;
}

/** How the webhook answers one notification; undefined = never. */
export type WebhookAnswer = (data: Record<string, unknown>) => number | undefined;

export interface StageOptions {
  readonly carrier?: Partial<CarrierPlan>;
  readonly readReceipts?: boolean;
  readonly handshake?: (secret: string) => WireResponse;
  readonly launched?: boolean;
}

export async function rbmStage(devices: readonly DevicePlan[], options: StageOptions = {}) {
  const phones = stage([]);
  const { clock, history, context, network, events } = phones;
  const { ambient } = context;
  const plan = { ...personPlan('ana', devices), readReceipts: options.readReceipts ?? true };
  const owner = new Owner({ ...plan, msisdn: ANA }, context);
  const directory = {
    byMsisdn: (number: string) => (number === ANA ? owner : undefined),
    byId: (person: string) => (person === 'ana' ? owner : undefined),
    everybody: [owner],
  };
  const carrier = { ...northtel, ...options.carrier };
  const { index, random } = ambient;
  const tapOf = (observer: 'gateway' | 'carrier', where: string) =>
    createTap({ history, scanner: context.scanner, index }, observer, where);
  const corePath = `carrier/${carrier.name}/rcs`;
  const shared = { clock, history, random };
  const core = createRcsCore({
    carrier,
    ambient,
    directory,
    conditions: createConditions({ ...shared, component: corePath, refusable: false }),
    tap: tapOf('carrier', corePath),
  });
  const gateway = createRbmGateway({
    ambient,
    conditions: createConditions({ ...shared, component: 'gateway/rbm' }),
    tap: tapOf('gateway', 'gateway/rbm'),
    directory,
    coreOf: () => core,
    request: network.call,
    policyDisclosure: DISCLOSURE,
    launched: options.launched ?? true,
  });
  const listener = await network.listenHttp('rbm', gateway.door);
  const fetchIt = network.fetchAs();
  const state: { token: string; webhook: WebhookAnswer; epoch: number } = {
    token: '',
    webhook: () => 200,
    epoch: 0,
  };
  const notifications: { data: Record<string, unknown>; request: WireRequest; atMicros: number }[] =
    [];
  const handshake =
    options.handshake ?? ((secret: string) => ({ status: 200, headers: {}, body: secret }));
  network.registerHost('implementation.test', {
    accepts: () => true,
    handle: (request) => {
      const json = JSON.parse(Buffer.from(request.body).toString());
      if (request.headers['x-goog-webhook-type'] === 'verification') {
        return { kind: 'answer', response: handshake(json.secret) };
      }
      const data = JSON.parse(Buffer.from(json.message.data, 'base64').toString());
      notifications.push({ data, request, atMicros: clock.now() });
      const status = state.webhook(data);
      if (status === undefined) return { kind: 'silence' };
      return { kind: 'answer', response: { status, headers: {}, body: '' } };
    },
  });

  const raw = async (
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = { authorization: `Bearer ${state.token}` },
  ): Promise<Answered> => {
    const init = body === undefined ? { method, headers } : { method, headers, body };
    const response = await fetchIt(`${listener.url}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: JSON.parse(text) };
  };
  /** Lets time pass until the promise is settled. */
  const settled = async <T>(promise: Promise<T>, micros = 90 * SECOND): Promise<T> => {
    let outcome: { value: T } | { error: unknown } | undefined;
    promise.then(
      (value) => (outcome = { value }),
      (error: unknown) => (outcome = { error }),
    );
    await clock.run(clock.now() + micros, () => outcome !== undefined);
    if (outcome === undefined) throw new Error('no answer');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  const signer = () => {
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
    return new URLSearchParams({ grant_type: grant, assertion }).toString();
  };
  const authorize = async (path = '/token'): Promise<Answered> => {
    const answer = await settled(raw('POST', path, signer(), {}));
    state.token = String(answer.json['access_token']);
    return answer;
  };
  const call = (method: string, path: string, body?: unknown): Promise<Answered> =>
    settled(raw(method, path, body === undefined ? undefined : JSON.stringify(body)));
  const pathOf = (messageId: string, number = ANA): string =>
    `/v1/phones/${number}/agentMessages?messageId=${messageId}&agentId=bellwether`;

  return {
    clock,
    events,
    notifications,
    state,
    gateway,
    core,
    owner,
    owned: phones,
    listener,
    raw,
    settled,
    authorize,
    call,
    pathOf,
    connect: () =>
      settled(
        gateway.connectWebhook({
          url: 'http://implementation.test/webhooks/rbm',
          clientToken: CLIENT_TOKEN,
        }),
      ),
    send: (messageId: string, text: string, more: Record<string, unknown> = {}) =>
      call('POST', pathOf(messageId), { contentMessage: { text }, ...more }),
    /** A planned message's text. */
    planned: (message: string): string => {
      const canary = createCanary(random.fork(`canary/${message}`));
      index.add({ message, traffic: 'alerts', person: 'ana', canary });
      return `Your code is ${canary}.`;
    },
    arm: (target: Target, verb: string, params: Record<string, unknown> = {}): Lift & Armed => {
      const touched: string[] = [];
      const ledger: FaultLedger = {
        fault: `a ${verb}`,
        hits: () => true,
        touched: (did) => touched.push(did),
      };
      return Object.assign(target.verbs[verb]!({ params, ledger }), { touched });
    },
    of: <K extends EventKind>(kind: K) => phones.of(kind),
    types: () => notifications.map(({ data }) => data['eventType'] ?? 'message'),
    run: (seconds = 60) => clock.run(clock.now() + seconds * SECOND),
  };
}

interface Armed {
  readonly touched: readonly string[];
}

export type RbmStage = Awaited<ReturnType<typeof rbmStage>>;
