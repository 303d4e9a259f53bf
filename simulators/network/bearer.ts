/**
 * The seams between the parties of a world. Carrier, gateway, push and device never import each
 * other: `simulators/world.ts` hands them to one another through these interfaces.
 */
import type { AttestationFault } from '../kernel/events-mls.ts';
import type { DevicePlan, PersonPlan } from '../kernel/plan.ts';
import type { MmsFile } from '../protocol/mms/message.ts';
import type { RichContent } from '../protocol/rich-content.ts';
import type { PublicKeys } from '../protocol/imessage/packet.ts';
import type { TapLook } from './tap.ts';

interface OpenText {
  readonly kind: 'text';
  readonly text: string;
  readonly rich?: RichContent;
}

interface MlsBytes {
  readonly kind: 'mls';
  /** RCC.16: `message/mls` (application) or `message/mls-rcs-client` (Welcome, Commit). */
  readonly contentType: 'message/mls' | 'message/mls-rcs-client';
  readonly eraId: number;
  /** base64 */
  readonly epochAuthenticator: string;
  /** An MLSMessage (RFC 9420 §6). */
  readonly body: Uint8Array;
}

/** What a carrier brings to a phone. */
export type BearerContent = (OpenText | MlsBytes) & {
  /** What the first core on its way saw in it: those that follow would see the same. */
  seen?: { readonly of: BearerContent; readonly look: TapLook };
};

export interface BearerMessage {
  readonly wire: string;
  readonly parent?: string;
  readonly bearer: 'rcs' | 'sms';
  /** An agent (`agent:ID`), a short code, or another person's msisdn. */
  readonly from: string;
  readonly person: string;
  readonly content: BearerContent;
  /** The planned message where a canary told it. */
  readonly message?: string;
  /** The component that hands it over (`gateway/rbm`), for `carried`; `from` when absent. */
  readonly via?: string;
  /** Device ids (`1`, `2`): only these get it. Absent: every fitting device of the person. */
  readonly devices?: readonly string[];
}

/** A WAP push as a phone gets it. */
export interface WapPush {
  readonly wire: string;
  /** The short messages in order, each with its user data header. */
  readonly messages: readonly Uint8Array[];
  /** The planned message that it is about. */
  readonly message?: string;
}

/** How a phone answers; each at most once per device and message. IMDN in RCS, receipts in SMS. */
export interface Receipts {
  delivered(device: string): void;
  /** Only when the person lets read receipts out. */
  displayed(device: string): void;
  /** RCC.16 reason words; the message stays undisplayed on that device. */
  failed(device: string, reason: string): void;
}

export interface ClaimedKeyPackage {
  readonly device: string;
  readonly keyPackage: Uint8Array;
  readonly reference: string;
  readonly lastResort: boolean;
  /** The device's attestation does not hold: it is to be told on, and not to be trusted. */
  readonly unattested?: AttestationFault;
  /** A fault: this one-time package was given out before. */
  readonly again?: true;
}

/** How a leaf names itself: by Basic credential, or by an X.509-style certificate (RCC.16). */
export type CredentialForm = 'basic' | 'x509';

/** What happens to a device that others have to know of. */
export type HandsetChange =
  | 'reachable'
  | 'revoked'
  | 'keys-lost'
  | 'keys-renewed'
  /** New keys beside the old ones, which go on working until they are replaced. */
  | 'keys-rotated'
  /** An update or a setting gave or took what it can do. */
  | 'capability'
  /** Its attestation failed, or holds again. */
  | 'attestation';

/** One phone (or tablet) as cores, gateways and push services see it. */
export interface Handset {
  /** `person/ana/device/1` */
  readonly path: string;
  readonly person: string;
  readonly plan: DevicePlan;
  /** On a network now, so that this bearer can bring something. Only the SIM device gets SMS. */
  reachable(bearer: 'rcs' | 'sms'): boolean;
  /** As registered last (an offline phone still looks capable); false once revoked. */
  features(): { readonly rcs: boolean; readonly e2ee: boolean };
  /** Removed from the account: cores no longer deliver, the world still feeds it ciphertexts. */
  readonly revoked: boolean;
  receive(message: BearerMessage, receipts: Receipts): void;
  /** A WAP push: binary short messages to a port. Absent: it takes none. */
  receiveWapPush?(push: WapPush, receipts: Receipts): void;
  /** Later ciphertexts of groups that it was in, after its revocation: tries to decrypt, tells. */
  overhear(message: BearerMessage): void;
  /** Default form: `basic`. */
  claimKeyPackage(
    form?: CredentialForm,
  ): ClaimedKeyPackage | Promise<ClaimedKeyPackage | undefined> | undefined;
  /** On any network now. */
  readonly online?: boolean;
  /** Its public keys for iMessage; undefined where it has none now. */
  imessageKeys?(): PublicKeys | undefined;
  /** Why it is not to be trusted; undefined when SIM and platform are what they claim. */
  readonly attestationFault?: AttestationFault | undefined;
  /** Called whenever it becomes reachable, is revoked, or renews its keys. */
  onChange(listener: (change: HandsetChange) => void): void;
}

/** A person's SIM and account. */
export interface Subscriber {
  readonly plan: PersonPlan;
  readonly handsets: readonly Handset[];
  /** Called when a device appears on the number that was not there before. */
  onNewHandset?(listener: (handset: Handset) => void): void;
}

/** Finds people by number; the same for every party. */
export interface Directory {
  byMsisdn(msisdn: string): Subscriber | undefined;
  byId(person: string): Subscriber | undefined;
  readonly everybody: readonly Subscriber[];
}

