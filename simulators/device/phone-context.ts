import type { Ambient } from '../kernel/ambient.ts';
import type { Scanner } from '../protocol/canary/scanner.ts';
import type { MlsEngine } from '../protocol/mls/types.ts';
import type { createLeafVerifier } from '../protocol/mls/x509/verify-leaf.ts';
import type { ImessageLine, BearerMessage, MmsLine, RcsCore, Receipts } from '../network/bearer.ts';
import type { ConversationFocus } from '../network/focus.ts';
import type { Network } from '../network/wire.ts';
import type { Tap } from '../network/tap.ts';
import type { SeenText } from './display.ts';
import type { PhoneEdges } from './edges.ts';
import type { Identification } from './identification.ts';
import type { CredentialAuthority } from './keys/authority.ts';
import type { AwakeMembers } from './keys/awake.ts';
import type { AttachmentLines } from './attachments/offer.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';
import type { PushRegistration } from './push-registration.ts';

/** How a person's own phone reaches other people: the carriers' cores, and who is where. */
export interface PhoneLines {
  /** The RCS core of a carrier; undefined when it has none. */
  readonly coreOf: (carrier: string) => RcsCore | undefined;
  /** Hands a text to a carrier's SMS centre; false when it has none. */
  readonly sendSms: (carrier: string, text: PhoneSms) => boolean;
  /** The MMS centre of a carrier; undefined when it has none. */
  readonly mmsOf: (carrier: string) => MmsLine | undefined;
  readonly ownerOf: (person: string) => Owner | undefined;
  /** The first of the plan's people who is somebody else; undefined where there is nobody. */
  readonly somebodyElse: (person: string) => Owner | undefined;
  readonly ownerOfNumber: (msisdn: string) => Owner | undefined;
  /** Puts the Commits of conversations between people in order. */
  readonly focus: ConversationFocus;
  /** Absent where the world has no such service. */
  readonly imessage?: ImessageLine;
}

/** A text from a phone (SMS-SUBMIT, TS 23.040). */
export interface PhoneSms {
  readonly wire: string;
  /** msisdn */
  readonly from: string;
  /** msisdn */
  readonly to: string;
  readonly text: string;
  readonly message: string | undefined;
}

/** What all phones of a world share; one record, so that a phone at rest is only a reference. */
export interface PhoneContext {
  readonly ambient: Ambient;
  readonly network: Pick<Network, 'request'>;
  readonly mls: MlsEngine;
  /** The engine of phones whose profile names a stack of its own, by its address. */
  readonly foreignEngine?: (address: string) => MlsEngine | undefined;
  /** Which of all phones' MLS states are unpacked. */
  readonly awake: AwakeMembers;
  readonly authority: CredentialAuthority;
  /** Checks a leaf certificate against what phones are configured with. */
  readonly verifyLeaf: ReturnType<typeof createLeafVerifier>;
  readonly scanner: Scanner;
  /** Tells what the ciphertexts held that no phone opened. */
  readonly identification: Identification;
  /** What anybody gets who opens a link without signing in. */
  readonly linkTap: Tap;
  readonly lines: PhoneLines;
  /** The policy's disclosure sentence. */
  readonly disclosure: string;
  /**
   * In a world without planned messages, where every text is content: it is shown although no plan
   * knows it, and told here. Undefined where messages are planned.
   */
  readonly onSeen?: ((seen: SeenText) => void) | undefined;
  /** The store for files; absent where the world has none. */
  readonly attachments?: AttachmentLines;
  /** The last step of a carrier, in worlds where that depends on the number; absent: `take()`. */
  readonly onTheWay?: (
    phone: Phone,
    message: BearerMessage,
    receipts: Receipts,
    take: () => void,
  ) => void;
  /** Undefined until the implementation is connected. */
  edges: PhoneEdges | undefined;
  /** Tokens that were ever given out, for the push services. */
  readonly tokens: Map<string, PushRegistration>;
  /** A device has a new push token or key: the implementation has to be told. */
  registrationChanged: (device: string) => void;
  /** An error of ours in promise work: it must end the run, never look like traffic. */
  readonly failed: (error: unknown) => void;
}
