/**
 * Google's RCS for Business (RBM) API v1, with Bellwether's end-to-end encryption extension:
 * docs/gateway-rbm.md has the wire.
 */
import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Target } from '../../kernel/target.ts';
import type { Directory, RcsCore } from '../../network/bearer.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { Tap } from '../../network/tap.ts';
import type { HttpDoor, Network } from '../../network/wire.ts';
import {
  serviceAccount,
  SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
} from '../../protocol/oauth/service-account-key.ts';
import { createTokenIssuer } from '../../protocol/oauth/token-issuer.ts';
import type { HandshakeResult } from '../../protocol/rbm/webhook.ts';
import { createConversationFocus } from '../rbm/conversation-focus.ts';
import { createDeviceWatch } from '../rbm/device-watch.ts';
import { createRbmDoor } from '../rbm/door.ts';
import { createOutgoingMessages } from '../rbm/outgoing.ts';
import { createPersonMessages } from '../rbm/person-messages.ts';
import type { PersonMessage } from '../rbm/person-messages.ts';
import { createSeenIds } from '../rbm/seen-ids.ts';
import { createWebhookQueue } from '../rbm/webhook-queue.ts';
import type { WebhookAddress } from '../rbm/webhook-queue.ts';

export interface RbmGatewayOptions {
  readonly ambient: Ambient;
  /** For the component `gateway/rbm`. */
  readonly conditions: Conditions;
  /** Observer `gateway`. */
  readonly tap: Tap;
  readonly directory: Directory;
  readonly coreOf: (person: string) => RcsCore | undefined;
  /** For webhooks. */
  readonly request: Network['request'];
  /** The policy's sentence by which a downgrade is disclosed; empty when there is none. */
  readonly policyDisclosure: string;
  /** The policy's gatewayBackOffMicros: how long a 5xx says "broken". Default 60 s. */
  readonly backOffMicros?: number;
  readonly agentId?: string;
  /** Told of every application ciphertext that a sender handed over, accepted or not. */
  readonly onCiphertext?: (person: string, wire: string, body: Uint8Array) => void;
}

export interface RbmGateway {
  readonly path: string;
  readonly door: HttpDoor;
  readonly target: Target;
  /** agentId, serviceAccount (JSON text), tokenUrl, url. `url` is the door's, unslashed. */
  environment(url: string): Readonly<Record<string, string>>;
  /** Verifies the webhook; notifications come only after it held. */
  connectWebhook(address: WebhookAddress): Promise<HandshakeResult>;
  /** A person writes to the agent: text or MLS. */
  userMessage(written: PersonMessage): void;
  unfinished(): string[];
}

const RBM_PATH = 'gateway/rbm';
const PROJECT = 'bellwether-rbm';
const SCOPE = 'https://www.googleapis.com/auth/rcsbusinessmessaging';
const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;

export function createRbmGateway(options: RbmGatewayOptions): RbmGateway {
  const { ambient, conditions, tap, directory, coreOf, request, policyDisclosure } = options;
  const component = RBM_PATH;
  const agentId = options.agentId ?? 'bellwether';
  const random = ambient.random.fork(component);
  const webhook = createWebhookQueue({ ambient, request, component, agentId });
  const focus = createConversationFocus();
  const tokens = createTokenIssuer({
    publicKeyPem: SERVICE_ACCOUNT_PUBLIC_KEY_PEM,
    scope: SCOPE,
    clientEmail: serviceAccount(PROJECT, '').client_email,
    random: (length) => random.bytes(length),
    now: () => Math.floor(ambient.clock.epochMillis() / MICROS_PER_MILLI),
  });
  const context = {
    ambient,
    component,
    agentId,
    directory,
    coreOf,
    policyDisclosure,
    focus,
    outgoing: createOutgoingMessages({ ambient, webhook, component, agentId }),
    watch: createDeviceWatch({ ambient, focus, webhook, agentId }),
    seenIds: createSeenIds(),
    onCiphertext: options.onCiphertext ?? (() => {}),
  };
  const backOffMicros = options.backOffMicros ?? BACK_OFF_MICROS;
  const messages = createPersonMessages({
    ambient,
    webhook,
    directory,
    coreOf,
    tap,
    component,
    agentId,
  });
  return {
    path: component,
    door: createRbmDoor({ context, conditions, tap, tokens, backOffMicros }),
    target: { path: component, kind: 'gateway', verbs: conditions.verbs },
    environment: (url) => ({
      url,
      agentId,
      tokenUrl: `${url}/token`,
      serviceAccount: JSON.stringify(serviceAccount(PROJECT, `${url}/token`)),
    }),
    connectWebhook: webhook.connect,
    userMessage: messages.send,
    unfinished: () => (webhook.size === 0 ? [] : [`${webhook.size} callbacks of ${component}`]),
  };
}
