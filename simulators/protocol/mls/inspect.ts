import { createWireReader, WireError } from './wire-reader.ts';
import type { WireReader } from './wire-reader.ts';
import { hexOf } from './crypto/bytes.ts';
import type { Refused } from './types.ts';
import { requireEnd, walkCommit, walkKeyPackage } from './wire-walk.ts';

/** Wire formats of MLSMessage (RFC 9420 §17.2). */
const WIRE_FORMATS = {
  1: 'public-message',
  2: 'private-message',
  3: 'welcome',
  4: 'group-info',
  5: 'key-package',
} as const satisfies Record<number, string>;

/** Content types of a framed message (RFC 9420 §6). */
const CONTENT_TYPES = {
  1: 'application',
  2: 'proposal',
  3: 'commit',
} as const satisfies Record<number, string>;

export type ContentType = (typeof CONTENT_TYPES)[keyof typeof CONTENT_TYPES];

/** PublicMessage and PrivateMessage (RFC 9420 §6.2, §6.3). */
export interface InspectedFrame {
  readonly kind: 'inspected';
  readonly wireFormat: 'public-message' | 'private-message';
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly contentType: ContentType;
  readonly authenticatedData: Uint8Array;
  /** PublicMessage from a member only: its leaf; a PrivateMessage hides its sender. */
  readonly senderLeafIndex?: number;
  /** PublicMessage of one who is no member yet: a proposal to be added, or an external Commit. */
  readonly newMember?: true;
}

/** Welcome (RFC 9420 §12.4.3.1): who it is for, by KeyPackageRef in lower-case hex. */
export interface InspectedWelcome {
  readonly kind: 'inspected';
  readonly wireFormat: 'welcome';
  readonly suite: number;
  readonly keyPackageReferences: readonly string[];
}

/** GroupInfo (RFC 9420 §12.4.3), from its GroupContext (§8.1). */
export interface InspectedGroupInfo {
  readonly kind: 'inspected';
  readonly wireFormat: 'group-info';
  readonly suite: number;
  readonly groupId: Uint8Array;
  readonly epoch: number;
}

/** KeyPackage (RFC 9420 §10); `MlsEngine.checkKeyPackage` says what is in it and if it holds. */
export interface InspectedKeyPackage {
  readonly kind: 'inspected';
  readonly wireFormat: 'key-package';
  readonly suite: number;
  /** UTF-8 of a Basic credential; undefined for other kinds. Not verified. */
  readonly identity: string | undefined;
}

export type Inspection =
  InspectedFrame | InspectedWelcome | InspectedGroupInfo | InspectedKeyPackage;

const PROTOCOL_VERSION_MLS10 = 1;
/** SenderType (RFC 9420 §6): member and external carry a uint32, the two new_member kinds none. */
const SENDER_MEMBER = 1;
const SENDER_EXTERNAL = 2;
const SENDER_NEW_MEMBER = 3;
const SENDER_LAST = 4;

function contentTypeAt(reader: WireReader): ContentType {
  const at = reader.offset;
  const code = reader.uint8();
  const type = (CONTENT_TYPES as Record<number, ContentType>)[code];
  if (type === undefined) throw new WireError(`content type ${code} is unknown`, at);
  return type;
}

function inspectPublic(reader: WireReader): InspectedFrame {
  const groupId = reader.vector();
  const epoch = reader.uint64();
  const at = reader.offset;
  const sender = reader.uint8();
  if (sender < SENDER_MEMBER || sender > SENDER_LAST) {
    throw new WireError(`sender type ${sender} is unknown`, at);
  }
  const index = sender <= SENDER_EXTERNAL ? reader.uint32() : undefined;
  const authenticatedData = reader.vector();
  const contentType = contentTypeAt(reader);
  if (contentType === 'commit') {
    walkCommit(reader);
    reader.vector();
    reader.vector();
    if (sender === SENDER_MEMBER) reader.vector();
    requireEnd(reader);
  }
  return {
    kind: 'inspected',
    wireFormat: 'public-message',
    groupId,
    epoch,
    contentType,
    authenticatedData,
    ...(sender === SENDER_MEMBER && index !== undefined ? { senderLeafIndex: index } : {}),
    ...(sender >= SENDER_NEW_MEMBER && { newMember: true as const }),
  };
}

function inspectPrivate(reader: WireReader): InspectedFrame {
  const groupId = reader.vector();
  const epoch = reader.uint64();
  const contentType = contentTypeAt(reader);
  const authenticatedData = reader.vector();
  reader.vector();
  reader.vector();
  requireEnd(reader);
  return {
    kind: 'inspected',
    wireFormat: 'private-message',
    groupId,
    epoch,
    contentType,
    authenticatedData,
  };
}

function inspectWelcome(reader: WireReader): InspectedWelcome {
  const suite = reader.uint16();
  const bytes = reader.vector();
  const secrets = createWireReader(bytes, reader.offset - bytes.length);
  const keyPackageReferences: string[] = [];
  while (secrets.remaining > 0) {
    keyPackageReferences.push(hexOf(secrets.vector()));
    secrets.vector();
    secrets.vector();
  }
  reader.vector();
  requireEnd(reader);
  return { kind: 'inspected', wireFormat: 'welcome', suite, keyPackageReferences };
}

function inspectGroupInfo(reader: WireReader): InspectedGroupInfo {
  reader.uint16();
  const suite = reader.uint16();
  const groupId = reader.vector();
  return {
    kind: 'inspected',
    wireFormat: 'group-info',
    suite,
    groupId,
    epoch: reader.uint64(),
  };
}

function inspectKeyPackage(reader: WireReader): InspectedKeyPackage {
  reader.uint16();
  const { suite, identity } = walkKeyPackage(reader);
  requireEnd(reader);
  return { kind: 'inspected', wireFormat: 'key-package', suite, identity };
}

function inspectBody(reader: WireReader): Inspection | Refused {
  const version = reader.uint16();
  if (version !== PROTOCOL_VERSION_MLS10) {
    const detail = `protocol version ${version} is not mls10`;
    return { kind: 'refused', reason: 'unsupported-version', detail, offset: 0 };
  }
  const at = reader.offset;
  const code = reader.uint16();
  switch ((WIRE_FORMATS as Record<number, string>)[code]) {
    case 'public-message':
      return inspectPublic(reader);
    case 'private-message':
      return inspectPrivate(reader);
    case 'welcome':
      return inspectWelcome(reader);
    case 'group-info':
      return inspectGroupInfo(reader);
    case 'key-package':
      return inspectKeyPackage(reader);
    default:
      throw new WireError(`wire format ${code} is unknown`, at);
  }
}

/**
 * What can be read of an MLSMessage (RFC 9420 §6) without any key: enough for a delivery service
 * to route it and to order commits. Never throws; octets that are none are `refused` with offset.
 */
export function inspect(message: Uint8Array): Inspection | Refused {
  try {
    return inspectBody(createWireReader(message));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { kind: 'refused', reason: 'unparsable', detail: error.message, offset: error.offset };
  }
}
