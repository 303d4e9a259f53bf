import type { Ambient } from '../../kernel/ambient.ts';
import type { Directory } from '../../network/bearer.ts';
import type { Tap } from '../../network/tap.ts';
import type { WireRequest } from '../../network/wire.ts';
import type { Form } from '../../protocol/twilio/form.ts';
import type { Call } from '../api/answer.ts';
import type { FallbackChains } from '../api/fallback-chain.ts';
import type { WebhookAddress } from '../api/gateway.ts';
import type { MediaRelay } from '../api/media-relay.ts';
import type { Outbox } from '../api/outbox.ts';
import type { CallbackQueue } from '../api/callback-queue.ts';
import type { TwilioAccount } from './account.ts';
import type { TwilioNotification } from './callback-scheme.ts';
import type { Contents } from './contents.ts';
import type { Dispatches } from './dispatches.ts';
import type { EventStreams } from './event-streams.ts';
import type { MessageStore } from './message-store.ts';
import type { MessagingServices } from './services.ts';

export type TwilioCallbacks = CallbackQueue<TwilioNotification>;

/** What the operations of the gateway share. */
export interface TwilioContext {
  readonly ambient: Ambient;
  readonly component: string;
  readonly account: TwilioAccount;
  readonly directory: Directory;
  readonly outbox: Outbox;
  readonly chains: FallbackChains;
  readonly media: MediaRelay;
  readonly callbacks: TwilioCallbacks;
  readonly services: MessagingServices;
  readonly messages: MessageStore;
  readonly contents: Contents;
  /** Observer `gateway`. */
  readonly tap: Tap;
  readonly dispatches: Dispatches;
  readonly streams: EventStreams;
  /** Numbers whose owner wrote STOP. */
  readonly optedOut: Set<string>;
  readonly policyDisclosure: string;
  /** For the dates of answers. */
  readonly dateOf: (millis: number) => string;
  /** The declared webhook, once the implementation is connected. */
  readonly webhook: () => WebhookAddress | undefined;
}

/** A routed request. */
export interface TwilioRouting {
  readonly request: WireRequest;
  readonly what: string;
  readonly params: Readonly<Record<string, string>>;
  /** Of the body; empty where there is none. */
  readonly form: Form;
}

export type TwilioRead = (context: TwilioContext, routing: TwilioRouting) => Call;
