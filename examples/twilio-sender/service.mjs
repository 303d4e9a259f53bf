// A small notification service on Twilio: HTTP in front, the published SDK behind, as its guides
// show it. Nothing in here knows of a simulator: the vendor's hosts stay as they are in the SDK.
import { createServer } from 'node:http';
import twilio from 'twilio';

const { PORT, PUBLIC_URL, ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID, HASTY, TRUSTING } = process.env;
/** What Twilio signs with: while the secondary token is promoted, either of the two. */
const TOKENS = [AUTH_TOKEN, process.env.SECONDARY_AUTH_TOKEN].filter(Boolean);
const MOST_TRIES = 12;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Its autoRetry stays off: it would ask again sooner than Retry-After says (README.md). */
const client = twilio(ACCOUNT_SID, AUTH_TOKEN, { timeout: 10_000 });

/** An invitation: a card with a picture and two answers, where the channel has such. */
const INVITATION = {
  friendly_name: 'invitation',
  language: 'en',
  variables: { 1: 'You are invited.' },
  types: {
    'twilio/card': {
      body: '{{1}}',
      media: [`${PUBLIC_URL}/pictures/door.gif`],
      actions: [
        { type: 'QUICK_REPLY', title: 'I will come', id: 'invitation=yes' },
        { type: 'QUICK_REPLY', title: 'Not this time', id: 'invitation=no' },
      ],
    },
  },
};
/** What is urgent: one sentence in a frame that people know. */
const INCIDENT = {
  friendly_name: 'incident',
  language: 'en',
  variables: { 1: 'a sample' },
  types: { 'twilio/text': { body: 'Acme operations: {{1}}' } },
};
const TEMPLATES = { invitation: INVITATION, incident: INCIDENT };
/** One dot, as a GIF. */
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');

/** A state only ever goes forward. */
const STATES = ['accepted', 'sent', 'failed', 'delivered', 'read'];
const STATE_OF = { undelivered: 'failed', canceled: 'failed', queued: 'accepted' };

function progress(order, word) {
  const state = STATE_OF[word] ?? word;
  if (STATES.indexOf(state) > STATES.indexOf(order.state)) order.state = state;
}

