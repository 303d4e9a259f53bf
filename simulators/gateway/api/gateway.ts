/** What every vendor's gateway is to the world, and its row in the registry. */
import type { Ambient } from '../../kernel/ambient.ts';
import type { ServiceError } from '../../kernel/service-entry.ts';
import type { Target } from '../../kernel/target.ts';
import type { Channel } from '../../kernel/words.ts';
import type { BearerContent, Directory, MmsLine, RcsCore, SmsLine } from '../../network/bearer.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, Network } from '../../network/wire.ts';
import type { SuggestionDoes } from '../../protocol/rich-content.ts';
import type { Operation } from './routes.ts';

/** What a world gives to a gateway of any vendor. */
export interface GatewayOptions {
  readonly ambient: Ambient;
  /** For the component `gateway/<name>`. */
  readonly conditions: Conditions;
  /** Observer `gateway`. */
  readonly tap: SteppedTap;
  readonly directory: Directory;
  /** The RCS core of a person's carrier; undefined where it has none. */
  readonly coreOf: (person: string) => RcsCore | undefined;
  /** The SMS centre of a person's carrier; undefined where it has none. */
  readonly smsOf: (person: string) => SmsLine | undefined;
  /** The MMS centre of a person's carrier; undefined where it has none. */
  readonly mmsOf?: (person: string) => MmsLine | undefined;
  /** For webhooks. */
  readonly request: Network['call'];
  /** The policy's sentence by which a downgrade is disclosed; empty when there is none. */
  readonly policyDisclosure: string;
  /** The policy's gatewayBackOffMicros: how long a 5xx says "broken". Default 60 s. */
  readonly backOffMicros?: number;
  /** Told of every application ciphertext that a sender handed over, accepted or not. */
  readonly onCiphertext?: (person: string, wire: string, body: Uint8Array) => void;
}

/** Where the implementation's webhooks are. */
export interface WebhookAddress {
  /** Where the world reaches the one that implementation.yaml declares. */
  readonly url: string;
  /** The same for what people write, where that has an address of its own. */
  readonly inboundUrl?: string;
  /** The secret by which callbacks are signed, where the implementation chooses it. */
  readonly clientToken: string;
  /**
   * What stands before every path: as the vendor is told (the public address, by which signatures
   * are made) and as the world reaches it. Without slashes at the end. Absent: they are the same.
   */
  readonly bases?: { readonly told: string; readonly reached: string };
}

/** Whether the webhook was proven, where the vendor proves it; `why` and `note` for the reader. */
export type HandshakeResult =
  { readonly held: true; readonly note?: string } | { readonly held: false; readonly why: string };

/** What was tapped, where the phone shows it. */
export interface TappedSuggestion {
  readonly does: SuggestionDoes;
  /** The gateway that brought it: `gateway/twilio`; and the wire by which it sent it. */
  readonly via: string;
  readonly wire: string;
}

/** What a person writes to the business, as it leaves the phone. */
export interface PersonMessage {
  readonly person: string;
  /** The phone's path. */
  readonly device: string;
  readonly content: BearerContent;
  /** The planned message that it is, or the name by which `consent.said` has it. */
  readonly message?: string;
  /** A tap on a suggestion or a button: what the business had put behind it. */
  readonly postback?: string;
  /** Of a tap on a suggestion that the phone shows. */
  readonly tapped?: TappedSuggestion;
  /** Not a text but a place or a file, where the vendor has such; the text is in the file. */
  readonly share?: 'location' | 'file';
  /** The vendor is told that the person types, where it has a word for that. */
  readonly typing?: true;
}

export interface Gateway {
  /** `gateway/twilio` */
  readonly path: string;
  readonly door: HttpDoor;
  readonly target: Target;
  /** The identity of the business's MLS leaf, where the gateway carries MLS: `agent:bellwether`. */
  readonly agent?: string;
  /**
   * What a program needs to use it, as `${gateway.<name>.…}`: `url` (the door's, unslashed),
   * credentials, the secrets by which callbacks are signed.
   */
  environment(url: string): Readonly<Record<string, string>>;
  /** From now on callbacks go there; proven first where the vendor does so. */
  connectWebhook(address: WebhookAddress): Promise<HandshakeResult>;
  /** The person behind a number wants no more messages, where the vendor keeps such a list. */
  optOut?(msisdn: string): void;
  /** A person writes to the business, or taps a button. */
  userMessage(written: PersonMessage): void;
  /** Where phones get the files of messages; absent where the vendor has none. */
  readonly content?: {
    readonly door: HttpDoor;
    /** Told once, before anything is sent. */
    servedAt(url: string): void;
  };
  /** What has not come to rest, in words. */
  unfinished(): string[];
}

/** A row of the gateway registry, by the word in `world.gateways`. */
export interface GatewayRow {
  /**
   * The vendor's hosts, by which calls of programs that cannot be given an address are brought
   * here; `*` stands for one label (`*-rcsbusinessmessaging.googleapis.com`).
   */
  readonly hosts: readonly string[];
  /** What it can bring to people. A secure link travels on any of them that carries open text. */
  readonly carries: readonly Channel[];
  /**
   * It holds the keys of what it encrypts for people (a gateway-managed session), so that it can
   * read it: whether it may is the policy's to say (`gateway` on `rcs-e2ee`).
   */
  readonly readsEncrypted?: true;
  /** Reads files: never while virtual time is driven. */
  readonly load: () => Promise<GatewayEntry>;
}

/** A gateway of the registry: what it is, and what makes it. */
export interface GatewayEntry {
  /** The word in `world.gateways`. */
  readonly name: string;
  /** One sentence for `bellwether list`. */
  readonly doc: string;
  /** The vendor's own reference. */
  readonly docs: string;
  /** A page of docs/ written by hand, where there is one: `gateway-rbm.md`. */
  readonly guide?: string;
  /** The very rows of its route table. */
  readonly operations: readonly Operation[];
  /** Every error code that it answers or tells, each reached by a test; absent: no vendor's. */
  readonly errors?: readonly ServiceError[];
  /** What is simplified or left out against the vendor, each in a sentence. */
  readonly differences: readonly string[];
  /** Where what is told nowhere else comes from. */
  readonly sources: readonly string[];
  readonly create: (options: GatewayOptions) => Gateway;
}
