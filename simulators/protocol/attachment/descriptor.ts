/**
 * What a receiver is told of a file: where it is, how long the URL works, its digest, and the key
 * that it was encrypted with. It travels inside of what protects the message: the MLS ciphertext,
 * the page behind a sign-in, the app's own call. JSON, version 1 (docs/attachments.md); the body of
 * RCC.16's `message/mls-rcs-file-info` is not public.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** One object in a store. */
export interface PartDescriptor {
  readonly url: string;
  /** When the URL stops working: ISO 8601, as `until` of RCS file transfer by HTTP. */
  readonly until: string;
  /** Of the bytes in the store. */
  readonly size: number;
  /** Of the bytes in the store, lower-case hex; absent: the sender told none. */
  readonly sha256?: string;
  /** AES-256-GCM: base64 of 32 bytes, and of 12; both absent where it is stored in the clear. */
  readonly key?: string;
  readonly nonce?: string;
}

export interface AttachmentDescriptor {
  readonly id: string;
  readonly name: string;
  /** The media type of what was encrypted. */
  readonly type: string;
  readonly file: PartDescriptor;
  readonly thumbnail?: PartDescriptor;
  /** POST there, with the bearer token: `{"part": …}` is answered by a fresh descriptor. */
  readonly refresh?: { readonly url: string; readonly token: string };
}

const TAG_BYTES = 16;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readPart(value: unknown): PartDescriptor | undefined {
  if (!isRecord(value)) return undefined;
  const url = text(value['url']);
  const until = text(value['until']);
  const { size } = value;
  if (url === undefined || !URL.canParse(url)) return undefined;
  if (until === undefined || Number.isNaN(Date.parse(until))) return undefined;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) return undefined;
  const sha256 = text(value['sha256'])?.toLowerCase();
  const key = text(value['key']);
  const nonce = text(value['nonce']);
  return {
    url,
    until,
    size,
    ...(sha256 !== undefined && { sha256 }),
    ...(key !== undefined && { key }),
    ...(nonce !== undefined && { nonce }),
  };
}

function readRefresh(value: unknown): AttachmentDescriptor['refresh'] {
  if (!isRecord(value)) return undefined;
  const url = text(value['url']);
  const token = text(value['token']);
  return url === undefined || token === undefined ? undefined : { url, token };
}

/** Undefined when it is not a descriptor; of a broken thumbnail only that is left out. */
export function readDescriptor(value: unknown): AttachmentDescriptor | undefined {
  if (!isRecord(value)) return undefined;
  const id = text(value['id']);
  const file = readPart(value['file']);
  if (id === undefined || file === undefined) return undefined;
  const thumbnail = readPart(value['thumbnail']);
  const refresh = readRefresh(value['refresh']);
  return {
    id,
    name: text(value['name']) ?? 'file',
    type: text(value['type']) ?? 'application/octet-stream',
    file,
    ...(thumbnail !== undefined && { thumbnail }),
    ...(refresh !== undefined && { refresh }),
  };
}

/** Lower-case hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** AES-256-GCM with the tag at the end. `key` of 32 bytes, `nonce` of 12. */
export function sealObject(bytes: Uint8Array, key: Uint8Array, nonce: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed; undefined when the bytes, the key or the nonce are not those. */
export function openObject(part: PartDescriptor, bytes: Uint8Array): Uint8Array | undefined {
  if (part.key === undefined || part.nonce === undefined) return bytes;
  const at = bytes.length - TAG_BYTES;
  if (at < 0) return undefined;
  try {
    const key = Buffer.from(part.key, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(part.nonce, 'base64'));
    decipher.setAuthTag(bytes.subarray(at));
    return Buffer.concat([decipher.update(bytes.subarray(0, at)), decipher.final()]);
  } catch {
    // Wrong bytes are no error of ours: the receiver shows nothing of them.
    return undefined;
  }
}
