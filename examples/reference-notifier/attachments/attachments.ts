import { digestOf, sealObject } from 'bellwether/protocol';
import type { AttachmentDescriptor, PartDescriptor } from 'bellwether/protocol';
import type { ModuleClock, ModulePorts, ModuleStore } from 'bellwether/module';
import type { Message } from '../message.ts';
import type { Policy } from '../policy.ts';
import { sameText } from '../seal.ts';
import type { Vault } from '../seal.ts';
import { sleep, within } from '../within.ts';
import type { StoreClient } from './store-client.ts';

/** A file as the caller hands it over; contents are base64. */
export interface GivenFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly thumbnail?: string | undefined;
}

/** Files that go with messages: encrypted here, kept in the store, given out by ending URLs. */
export interface Attachments {
  /** Written down before the message is; the upload begins with `upload`. */
  keep(message: string, file: GivenFile): void;
  /** Puts it into the store, again and again until it is there. Once more where it was damaged. */
  upload(message: Message): void;
  /** With URLs of its own, once it is in the store or has had time for that; null: no file. */
  describe(message: Message): Promise<AttachmentDescriptor | null>;
  /** What its receivers may ask with. */
  admits(message: string, token: string): boolean;
}

interface KeptPart {
  readonly content: string;
  readonly key: string;
  readonly nonce: string;
}

interface Kept {
  readonly name: string;
  readonly type: string;
  readonly token: string;
  readonly file: KeptPart;
  readonly thumbnail: KeptPart | null;
}

export interface AttachmentDeps {
  readonly clock: ModuleClock;
  readonly random: ModulePorts['random'];
  readonly store: ModuleStore;
  readonly vault: Vault;
  readonly policy: Policy;
  readonly publicUrl: string;
  /** Null where there is no store: messages go without their files. */
  readonly client: StoreClient | null;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A message does not wait longer than this for its file to be in the store. */
const UPLOAD_WAIT_MS = 1_500;

const PARTS = ['file', 'thumbnail'] as const;

export function createAttachments(deps: AttachmentDeps): Attachments {
  const { clock, random, store, vault, policy, client } = deps;
  const uploads = new Map<string, Promise<void>>();
  const recordKey = (message: string): string => `attachment/${message}`;

  const load = (message: string): Kept | null => {
    const sealed = store.get(recordKey(message));
    if (typeof sealed !== 'string') return null;
    return JSON.parse(vault.open(sealed, recordKey(message))) as Kept;
  };

  const sealed = (part: KeptPart): Uint8Array =>
    sealObject(
      Buffer.from(part.content, 'base64'),
      Buffer.from(part.key, 'base64'),
      Buffer.from(part.nonce, 'base64'),
    );

  const put = async (message: Message, kept: Kept): Promise<void> => {
    for (const name of PARTS) {
      const part = kept[name];
      if (part === null || client === null) continue;
      let pauseMs = FIRST_PAUSE_MS;
      while (!(await client.put(objectKey(message.id, name), sealed(part), name))) {
        // Without its preview a file is still a file.
        if (name === 'thumbnail' || clock.epochMillis() > message.expiresAtMs) break;
        await sleep(clock, pauseMs);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  };

  const linked = (
    message: string,
    name: (typeof PARTS)[number],
    part: KeptPart,
  ): PartDescriptor => {
    const bytes = sealed(part);
    const { url, untilMs } = client!.link(objectKey(message, name), policy.attachmentUrlSeconds);
    return {
      url,
      until: new Date(untilMs).toISOString(),
      size: bytes.length,
      sha256: digestOf(bytes),
      key: part.key,
      nonce: part.nonce,
    };
  };

  return {
    keep: (message, { name, type, content, thumbnail }) => {
      const part = (text: string): KeptPart => ({
        content: text,
        key: base64(random(32)),
        nonce: base64(random(12)),
      });
      const kept: Kept = {
        name,
        type,
        token: Buffer.from(random(24)).toString('base64url'),
        file: part(content),
        thumbnail: thumbnail === undefined || thumbnail === '' ? null : part(thumbnail),
      };
      store.set(recordKey(message), vault.seal(JSON.stringify(kept), recordKey(message)));
    },
    upload: (message) => {
      const kept = client === null ? null : load(message.id);
      if (kept === null) return;
      const before = uploads.get(message.id) ?? Promise.resolve();
      const made = before.then(() => put(message, kept));
      uploads.set(message.id, made);
    },
    describe: async (message) => {
      const kept = client === null ? null : load(message.id);
      if (kept === null) return null;
      await within(clock, UPLOAD_WAIT_MS, uploads.get(message.id) ?? Promise.resolve());
      const { id } = message;
      return {
        id,
        name: kept.name,
        type: kept.type,
        file: linked(id, 'file', kept.file),
        ...(kept.thumbnail !== null && { thumbnail: linked(id, 'thumbnail', kept.thumbnail) }),
        refresh: { url: `${deps.publicUrl}/v1/attachments/${id}/refresh`, token: kept.token },
      };
    },
    admits: (message, token) => {
      const kept = load(message);
      return kept !== null && sameText(kept.token, token);
    },
  };
}

/** Nobody can guess one object's name from another's. */
function objectKey(message: string, name: 'file' | 'thumbnail'): string {
  return `${message}/${name}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
