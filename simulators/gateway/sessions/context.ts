import type { Ambient } from '../../kernel/ambient.ts';
import type { Directory, RcsCore, Subscriber } from '../../network/bearer.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { WireRequest } from '../../network/wire.ts';
import type { TokenIssuer } from '../../protocol/oauth/token-issuer.ts';
import type { SessionCallbacks } from './callback-scheme.ts';
import type { ManagedGroups } from './managed-groups.ts';
import type { ReceiptKeys } from './receipt-keys.ts';
import type { SessionStore } from './session-store.ts';
import type { Transactions } from './transactions.ts';

/** What the operations of the gateway share. */
export interface SessionsContext {
  readonly ambient: Ambient;
  readonly component: string;
  readonly agentId: string;
  readonly directory: Directory;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly tap: SteppedTap;
  readonly tokens: TokenIssuer;
  readonly keys: ReceiptKeys;
  readonly sessions: SessionStore;
  readonly transactions: Transactions;
  readonly groups: ManagedGroups;
  readonly webhook: SessionCallbacks;
}

/** A routed request. */
export interface Routing {
  readonly request: WireRequest;
  /** `POST /v1/phones/{E164}/secureSessions` */
  readonly what: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The core that serves a person, where one does and the person is registered with RCS. */
export function reachOf(
  { coreOf }: Pick<SessionsContext, 'coreOf'>,
  subscriber: Subscriber | undefined,
): { readonly core: RcsCore; readonly e2ee: boolean } | undefined {
  if (subscriber === undefined) return undefined;
  const core = coreOf(subscriber.plan.id);
  const registered = core?.registered(subscriber.plan.id);
  return core === undefined || registered === undefined
    ? undefined
    : { core, e2ee: registered.e2ee };
}
