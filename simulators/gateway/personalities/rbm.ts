/**
 * Google's RCS for Business (RBM) API v1, with Bellwether's end-to-end encryption extension:
 * docs/gateway-rbm.md has the wire.
 */
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Verb } from '../../kernel/target.ts';
import {
  serviceAccount,
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
} from '../../protocol/oauth/service-account-key.ts';
import { createIsoDates } from '../../protocol/iso-dates.ts';
import { createTokenIssuer } from '../../protocol/oauth/token-issuer.ts';
import { RPC_STATUS } from '../../protocol/rbm/errors.ts';
import { judgeHandshake } from '../../protocol/rbm/webhook.ts';
import { createCallbackQueue } from '../api/callback-queue.ts';
import type { Gateway, GatewayEntry, GatewayOptions, WebhookAddress } from '../api/gateway.ts';
import { createMediaRelay } from '../api/media-relay.ts';
import { createPersonMessages } from '../api/person-messages.ts';
import { createTokenLives } from '../api/token-life.ts';
import { createConversationFocus } from '../rbm/conversation-focus.ts';
import type { ConversationFocus } from '../rbm/conversation-focus.ts';
import { createDeviceWatch } from '../rbm/device-watch.ts';
import { createRbmDoor } from '../rbm/door.ts';
import { createFileStore, takesFile } from '../rbm/files.ts';
import { createOutgoingMessages } from '../rbm/outgoing.ts';
import { RBM_ROUTES } from '../rbm/routes.ts';
import { createSeenIds } from '../rbm/seen-ids.ts';
import { createTesters } from '../rbm/testers.ts';
import { createUserFiles } from '../rbm/user-files.ts';
import { bringToAgent } from '../rbm/user-messages.ts';
import { webhookHeaders, webhookScheme } from '../rbm/webhook-scheme.ts';

/** It carries no SMS. */
export interface RbmGatewayOptions extends Omit<GatewayOptions, 'smsOf'> {
  readonly agentId?: string;
  /** Default true. An agent that is not launched reaches its testers only. */
  readonly launched?: boolean;
}

const RBM_PATH = 'gateway/rbm';
const PROJECT = 'bellwether-rbm';
const SCOPE = 'https://www.googleapis.com/auth/rcsbusinessmessaging';
/** “The platform caches the file for 60 days” (REST method files.create). */
const CACHE_MICROS = 60 * 86_400 * MICROS_PER_SECOND;
const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

/** A second client of the agent, of which the first knows nothing. */
function forkVerb(focus: ConversationFocus): Verb {
  return ({ ledger }) => {
    focus.fork((number) => ledger.touched(`the group of ${number} had been committed by another`));
    return () => {};
  };
}

