/** Sends each text by RBM, checks the signed webhooks, tells the status; survives no kill. */
import type { CreateModule, ModuleRequest, ModuleResponse } from 'bellwether/module';
import { createHmacSigner, createRs256Signer, sameSignature } from 'bellwether/protocol';

const SCOPE = 'https://www.googleapis.com/auth/rcsbusinessmessaging';
const TOKEN_SECONDS = 3_600;
const JSON_HEADERS = { 'content-type': 'application/json' };

interface Account {
  readonly client_email: string;
  readonly private_key: string;
}

interface Sending {
  status: keyof typeof TOLD;
}

function answer(status: number, json: unknown): ModuleResponse {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(json) };
}

const told = (status: string): ModuleResponse => answer(200, { status, channel: 'rcs' });
/** What a poll is answered: there are no others. */
const TOLD = {
  queued: told('queued'),
  sent: told('sent'),
  delivered: told('delivered'),
  read: told('read'),
  failed: told('failed'),
};
const TAKEN = answer(200, {});
const UNKNOWN = answer(404, {});
const REFUSED = answer(403, {});

export const create: CreateModule = (ports) => {
  const { env, clock } = ports;
  const baseUrl = env['RBM_BASE_URL'] ?? '';
  const tokenUrl = env['RBM_TOKEN_URL'] ?? '';
  const agentId = env['RBM_AGENT_ID'] ?? '';
  const clientToken = env['RBM_CLIENT_TOKEN'] ?? '';
  const account = JSON.parse(env['RBM_SERVICE_ACCOUNT'] ?? '') as Account;
  const sign = createRs256Signer(account.private_key);
  const signed = createHmacSigner('sha512', clientToken);
  const sendings = new Map<string, Sending>();
  let token: { readonly bearer: Promise<string>; readonly until: number } | undefined;

  const askForToken = async (seconds: number): Promise<string> => {
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const facts = { iss: account.client_email, scope: SCOPE, aud: tokenUrl };
    const assertion = sign({ ...facts, iat: seconds, exp: seconds + TOKEN_SECONDS });
    const body = new URLSearchParams({ grant_type: grant, assertion }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answered = await ports.fetch(tokenUrl, { method: 'POST', headers, body });
    const { access_token: word } = (await answered.json()) as { access_token: string };
    return `Bearer ${word}`;
  };
  const bearer = (): Promise<string> => {
    const seconds = Math.floor(clock.epochMillis() / 1_000);
    if (token === undefined || seconds >= token.until) {
      token = { bearer: askForToken(seconds), until: seconds + TOKEN_SECONDS - 60 };
    }
    return token.bearer;
  };

  const dispatch = async (id: string, to: string, text: string, sending: Sending) => {
    const authorization = await bearer();
    const url = `${baseUrl}/v1/phones/${to}/agentMessages?messageId=${id}&agentId=${agentId}`;
    const answered = await ports.fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ contentMessage: { text } }),
    });
    sending.status = answered.ok ? 'sent' : 'failed';
  };

  const take = async (request: ModuleRequest): Promise<ModuleResponse> => {
    const { to, text } = (await request.json()) as { to: string; text: string };
    const id = ports.uuid();
    const sending: Sending = { status: 'queued' };
    sendings.set(id, sending);
    void dispatch(id, to, text, sending);
    return answer(202, { messageId: id });
  };

  const hear = async (request: ModuleRequest): Promise<ModuleResponse> => {
    const json = (await request.json()) as { secret?: string; message?: { data: string } };
    if (json.secret !== undefined) return answer(200, json.secret);
    const data = Buffer.from(json.message?.data ?? '', 'base64');
    const received = request.headers.get('x-goog-signature') ?? '';
    if (!sameSignature(signed(data), received)) return REFUSED;
    const event = JSON.parse(data.toString()) as { messageId?: string; eventType?: string };
    const sending = sendings.get(event.messageId ?? '');
    if (sending !== undefined && event.eventType === 'READ') sending.status = 'read';
    else if (sending?.status === 'sent' && event.eventType === 'DELIVERED') {
      sending.status = 'delivered';
    }
    return TAKEN;
  };

  return {
    fetch: (request) => {
      const path = request.url.slice(request.url.indexOf('/', 'http://'.length));
      if (request.method === 'GET') {
        const sending = sendings.get(path.slice('/v1/messages/'.length));
        return sending === undefined ? UNKNOWN : TOLD[sending.status];
      }
      if (path === '/v1/messages') return take(request);
      return path === '/webhooks/rbm' ? hear(request) : UNKNOWN;
    },
    stop: () => {},
  };
};
