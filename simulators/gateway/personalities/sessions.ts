/**
 * Gateway-managed secure sessions, the other way of end-to-end encryption for a business: payloads
 * are sealed to the gateway, which holds the MLS keys. docs/gateway-sessions.md has the wire.
 */
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { createMlsEngine } from '../../protocol/mls/engine.ts';
import {
  serviceAccount,
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
} from '../../protocol/oauth/service-account-key.ts';
import { createTokenIssuer } from '../../protocol/oauth/token-issuer.ts';
import { createCallbackQueue } from '../api/callback-queue.ts';
import type { Gateway, GatewayEntry, GatewayOptions } from '../api/gateway.ts';
import { createPersonMessages } from '../api/person-messages.ts';
import { createTokenLives } from '../api/token-life.ts';
import { declaredAddress } from '../api/told-address.ts';
import { sessionScheme } from '../sessions/callback-scheme.ts';
import type { SessionsContext } from '../sessions/context.ts';
import { createSessionsDoor } from '../sessions/door.ts';
import { bringToSender } from '../sessions/inbound.ts';
import { createManagedGroups } from '../sessions/managed-groups.ts';
import { createReceiptKeys } from '../sessions/receipt-keys.ts';
import { SESSIONS_ROUTES } from '../sessions/routes.ts';
import { createSessionStore } from '../sessions/session-store.ts';
import { createTransactions } from '../sessions/transactions.ts';

const SESSIONS_PATH = 'gateway/sessions';
const PROJECT = 'bellwether-sessions';
const SCOPE = 'secure-sessions';
const AGENT = 'bellwether';
const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;

function createSessionsGateway(options: GatewayOptions): Gateway {
  const { ambient, conditions, tap, directory, coreOf, request } = options;
  const component = SESSIONS_PATH;
  const agentId = AGENT;
  // Not the agent's own leaf: whoever looks at the members sees who holds the keys.
  const identity = `gateway:sessions/agent:${agentId}`;
  const fork = (name: string) => ambient.random.fork(`${component}/${name}`);
  const keys = createReceiptKeys(fork('receipt-keys'));
  const webhook = createCallbackQueue({
    ambient,
    request,
    component,
    tap,
    scheme: sessionScheme(keys),
    key: 'first',
    nextKey: 'next',
    foreignKey: 'foreign',
  });
  const tokenBytes = fork('tokens');
  const mlsBytes = fork('mls');
  const nowSeconds = (): number => Math.floor(ambient.clock.epochMillis() / MICROS_PER_MILLI);
  const tokenLives = createTokenLives();
  const sessions = createSessionStore(ambient, component);
  const groups = createManagedGroups({
    ambient,
    component,
    agentId,
    sessions,
    webhook,
    coreOf,
    identity,
    from: `agent:${agentId}`,
    engine: createMlsEngine({ random: (length) => mlsBytes.bytes(length), nowSeconds }),
  });
  const context: SessionsContext = {
    ambient,
    component,
    agentId,
    directory,
    coreOf,
    tap,
    tokens: createTokenIssuer({
      life: tokenLives.next,
      publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
      scope: SCOPE,
      clientEmail: serviceAccount(PROJECT, '').client_email,
      random: (length) => tokenBytes.bytes(length),
      now: nowSeconds,
    }),
    keys,
    sessions,
    transactions: createTransactions({ ambient, webhook, component, agentId }),
    groups,
    webhook,
  };
  const messages = createPersonMessages({
    ambient,
    directory,
    coreOf,
    tap,
    component,
    prefix: 'sessions-user:',
    idOf: ambient.ids.uuid,
    bring: bringToSender({ ...context, replyKeyOf: sessions.replyKeyOf }),
  });
  const backOffMicros = options.backOffMicros ?? BACK_OFF_MICROS;
  return {
    path: component,
    agent: identity,
    door: createSessionsDoor({ context, conditions, tap, backOffMicros }),
    target: {
      path: component,
      kind: 'gateway',
      verbs: {
        ...conditions.verbs,
        ...webhook.verbs,
        ...tokenLives.verbs,
        'epoch-fork': groups.fork,
      },
    },
    environment: (url) => ({
      url,
      agentId,
      scope: SCOPE,
      tokenUrl: `${url}/token`,
      serviceAccount: JSON.stringify(serviceAccount(PROJECT, `${url}/token`)),
      receiptKeysUrl: `${url}/v1/receiptKeys`,
      receiptKey: keys.shown('first'),
      nextReceiptKey: keys.shown('next'),
    }),
    connectWebhook: (to) => {
      webhook.open(declaredAddress(to), 'first');
      return Promise.resolve({ held: true });
    },
    userMessage: messages.send,
    unfinished: () => (webhook.size === 0 ? [] : [`${webhook.size} callbacks of ${component}`]),
  };
}

export const sessions: GatewayEntry = {
  name: 'sessions',
  doc: 'Gateway-managed secure sessions: payloads sealed to the gateway, receipts signed by JWS.',
  docs: 'https://www.rfc-editor.org/rfc/rfc7516',
  guide: 'gateway-sessions.md',
  operations: SESSIONS_ROUTES,
  differences: [
    'No vendor offers it yet: the interface is Bellwether’s own, versioned, of published parts.',
    'What people write comes as text only, sealed to the key that a session was begun with.',
    'A payload is a text; files go by links in it.',
    'One agent, launched everywhere.',
  ],
  sources: ['RFC 7515, 7516, 7517, 7518, 7523, 7638, 9420, 9457'],
  create: createSessionsGateway,
};
