import type { ModulePorts, ModuleStore } from 'bellwether/module';
import type { ReplyReader } from './encryption/e2ee-channel.ts';
import type { People, Person } from './people.ts';
import type { Vault } from './seal.ts';

/** What a person wrote to us. Everything in it is JSON: it lives in the store. */
interface StoredReply {
  readonly person: string;
  readonly receivedAtMs: number;
  readonly encrypted: boolean;
  /** The text, sealed; of one that is still unread the ciphertext, sealed too. */
  readonly sealed: string;
  readonly state: 'unread' | 'read' | 'unreadable';
  readonly device: string | null;
}

export interface Reply {
  readonly id: string;
  readonly from: string;
  readonly receivedAt: string;
  readonly encrypted: boolean;
  /** Null while it is unread, and for good when no key opens it. */
  readonly text: string | null;
}

/** What people answer. How sensitive it is nobody told us: all of it is sealed. */
export interface Replies {
  taken(person: Person, id: string, text: string): void;
  /** `body`: base64 of the MLSMessage as it came. Kept first, read after. */
  takenEncrypted(person: Person, id: string, device: string, body: string): void;
  /** Reads what a kill left unread. */
  resume(): void;
  all(): readonly Reply[];
}

export interface RepliesDeps {
  readonly clock: ModulePorts['clock'];
  readonly store: ModuleStore;
  readonly vault: Vault;
  readonly people: People;
  /** Null where no keys of our own are: nothing comes encrypted to them. */
  readonly reader: ReplyReader | null;
  /** What can be read of it, as soon as it can be. */
  heard(person: Person, text: string): void;
  log(line: string): void;
}

const PREFIX = 'reply/';

export function createReplies(deps: RepliesDeps): Replies {
  const { clock, store, vault, people, reader, log } = deps;
  const load = (id: string): StoredReply | undefined =>
    store.get(PREFIX + id) as StoredReply | undefined;
  const save = (id: string, reply: StoredReply): void => store.set(PREFIX + id, reply);

  const read = (id: string): void => {
    const reply = load(id);
    const person = people.byId(reply?.person ?? '');
    if (reply === undefined || person === undefined) return;
    const body = Buffer.from(vault.open(reply.sealed, PREFIX + id), 'base64');
    const keep = (text: string | null): void => {
      if (text === null) {
        save(id, { ...reply, state: 'unreadable' });
        return;
      }
      save(id, { ...reply, state: 'read', sealed: vault.seal(text, PREFIX + id) });
      deps.heard(person, text);
    };
    reader?.read(person, reply.device ?? '', body, keep).catch((error: unknown) => {
      log(`a reply could not be read: ${error instanceof Error ? error.message : 'error'}`);
    });
  };

  const take = (
    id: string,
    reply: Omit<StoredReply, 'receivedAtMs' | 'sealed'>,
    content: string,
  ) => {
    // A repetition of the gateway's is the same message.
    if (load(id) !== undefined) return false;
    save(id, {
      ...reply,
      receivedAtMs: clock.epochMillis(),
      sealed: vault.seal(content, PREFIX + id),
    });
    return true;
  };

  return {
    taken: (person, id, text) => {
      const reply = { person: person.id, device: null, encrypted: false, state: 'read' } as const;
      if (take(id, reply, text)) deps.heard(person, text);
    },
    takenEncrypted: (person, id, device, body) => {
      const isNew = take(id, { person: person.id, device, encrypted: true, state: 'unread' }, body);
      if (isNew) read(id);
    },
    resume: () => {
      for (const key of store.keys(PREFIX)) {
        const id = key.slice(PREFIX.length);
        if (load(id)?.state === 'unread') read(id);
      }
    },
    all: () =>
      store.keys(PREFIX).flatMap((key) => {
        const reply = store.get(key) as StoredReply | undefined;
        if (reply === undefined) return [];
        const { person: from, receivedAtMs, encrypted, state, sealed } = reply;
        const text = state === 'read' ? vault.open(sealed, key) : null;
        const receivedAt = new Date(receivedAtMs).toISOString();
        return [{ id: key.slice(PREFIX.length), from, receivedAt, encrypted, text }];
      }),
  };
}
