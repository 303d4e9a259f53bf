/** A small hand-made surrounding for the notifier in virtual time: what it calls is scripted. */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { create } from '../../../examples/reference-notifier/create.ts';
import type {
  FetchedResponse,
  FetchOptions,
  ModuleInstance,
  ModulePorts,
  ModuleRequest,
  ModuleResponse,
} from '../../../harness/implementation/module-ports.ts';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../../simulators/kernel/virtual-clock.ts';

export const TOKEN = 'client-token';
export const DISCLOSURE = 'This message is not encrypted.';
const EVERY = ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'];
const SECOND = 1_000_000;

const POLICY = {
  name: 'test',
  preference: EVERY,
  allowed: { low: EVERY, medium: EVERY, high: ['app-push', 'rcs-e2ee', 'secure-link'] },
  disclosure: { text: DISCLOSURE, on: { low: [], medium: ['rcs', 'sms'], high: [] } },
  attemptTimeoutMicros: {
    'app-push': 10 * SECOND,
    'rcs-e2ee': 15 * SECOND,
    rcs: 15 * SECOND,
    'secure-link': 20 * SECOND,
  },
  capabilityAgeMicros: 86_400 * SECOND,
  gatewayBackOffMicros: 60 * SECOND,
  deadlineMicros: { low: 600 * SECOND, medium: 120 * SECOND, high: 60 * SECOND },
  toleranceMicros: 2 * SECOND,
};

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const account = JSON.stringify({ client_email: 'bot@example', private_key: keys.privateKey });

/** What a scripted vendor says; `null` = nobody ever answers, an Error = the connection breaks. */
export type Said =
  { status: number; body?: unknown; headers?: Record<string, string> } | null | Error;

export interface Called {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly atMs: number;
}

export interface BenchOptions {
  readonly answer: (called: Called) => Said | Promise<Said>;
  readonly connect?: ModulePorts['connect'];
  readonly env?: Record<string, string>;
  /** Over the bench's own policy. */
  readonly policy?: Record<string, unknown>;
}

export interface Bench {
  readonly calls: Called[];
  readonly logs: string[];
  readonly values: Map<string, string>;
  nowMs(): number;
  run(milliseconds: number): Promise<void>;
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** A signed notification of the gateway. */
  tell(data: Record<string, unknown>, id?: string): Promise<Answer>;
  /** Takes its ports away at once and starts it again on the same store. */
  kill(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  json(): Record<string, unknown>;
}

export async function startBench(options: BenchOptions): Promise<Bench> {
  const clock = createVirtualClock();
  const random = createRandom('bench');
  const values = new Map<string, string>();
  const calls: Called[] = [];
  const logs: string[] = [];
  const beginMs = clock.epochMillis();
  let ids = 0;
  let life = { alive: true };
  let module: ModuleInstance;

  const ports = (mine: { alive: boolean }): ModulePorts => ({
    clock: {
      epochMillis: () => clock.epochMillis(),
      after: (delayMs, task, timing) =>
        clock.after(
          delayMs * 1000,
          () => {
            clock.touch();
            if (mine.alive) task();
          },
          timing,
        ),
    },
    fetch: async (url, made) => {
      const said = await new Promise<Said>((resolve) => {
        clock.after(1000, () => {
          clock.touch();
          if (mine.alive) resolve(said0(url, made));
        });
      });
      if (said instanceof Error) throw said;
      clock.touch();
      return toResponse(said ?? (await new Promise<never>(() => {})));
    },
    connect: options.connect ?? (() => Promise.reject(new Error('ECONNREFUSED'))),
    random: (length) => random.bytes(length),
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    store: {
      get: (key) => (values.has(key) ? (JSON.parse(values.get(key)!) as unknown) : undefined),
      set: (key, value) => void (mine.alive && values.set(key, JSON.stringify(value))),
      delete: (key) => void (mine.alive && values.delete(key)),
      keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    },
    env: {
      PUBLIC_URL: 'https://notify.example',
      RBM_BASE_URL: 'http://rbm.test',
      RBM_TOKEN_URL: 'http://rbm.test/token',
      RBM_AGENT_ID: 'bellwether',
      RBM_SERVICE_ACCOUNT: account,
      RBM_CLIENT_TOKEN: TOKEN,
      ...options.env,
    },
    policy: { ...POLICY, ...options.policy },
    log: (line) => void logs.push(line),
  });

  const said0 = (url: string, made: FetchOptions = {}): Said | Promise<Said> => {
    const called: Called = {
      method: made.method ?? 'GET',
      url: new URL(url),
      headers: made.headers ?? {},
      body: typeof made.body === 'string' ? made.body : Buffer.from(made.body ?? '').toString(),
      atMs: clock.epochMillis() - beginMs,
    };
    if (called.url.pathname === '/token') {
      return { status: 200, body: { access_token: 'access', expires_in: 3600 } };
    }
    calls.push(called);
    return options.answer(called);
  };

  const start = async (): Promise<void> => {
    life = { alive: true };
    module = await create(ports(life));
  };
  await start();

  const bench: Bench = {
    calls,
    logs,
    values,
    nowMs: () => clock.epochMillis() - beginMs,
    run: (milliseconds) => clock.run(clock.now() + milliseconds * 1000),
    ask: async (method, path, body, headers = {}) => {
      clock.touch();
      const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
      return toAnswer(await module.fetch(request(method, path, text, headers)));
    },
    tell: (data, id = `note-${++ids}`) => {
      const sendTime = new Date(clock.epochMillis()).toISOString();
      const bytes = Buffer.from(JSON.stringify({ agentId: 'bellwether', sendTime, ...data }));
      const signature = createHmac('sha512', TOKEN).update(bytes).digest('base64');
      const body = { message: { data: bytes.toString('base64'), messageId: id } };
      return bench.ask('POST', '/webhooks/rbm', body, { 'x-goog-signature': signature });
    },
    kill: async () => {
      life.alive = false;
      await start();
    },
  };
  return bench;
}

function request(
  method: string,
  path: string,
  text: string,
  headers: Record<string, string>,
): ModuleRequest {
  return {
    method,
    url: `http://notifier.test${path}`,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
    arrayBuffer: async () => new TextEncoder().encode(text).buffer as ArrayBuffer,
  };
}

async function toAnswer(response: ModuleResponse): Promise<Answer> {
  const text = typeof response.body === 'string' ? response.body : '';
  return {
    status: response.status,
    headers: response.headers as Record<string, string>,
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}

function toResponse(said: { status: number; body?: unknown; headers?: Record<string, string> }) {
  const text = said.body === undefined ? '' : JSON.stringify(said.body);
  const response: FetchedResponse = {
    status: said.status,
    ok: said.status < 300,
    headers: { get: (name) => said.headers?.[name] ?? null },
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
    arrayBuffer: async () => new ArrayBuffer(0),
  };
  return response;
}
