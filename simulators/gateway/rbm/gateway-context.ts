import type { Ambient } from '../../kernel/ambient.ts';
import type { Random } from '../../kernel/random.ts';
import type { Directory, RcsCore, Subscriber } from '../../network/bearer.ts';
import type { WireRequest } from '../../network/wire.ts';
import type { IsoDates } from '../../protocol/iso-dates.ts';
import type { ConversationFocus } from './conversation-focus.ts';
import type { DeviceWatch } from './device-watch.ts';
import type { FileStore } from './files.ts';
import type { OutgoingMessages } from './outgoing.ts';
import type { Query } from './query.ts';
import type { SeenIds } from './seen-ids.ts';
import type { Testers } from './testers.ts';
import type { WebhookQueue } from './webhook-scheme.ts';

/** What a person attached: a small text file, at an address that needs no token. */
export interface UserFile {
  readonly mimeType: string;
  readonly body: Uint8Array;
}

/** What the operations of the gateway share. */
export interface GatewayContext {
  readonly ambient: Ambient;
  readonly component: string;
  readonly agentId: string;
  readonly directory: Directory;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly policyDisclosure: string;
  readonly focus: ConversationFocus;
  readonly outgoing: OutgoingMessages;
  readonly watch: DeviceWatch;
  readonly seenIds: SeenIds;
  readonly files: FileStore;
  readonly testers: Testers;
  readonly webhook: WebhookQueue;
  /** For the dates of answers. */
  readonly isoDate: IsoDates;
  /** Draws the samples of batch reach. */
  readonly reachSample: Random;
  /** A file that a person sent. */
  readonly userFile: (id: string) => UserFile | undefined;
  /** Called with every application ciphertext that could be read, whatever its answer will be. */
  readonly onCiphertext: (person: string, wire: string, body: Uint8Array) => void;
}

/** A routed request. */
export interface Routing {
  readonly request: WireRequest;
  /** `POST /v1/phones/{E164}/agentMessages` */
  readonly what: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The number of the path, where it has one. */
  readonly number: string;
  readonly subscriber: Subscriber | undefined;
}

/** The core that serves a person, where one does and the person is registered with RCS. */
export function reachOf(
  context: GatewayContext,
  subscriber: Subscriber | undefined,
): { readonly core: RcsCore; readonly e2ee: boolean } | undefined {
  if (subscriber === undefined) return undefined;
  const core = context.coreOf(subscriber.plan.id);
  const registered = core?.registered(subscriber.plan.id);
  if (core === undefined || registered === undefined) return undefined;
  return { core, e2ee: registered.e2ee };
}
