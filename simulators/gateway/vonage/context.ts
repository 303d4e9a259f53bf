import type { Subscriber } from '../../network/bearer.ts';
import type { WireRequest } from '../../network/wire.ts';
import type { IsoDates } from '../../protocol/iso-dates.ts';
import type { VonageAuthorization } from '../../protocol/vonage/authorization.ts';
import type { VonageChannel } from '../../protocol/vonage/request.ts';
import type { VonageWebhook } from '../../protocol/vonage/webhook.ts';
import type { BoundedMap } from '../../kernel/bounded-map.ts';
import type { Chain } from '../api/fallback-chain.ts';
import type { MessageLog } from '../api/message-log.ts';
import type { WebhookVendorContext } from '../api/webhook-vendor.ts';

/** A message that was accepted, as the API knows it by its uuid. */
export interface SentMessage {
  readonly uuid: string;
  readonly channel: VonageChannel;
  readonly person: string | undefined;
  readonly createdMillis: number;
  /** Of the whole request: its steps share it. Undefined once it is over. */
  chain: Chain | undefined;
  readonly step: number;
}

/** Which sender a person answers to, by bearer. */
export interface Conversation {
  readonly from: string;
}

/** What the operations of the gateway share. */
export interface VonageContext extends WebhookVendorContext<VonageWebhook> {
  readonly isoDate: IsoDates;
  readonly sent: MessageLog<SentMessage>;
  /** By bearer and person: what they have before them. */
  readonly conversations: Readonly<Record<'rcs' | 'sms', BoundedMap<Conversation>>>;
}

/** A routed request whose credentials hold. */
export interface Routing {
  readonly request: WireRequest;
  readonly what: string;
  readonly params: Readonly<Record<string, string>>;
  readonly authorization: VonageAuthorization['kind'];
  /** The id of an error, should there be one. */
  readonly instance: () => string;
}

/** Vonage's numbers have no plus sign. */
export function subscriberOf(context: VonageContext, number: string): Subscriber | undefined {
  return context.directory.byMsisdn(`+${number}`);
}
