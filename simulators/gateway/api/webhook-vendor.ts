/**
 * What the gateways have in common that send by a chain of channels and tell of it at the webhook
 * that the implementation declares: the way out, the way back, and what the world asks of each.
 */
import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Verb } from '../../kernel/target.ts';
import type { Directory } from '../../network/bearer.ts';
import type { HttpDoor } from '../../network/wire.ts';
import { createCallbackQueue } from './callback-queue.ts';
import type { CallbackQueue, CallbackQueueOptions } from './callback-queue.ts';
import { createFallbackChains } from './fallback-chain.ts';
import type { FallbackChains } from './fallback-chain.ts';
import type { Gateway, GatewayOptions, WebhookAddress } from './gateway.ts';
import { createMediaRelay } from './media-relay.ts';
import type { MediaRelay } from './media-relay.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { createPersonMessages } from './person-messages.ts';
import type { PersonMessagesOptions } from './person-messages.ts';
import { declaredAddress } from './told-address.ts';

const BACK_OFF_MICROS = 60 * MICROS_PER_SECOND;

/** The scheme of the callbacks, and the keys of now, of after a rotation, and of a forger. */
interface Signing<N> extends Pick<CallbackQueueOptions<N>, 'scheme' | 'nextKey' | 'foreignKey'> {
  readonly key: string;
}

/** What such a vendor's calls work with; each vendor adds its own. */
export interface WebhookVendorContext<N> {
  readonly ambient: Ambient;
  readonly component: string;
  readonly directory: Directory;
  readonly outbox: Outbox;
  readonly chains: FallbackChains;
  readonly webhook: CallbackQueue<N>;
  readonly media: MediaRelay;
  /** Where callbacks go; undefined until the implementation has said. */
  readonly address: () => WebhookAddress | undefined;
  /** The policy's sentence by which a downgrade is disclosed; empty when there is none. */
  readonly policyDisclosure: string;
}

/** What the world sees of it that is the vendor's own. */
interface VendorFace extends Pick<PersonMessagesOptions, 'prefix' | 'idOf' | 'bring'> {
  readonly door: HttpDoor;
  readonly environment: Gateway['environment'];
  /** Beside those of the door and of the callbacks. */
  readonly verbs?: Readonly<Record<string, Verb>>;
}

export interface WebhookVendor<N> {
  readonly context: WebhookVendorContext<N>;
  /** How long a 5xx says "broken". */
  readonly backOffMicros: number;
  readonly gateway: (face: VendorFace) => Gateway;
}

export function createWebhookVendor<N>(
  component: string,
  options: GatewayOptions,
  signing: Signing<N>,
): WebhookVendor<N> {
  const { ambient, conditions, tap, directory, coreOf, smsOf, mmsOf, request } = options;
  const { policyDisclosure, backOffMicros = BACK_OFF_MICROS } = options;
  const webhook = createCallbackQueue({ ambient, request, component, tap, ...signing });
  const media = createMediaRelay({ ambient, component, request, tap, webhook: () => declared });
  const outbox = createOutbox({ ambient, component, coreOf, smsOf, mmsOf, media });
  const chains = createFallbackChains({ ambient, component, outbox, policyDisclosure });
  let declared: WebhookAddress | undefined;
  const address = (): WebhookAddress | undefined => declared;
  const ways = { outbox, chains, webhook, media, address };
  return {
    context: { ambient, component, directory, ...ways, policyDisclosure },
    backOffMicros,
    gateway: ({ door, environment, verbs, ...said }) => {
      const lines = { directory, coreOf, smsOf };
      const people = createPersonMessages({ ambient, tap, component, ...lines, ...said });
      return {
        path: component,
        door,
        target: {
          path: component,
          kind: 'gateway',
          verbs: { ...conditions.verbs, ...webhook.verbs, ...verbs },
        },
        environment,
        connectWebhook: (to) => {
          declared = to;
          webhook.open(declaredAddress(to), signing.key);
          return Promise.resolve({ held: true });
        },
        userMessage: people.send,
        content: { door: media.content, servedAt: media.servedAt },
        unfinished: () => [
          ...(media.waiting === 0 ? [] : [`${media.waiting} files at ${component}`]),
          ...(webhook.size === 0 ? [] : [`${webhook.size} callbacks of ${component}`]),
          ...(chains.waiting === 0 ? [] : [`${chains.waiting} messages in ${component}`]),
        ],
      };
    },
  };
}
