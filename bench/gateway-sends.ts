/** The main send of each gateway of the registry, as its vendor's client writes it. */
import { createRs256Signer } from '../simulators/protocol/jwt/sign.ts';
import type { GATEWAYS } from '../simulators/gateway/personalities/index.ts';

/** Not `sessions`: its send is the work of opening and encrypting, which no bare server does. */
export type GatewayName = Exclude<keyof typeof GATEWAYS, 'sessions'>;

/** What a program is given for a gateway. */
export type Environment = Readonly<Record<string, string>>;

export interface Send {
  /** Headers of every request, with its credentials. */
  headers(environment: Environment): Promise<Record<string, string>>;
  /** The operation's path, as the route table has it. */
  readonly operation: string;
  /** `number`: E.164 with its plus sign; `count`: from 1. */
  path(environment: Environment, number: string, count: number): string;
  body(environment: Environment, number: string, text: string): string;
  /** The members of the answer that are new in each: what a bare server makes, too. */
  readonly fresh: readonly string[];
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

function of(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined) throw new Error(`the gateway's environment has no ${name}`);
  return value;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** RBM's service account exchanges a signed assertion for a token. */
async function googleToken(environment: Environment): Promise<string> {
  const account = JSON.parse(of(environment, 'serviceAccount')) as Record<string, string>;
  const now = Math.floor(Date.now() / 1_000);
  const assertion = createRs256Signer(of(account, 'private_key'))({
    iss: account['client_email'],
    scope: 'https://www.googleapis.com/auth/rcsbusinessmessaging',
    aud: account['token_uri'],
    iat: now,
    exp: now + 3_600,
  });
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const answer = await fetch(of(environment, 'tokenUrl'), {
    method: 'POST',
    body: new URLSearchParams({ grant_type: grant, assertion }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}

const uuid = (count: number): string =>
  `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;

export const SENDS: Readonly<Record<GatewayName, Send>> = {
  rbm: {
    operation: '/v1/phones/{E164}/agentMessages',
    headers: async (environment) => ({
      Authorization: `Bearer ${await googleToken(environment)}`,
      ...JSON_TYPE,
    }),
    path: (environment, number, count) =>
      `/v1/phones/${number}/agentMessages?messageId=${uuid(count)}` +
      `&agentId=${of(environment, 'agentId')}`,
    body: (_, __, text) =>
      JSON.stringify({ contentMessage: { text }, messageTrafficType: 'TRANSACTION' }),
    fresh: ['name', 'sendTime'],
  },
  twilio: {
    operation: '/2010-04-01/Accounts/{AccountSid}/Messages.json',
    headers: (environment) =>
      Promise.resolve({
        Authorization: basic(of(environment, 'accountSid'), of(environment, 'authToken')),
        'Content-Type': 'application/x-www-form-urlencoded',
      }),
    path: (environment) => `/2010-04-01/Accounts/${of(environment, 'accountSid')}/Messages.json`,
    body: (environment, number, text) =>
      new URLSearchParams({
        To: number,
        MessagingServiceSid: of(environment, 'messagingServiceSid'),
        Body: text,
      }).toString(),
    fresh: ['sid', 'uri', 'date_created'],
  },
  sinch: {
    operation: '/v1/projects/{project}/messages:send',
    headers: (environment) =>
      Promise.resolve({
        Authorization: basic(of(environment, 'keyId'), of(environment, 'keySecret')),
        ...JSON_TYPE,
      }),
    path: (environment) => `/v1/projects/${of(environment, 'projectId')}/messages:send`,
    body: (environment, number, text) =>
      JSON.stringify({
        app_id: of(environment, 'appId'),
        recipient: {
          identified_by: { channel_identities: [{ channel: 'RCS', identity: number }] },
        },
        message: { text_message: { text } },
        channel_priority_order: ['RCS'],
      }),
    fresh: ['message_id', 'accepted_time'],
  },
  vonage: {
    operation: '/v1/messages',
    headers: (environment) =>
      Promise.resolve({
        Authorization: basic(of(environment, 'apiKey'), of(environment, 'apiSecret')),
        ...JSON_TYPE,
      }),
    path: () => '/v1/messages',
    body: (environment, number, text) =>
      JSON.stringify({
        message_type: 'text',
        channel: 'rcs',
        to: number.slice(1),
        from: of(environment, 'rcsSender'),
        text,
      }),
    fresh: ['message_uuid'],
  },
  infobip: {
    operation: '/rcs/2/messages',
    headers: (environment) =>
      Promise.resolve({ Authorization: `App ${of(environment, 'apiKey')}`, ...JSON_TYPE }),
    path: () => '/rcs/2/messages',
    body: (environment, number, text) =>
      JSON.stringify({
        messages: [
          {
            sender: of(environment, 'rcsSender'),
            destinations: [{ to: number.slice(1) }],
            content: { type: 'TEXT', text },
          },
        ],
      }),
    fresh: ['bulkId'],
  },
};