export function createRbmGateway(options: RbmGatewayOptions): Gateway {
  const { ambient, conditions, tap, directory, coreOf, request, policyDisclosure } = options;
  const component = RBM_PATH;
  const agentId = options.agentId ?? 'bellwether';
  const random = ambient.random.fork(component);
  const secret = (name: string): string =>
    Buffer.from(ambient.random.fork(`${component}/${name}`).bytes(16)).toString('hex');
  const nextKey = secret('next-client-token');
  const webhook = createCallbackQueue({
    ambient,
    request,
    component,
    tap,
    scheme: webhookScheme(agentId),
    nextKey,
    foreignKey: secret('foreign-client-token'),
  });
  const focus = createConversationFocus();
  const tokenLives = createTokenLives();
  const tokens = createTokenIssuer({
    life: tokenLives.next,
    publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
    scope: SCOPE,
    clientEmail: serviceAccount(PROJECT, '').client_email,
    random: (length) => random.bytes(length),
    now: () => Math.floor(ambient.clock.epochMillis() / MICROS_PER_MILLI),
  });
  const userFiles = createUserFiles(ambient.ids.uuid);
  let declared: WebhookAddress | undefined;
  const media = createMediaRelay({
    ambient,
    component,
    request,
    tap,
    webhook: () => declared,
    cacheMicros: CACHE_MICROS,
    takes: takesFile,
  });
  const files = createFileStore(ambient.ids.uuid);
  const context = {
    ambient,
    component,
    agentId,
    directory,
    coreOf,
    policyDisclosure,
    focus,
    outgoing: createOutgoingMessages({ ambient, webhook, component, agentId, media, files }),
    watch: createDeviceWatch({ ambient, focus, webhook, agentId }),
    seenIds: createSeenIds(),
    isoDate: createIsoDates(),
    files,
    testers: createTesters(ambient, component, options.launched ?? true),
    webhook,
    userFile: userFiles.get,
    reachSample: ambient.random.fork(`${component}/reach-sample`),
    onCiphertext: options.onCiphertext ?? (() => {}),
  };
  const backOffMicros = options.backOffMicros ?? BACK_OFF_MICROS;
  const messages = createPersonMessages({
    ambient,
    directory,
    coreOf,
    tap,
    component,
    prefix: 'rbm-user:',
    idOf: ambient.ids.uuid,
    bring: bringToAgent({ ambient, webhook, agentId, userFiles }),
  });
  return {
    path: component,
    agent: `agent:${agentId}`,
    door: createRbmDoor({ context, conditions, tap, tokens, backOffMicros }),
    target: {
      path: component,
      kind: 'gateway',
      verbs: {
        ...conditions.verbs,
        ...webhook.verbs,
        ...tokenLives.verbs,
        'epoch-fork': forkVerb(focus),
      },
    },
    environment: (url) => {
      userFiles.servedAt(url);
      return {
        url,
        agentId,
        tokenUrl: `${url}/token`,
        serviceAccount: JSON.stringify(serviceAccount(PROJECT, `${url}/token`)),
        nextClientToken: nextKey,
      };
    },
    connectWebhook: async (address) => {
      const { url, clientToken } = address;
      declared = address;
      const to = { url, told: url };
      let sent = '';
      const verdict = await webhook.verify(
        to,
        () => {
          sent = ambient.ids.hex(16);
          const body = JSON.stringify({ clientToken, secret: sent });
          return { headers: webhookHeaders('verification'), body };
        },
        ({ response }) => {
          const judged = judgeHandshake(response.status, textOf(response.body), sent);
          if (judged.held) return judged;
          // Whoever reads it sees where it was asked: the path may be the mistake.
          return { held: false, why: `POST ${new URL(url).pathname} ${judged.why}` };
        },
      );
      // Notifications come only after it held.
      if (verdict.held) webhook.open(to, clientToken);
      return verdict;
    },
    userMessage: messages.send,
    content: { door: media.content, servedAt: media.servedAt },
    unfinished: () => [
      ...(webhook.size === 0 ? [] : [`${webhook.size} callbacks of ${component}`]),
      ...(media.waiting === 0 ? [] : [`${media.waiting} files at ${component}`]),
    ],
  };
}

export const rbm: GatewayEntry = {
  name: 'rbm',
  doc: 'Google RCS for Business API v1 with signed webhooks, and an extension for MLS.',
  docs: 'https://developers.google.com/business-communications/rcs-business-messaging/reference/rest',
  guide: 'gateway-rbm.md',
  operations: RBM_ROUTES,
  errors: Object.entries(RPC_STATUS).map(([code, status]) => ({ code, status: `${status}` })),
  differences: [
    'Every phone has every feature; no content is refused (400) for what a phone lacks.',
    'Files are fetched where the world has them (the program, this machine) and kept for 60 ' +
      'days; what lies elsewhere is taken for there, and not shown. A card goes on without a ' +
      'file that cannot be fetched; what the service does then is not told.',
    'No thumbnails are made of files that come without one.',
    'Agents are launched everywhere; only the library can make one that is not.',
    'There is no phones.dialogflowMessages.',
    'A user’s file lies at this gateway’s own address.',
  ],
  sources: ['RCS for Business REST reference v1', 'sample code of rcs-business-messaging'],
  create: createRbmGateway,
};