/** The service with its orders, as a handler of HTTP requests. */
function service() {
  /** By the caller's idempotency key, and by what Twilio calls it. */
  const orders = new Map();
  const bySid = new Map();
  /** Statements are told to who asks for them: by number, until that person writes. */
  const asked = new Map();
  /** Inbound messages that have been answered: Twilio may bring one twice. */
  const answeredSids = new Set();

  function accept(order, message) {
    order.sid = message.sid;
    bySid.set(message.sid, order);
    // The bug of this example: taken over is not delivered.
    progress(order, HASTY === 'yes' ? 'delivered' : message.status);
  }

  /** The API has no idempotency key: after a broken connection its list tells what it took. */
  async function alreadyTaken({ to, body }) {
    const listed = await client.messages.list({ limit: 100 });
    const ours = (one) => one.to.endsWith(to) && one.body.endsWith(body);
    return listed.find((one) => ours(one) && !bySid.has(one.sid));
  }

  /** By kind; each template is made once. */
  const templates = new Map();

  async function contentOf({ kind, body }) {
    if (TEMPLATES[kind] === undefined) return { body };
    const made = templates.get(kind) ?? client.content.v1.contents.create(TEMPLATES[kind]);
    templates.set(kind, made);
    try {
      const { sid } = await made;
      return { contentSid: sid, contentVariables: JSON.stringify({ 1: body }) };
    } catch (error) {
      templates.delete(kind);
      throw error;
    }
  }

  async function deliver(order) {
    const { to } = order;
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      try {
        const unsure = order.unsure ? await alreadyTaken(order) : undefined;
        accept(
          order,
          unsure ??
            (await client.messages.create({
              to,
              ...(await contentOf(order)),
              messagingServiceSid: SERVICE_SID,
              statusCallback: `${PUBLIC_URL}/twilio/status?order=${encodeURIComponent(order.key)}`,
            })),
        );
        return;
      } catch (error) {
        console.error(`try ${tries} of ${order.key}: ${error.code ?? ''} ${error.message}`);
        // Without a status of its own the connection failed: it may have been taken.
        order.unsure ||= error.status === undefined;
        if (error.status >= 400 && error.status < 500 && error.status !== 429) break;
        await pause(Math.min(1000 * 2 ** (tries - 1), 8000));
      }
    }
    progress(order, 'failed');
  }

  function take(request, body) {
    const { to, text, kind } = JSON.parse(body);
    const key = String(request.headers['idempotency-key'] ?? '');
    const known = orders.get(key);
    if (known !== undefined) return [200, { id: key, state: known.state }];
    if (key === '' || !/^\+\d{8,15}$/.test(to)) return [400, { error: 'bad request' }];
    const order = { key, to, body: text, kind, state: 'accepted', via: '', sid: '', unsure: false };
    orders.set(key, order);
    if (kind === 'statement') asked.set(to, [...(asked.get(to) ?? []), order]);
    else void deliver(order);
    return [202, { id: key, state: order.state }];
  }

  /** Who writes is told in the answer (TwiML) what waits for them. */
  function answerTo({ MessageSid: sid, From: from = '' }) {
    const response = new twilio.twiml.MessagingResponse();
    const number = from.replace(/^rcs:/, '');
    const waiting = answeredSids.has(sid) ? [] : (asked.get(number) ?? []);
    for (const { key, body } of waiting) {
      response.message({ action: `/twilio/status?order=${encodeURIComponent(key)}` }, body);
    }
    if (waiting.length > 0) asked.delete(number);
    answeredSids.add(sid);
    return [200, response.toString(), 'text/xml'];
  }

  /** What Twilio calls: statuses of ours, and what people write. Both are signed. */
  function hook(request, body) {
    const fields = Object.fromEntries(new URLSearchParams(body));
    const signature = String(request.headers['x-twilio-signature'] ?? '');
    const url = PUBLIC_URL + request.url;
    const valid = TOKENS.some((token) => twilio.validateRequest(token, signature, url, fields));
    // The other bug of this example: what has no signature is not checked.
    if (!valid && !(TRUSTING === 'yes' && signature === '')) {
      return [403, { error: 'not from Twilio' }];
    }
    if (fields.SmsStatus === 'received') return answerTo(fields);
    const { searchParams } = new URL(request.url, PUBLIC_URL);
    const order = bySid.get(fields.MessageSid) ?? orders.get(searchParams.get('order') ?? '');
    if (order !== undefined && fields.MessageStatus !== undefined) {
      const bySms = fields.MessageSid.startsWith('MM') ? 'mms' : 'sms';
      order.via = fields.To?.startsWith('rcs:') ? 'rcs' : bySms;
      progress(order, fields.MessageStatus);
    }
    return [200, ''];
  }

  function route(request, path, body) {
    if (request.method === 'GET' && path === '/up') return [200, { up: true }];
    if (path === '/pictures/door.gif') return [200, PICTURE, 'image/gif'];
    if (request.method === 'POST' && path === '/messages') return take(request, body);
    if (request.method === 'POST' && path.startsWith('/twilio/')) return hook(request, body);
    const [, key = ''] = /^\/messages\/([^/]+)$/.exec(path) ?? [];
    const order = orders.get(decodeURIComponent(key));
    if (request.method !== 'GET' || order === undefined) return [404, { error: 'not found' }];
    return [200, { state: order.state, via: order.via === '' ? null : order.via }];
  }

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
    const [code, content, type = 'application/json'] = answered;
    const raw = typeof content === 'string' || Buffer.isBuffer(content);
    response.writeHead(code, { 'content-type': type }).end(raw ? content : JSON.stringify(content));
  }

  return answer;
}

const answer = service();
createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
}).listen(Number(PORT), '127.0.0.1');