/** What a gateway (or a phone) asks of a carrier's RCS core. */
export interface RcsCore {
  /** `carrier/northtel/rcs` */
  readonly path: string;
  readonly carrier: string;
  /** Capability exchange (RCC.07 §2.6): undefined when nobody answers (outage, no RCS). */
  capabilities(person: string): { readonly e2ee: boolean } | undefined;
  /** As last registered, whatever the core's state (a hub remembers a number for a month). */
  registered(person: string): { readonly e2ee: boolean } | undefined;
  /**
   * Takes a message to store and forward. Retries by itself while the core is down or the phone is
   * away, until `expiresAtMicros`. Outcome events go to `outcome` at most once each.
   */
  submit(message: BearerMessage, expiresAtMicros: number, outcome: CoreOutcome): void;
  /** True when it was still stored (nothing was delivered and nothing will be). */
  revoke(wire: string): boolean;
  /**
   * Something that a phone sends (a reply to an agent): `arrived` is called after the core's delay;
   * an outage holds it back. `device` is its path, `message` the planned message that it is.
   */
  fromPhone(
    device: string,
    content: BearerContent,
    wire: string,
    arrived: () => void,
    message?: string,
  ): void;
}

export interface CoreOutcome extends Receipts {
  expired(): void;
}

/** A device as the directory of Apple's service has it. */
export interface ImessageDevice {
  /** `person/ben/device/1` */
  readonly path: string;
  readonly person: string;
  readonly keys: PublicKeys;
}

/** Apple's service between iPhones as a phone sees it. */
export interface ImessageLine {
  /** The devices registered for a number; empty: it has none; undefined: no answer. */
  lookup(msisdn: string): readonly ImessageDevice[] | undefined;
  /** Whose signature key this is or was (`keyIdOf`). */
  sender(signatureKey: string): PublicKeys | undefined;
  /** False when it does not serve now: nothing was taken. */
  submit(sent: {
    readonly wire: string;
    /** The sender's path. */
    readonly device: string;
    readonly message: string;
    /** One for each device. */
    readonly packets: readonly { readonly path: string; readonly octets: Uint8Array }[];
    readonly arrived: (path: string, octets: Uint8Array) => void;
  }): boolean;
}

/** A multimedia message that a gateway hands to a carrier's MMS centre for a person. */
export interface GatewayMms {
  /** The gateway's: `twilio:MM…`. */
  readonly wire: string;
  /** `gateway/twilio` */
  readonly via: string;
  /** What the phone shows as sender: a number, a short code, an alphanumeric id. */
  readonly from: string;
  readonly person: string;
  readonly text: string;
  readonly files: readonly MmsFile[];
  readonly message?: string;
  /** How long it may wait, µs; the carrier's own limit holds too. */
  readonly validMicros: number;
  /** Told once, unless the network loses it. */
  readonly ended: (end: 'delivered' | 'failed' | 'expired') => void;
}

/** A carrier's MMS centre as its own phones and the gateways see it. */
export interface MmsLine {
  /** `carrier/northtel/mms` */
  readonly path: string;
  /** Where phones post and fetch: `http://…/mmsc`. */
  readonly url: string;
  /** Largest message that it takes, octets: part of a phone's carrier settings. */
  readonly maxBytes: number;
  /**
   * From a gateway (MM7, 3GPP TS 23.140 §8.7.1), held while the centre is down. False when it is
   * larger than the centre takes: nothing will come of it.
   */
  submit(mms: GatewayMms): boolean;
}

/** A text that a gateway hands to a carrier's SMS centre for a person. */
export interface GatewayText {
  /** The gateway's: `twilio:SM…`. */
  readonly wire: string;
  /** `gateway/twilio` */
  readonly via: string;
  /** What the phone shows as sender: a number, a short code, an alphanumeric id. */
  readonly from: string;
  readonly person: string;
  readonly text: string;
  /** Instead of the text: a WAP push, as binary short messages. */
  readonly wapPush?: readonly Uint8Array[];
  readonly message?: string;
  /** How long it may wait, µs; the carrier's own limit holds too. */
  readonly validMicros: number;
  /** Told once, unless the network loses it. */
  readonly ended: (end: 'delivered' | 'failed' | 'expired' | 'cancelled') => void;
}

/** A carrier's SMS centre as gateways see it; their binds to it are not simulated. */
export interface SmsLine {
  /** `carrier/northtel/sms` */
  readonly path: string;
  /** Takes it to store and forward; holds it while the centre is down. */
  submit(text: GatewayText): void;
  /** By the gateway's wire; true when the phone had not been given it. It then ends `cancelled`. */
  cancel(wire: string): boolean;
  /**
   * What a phone writes to one of the gateway's numbers: `arrived` is called after the centre's
   * delay; an outage holds it back.
   */
  fromPhone(
    device: string,
    text: string,
    wire: string,
    arrived: () => void,
    message?: string,
  ): void;
}

/** What a phone's push service connection brings. */
export interface PushDelivery {
  readonly wire: string;
  readonly provider: 'apns' | 'fcm';
  readonly kind: 'alert' | 'background';
  readonly priority: 'high' | 'normal';
  readonly mutable: boolean;
  /** A notification of the same id is replaced by this one (apns-collapse-id). */
  readonly collapseId?: string;
  /** The payload as the app receives it (APNs JSON; FCM `{notification?, data?}`). */
  readonly payload: unknown;
  readonly message?: string;
}

export interface PushHandset {
  readonly path: string;
  readonly person: string;
  /** Hex for APNs, opaque for FCM; changes when it is invalidated and registered again. */
  readonly token: string;
  /** How long a push takes to this phone, µs: uniform between the two. */
  readonly delayMicros: readonly [number, number];
  /** online | offline (stored or dropped by the service) | unregistered (410 / UNREGISTERED). */
  state(): 'online' | 'offline' | 'unregistered';
  receive(push: PushDelivery): void;
  onChange(listener: () => void): void;
}
