import type { WireRequest } from '../../network/wire.ts';
import type { IsoDates } from '../../protocol/iso-dates.ts';
import type { SinchTokenIssuer } from '../../protocol/sinch/token-issuer.ts';
import type { SinchWebhook } from '../../protocol/sinch/webhook.ts';
import type { WebhookVendorContext } from '../api/webhook-vendor.ts';
import { withPlus } from './contacts.ts';
import type { Contacts } from './contacts.ts';
import type { MessageStore } from './message-store.ts';
import type { Webhooks } from './webhooks.ts';

export interface SinchAccount {
  readonly projectId: string;
  readonly appId: string;
  readonly keyId: string;
  readonly keySecret: string;
}

/** What the operations of the gateway share. */
export interface SinchContext extends WebhookVendorContext<SinchWebhook> {
  readonly account: SinchAccount;
  readonly tokens: SinchTokenIssuer;
  readonly contacts: Contacts;
  readonly store: MessageStore;
  readonly webhooks: Webhooks;
  /** Conversations that were ended, until the next message. */
  readonly stopped: Set<string>;
  readonly isoDate: IsoDates;
  /** A new id in the form of Sinch's (a ULID). */
  readonly newId: () => string;
}

/** A routed request whose credentials hold. */
export interface Routing {
  readonly request: WireRequest;
  readonly what: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Now, as the API writes it. */
export function dateOf({ ambient, isoDate }: SinchContext): string {
  return isoDate(ambient.clock.epochMillis());
}

/** What every callback has around its own part. */
export function envelopeOf(
  context: SinchContext,
  facts: { readonly metadata?: string | undefined; readonly correlationId?: string | undefined },
) {
  const { account } = context;
  const now = dateOf(context);
  return {
    app_id: account.appId,
    project_id: account.projectId,
    accepted_time: now,
    event_time: now,
    message_metadata: facts.metadata ?? '',
    correlation_id: facts.correlationId ?? '',
  };
}

/** Sinch's numbers have no plus sign in callbacks, and either form in requests. */
export function personOf({ directory }: SinchContext, identity: string): string | undefined {
  return directory.byMsisdn(withPlus(identity))?.plan.id;
}
