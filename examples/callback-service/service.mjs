// A small notification service: JSON over HTTP in front, RCS Business Messaging behind, signed
// webhooks back. Written from the docs, as a newcomer would. It has one bug, on purpose: README.md.
import { createHmac, createSign, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const MOST_TRIES = 12;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The vendor's API: an access token that is kept while it lasts, and one call. */
function rbmClient({ RBM_URL, RBM_TOKEN_URL, RBM_AGENT_ID, RBM_ACCOUNT }) {
  const account = JSON.parse(RBM_ACCOUNT);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = { value: '', until: 0 };

  async function bearer() {
    if (Date.now() < token.until) return token.value;
    const iat = Math.floor(Date.now() / 1000);
    const unsigned = [
      encode({ alg: 'RS256', typ: 'JWT' }),
      encode({
        iss: account.client_email,
        scope: 'https://www.googleapis.com/auth/rcsbusinessmessaging',
        aud: account.token_uri,
        iat,
        exp: iat + 3600,
      }),
    ].join('.');
    const signer = createSign('RSA-SHA256').update(unsigned);
    const answer = await fetch(RBM_TOKEN_URL, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: `${unsigned}.${signer.sign(account.private_key, 'base64url')}`,
      }),
    });
    if (!answer.ok) throw new Error(`token endpoint answered ${answer.status}`);
    const { access_token: value, expires_in: seconds } = await answer.json();
    Object.assign(token, { value, until: Date.now() + (seconds - 60) * 1000 });
    return value;
  }

  /** The same messageId at every try: the gateway drops what it has seen before. */
  async function submit({ phone, text, wireId }) {
    const query = new URLSearchParams({ messageId: wireId, agentId: RBM_AGENT_ID });
    const path = `/v1/phones/${encodeURIComponent(phone)}/agentMessages?${query}`;
    const answer = await fetch(`${RBM_URL}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await bearer()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ contentMessage: { text } }),
      signal: AbortSignal.timeout(5000),
    });
    await answer.arrayBuffer();
    if (answer.status === 401) token.until = 0;
    return { code: answer.status, waitSeconds: Number(answer.headers.get('retry-after') ?? 0) };
  }

  return { submit };
}

/** A state only ever goes forward. */
const STATES = ['ACCEPTED', 'SENT', 'UNDELIVERABLE', 'DELIVERED', 'SEEN'];

function progress(order, state) {
  if (STATES.indexOf(state) > STATES.indexOf(order.state)) order.state = state;
}

async function deliver(rbm, order) {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const result = await rbm.submit(order).catch((error) => {
      console.error(`try ${tries} of ${order.wireId}: ${error.message}`);
      return { code: 0, waitSeconds: 0 };
    });
    if (result.code === 200) {
      progress(order, 'DELIVERED');
      return;
    }
    if (result.code >= 400 && result.code < 500 && ![401, 429].includes(result.code)) break;
    await pause(1000 * Math.max(result.waitSeconds, Math.min(2 ** (tries - 1), 8)));
  }
  progress(order, 'UNDELIVERABLE');
}

function service(env) {
  const policy = JSON.parse(readFileSync(env.POLICY, 'utf8'));
  const rbm = rbmClient(env);
  /** By the caller's idempotency key, which is the reference too. */
  const orders = new Map();

  function take(request, body) {
    const { phone, text, level } = JSON.parse(body);
    const reference = String(request.headers['idempotency-key'] ?? '');
    const known = orders.get(reference);
    if (known !== undefined) return [200, { reference, state: known.state }];
    if (reference === '' || !/^\+\d{8,15}$/.test(phone)) return [400, { error: 'bad request' }];
    // Readable RCS is the only channel here; what may not travel on it is not taken at all.
    if (!policy.allowed[level]?.includes('rcs')) return [422, { error: 'no channel for it' }];
    const { on, text: sentence } = policy.disclosure;
    const full = on[level].includes('rcs') ? `${text} ${sentence}` : text;
    const order = { phone, text: full, state: 'ACCEPTED', wireId: randomUUID() };
    orders.set(reference, order);
    void deliver(rbm, order);
    return [202, { reference, state: order.state }];
  }

  function webhook(request, body) {
    const envelope = JSON.parse(body);
    // The handshake: the gateway asks whether this is the right place.
    if (envelope.secret !== undefined) {
      return envelope.clientToken === env.RBM_SECRET ? [200, envelope.secret] : [403, {}];
    }
    const data = Buffer.from(envelope.message?.data ?? '', 'base64');
    const expected = createHmac('sha512', env.RBM_SECRET).update(data).digest();
    const given = Buffer.from(String(request.headers['x-goog-signature'] ?? ''), 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return [401, {}];
    const event = JSON.parse(data.toString('utf8'));
    const order = [...orders.values()].find((one) => one.wireId === event.messageId);
    if (order !== undefined && event.eventType === 'DELIVERED') progress(order, 'DELIVERED');
    if (order !== undefined && event.eventType === 'READ') progress(order, 'SEEN');
    return [200, {}];
  }

  return function route(request, path, body) {
    if (request.method === 'GET' && path === '/up') return [200, { up: true }];
    if (request.method === 'POST' && path === '/notifications') return take(request, body);
    if (request.method === 'POST' && path === '/vendor/rbm') return webhook(request, body);
    const [, reference = ''] = /^\/notifications\/([^/]+)$/.exec(path) ?? [];
    const order = orders.get(decodeURIComponent(reference));
    if (request.method === 'GET' && order) return [200, { state: order.state, via: 'rcs' }];
    return [404, { error: 'not found' }];
  };
}

const route = service(process.env);

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let answered;
  try {
    const { pathname } = new URL(request.url, 'http://local');
    answered = route(request, pathname, Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    answered = [error instanceof SyntaxError ? 400 : 500, { error: error.message }];
  }
  const [code, content] = answered;
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  response.writeHead(code, { 'content-type': 'application/json' }).end(text);
}

createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
}).listen(Number(process.env.PORT), '127.0.0.1');
