import type { ModuleStore } from 'bellwether/module';
import type { Attempt, Message } from './message.ts';
import { isSettled } from './message.ts';
import type { Vault } from './seal.ts';

/** The messages and the ids by which the world speaks of them. */
export interface Messages {
  byId(id: string): Message | undefined;
  /** The id that this idempotency key was used for, and the digest of its request. */
  byKey(key: string): KeyEntry | undefined;
  /** The message and the copy that a wire id belongs to. */
  byWire(wire: string): { readonly message: Message; readonly attempt: Attempt } | undefined;
  create(message: Message, key: { readonly key: string; readonly digest: string } | null): void;
  /** Writes it down; to be called before every effect and after every change. */
  save(message: Message): void;
  /** Gives an attempt one more name on the wire. */
  addWire(message: Message, attempt: Attempt, wire: string): void;
  /** A messageId for RBM: the message's own id for its first copy, a fresh one for any other. */
  newWire(message: Message, attempt: Attempt): string;
  text(message: Message): string;
  /** Messages of this person that are not settled, oldest first. */
  openOf(person: string): readonly Message[];
  open(): readonly Message[];
}

interface KeyEntry {
  readonly id: string;
  readonly digest: string;
}

interface WireEntry {
  readonly message: string;
  readonly attempt: number;
}

/**
 * Open messages are kept in memory as well as in the store; settled ones only in the store. So a
 * million past messages cost a restart nothing but one pass over their keys.
 */
export function createMessages(store: ModuleStore, vault: Vault, uuid: () => string): Messages {
  const live = new Map<string, Message>();
  for (const key of store.keys('open/')) {
    const message = store.get(`message/${key.slice('open/'.length)}`) as Message | undefined;
    if (message !== undefined) live.set(message.id, message);
  }
  const byId = (id: string): Message | undefined =>
    live.get(id) ?? (store.get(`message/${id}`) as Message | undefined);
  const save = (message: Message): void => {
    store.set(`message/${message.id}`, message);
    // An answer may still be on its way to a copy of a settled message.
    const busy = message.attempts.some(({ state }) => state === 'sending');
    if (!isSettled(message) || busy) {
      if (!live.has(message.id)) store.set(`open/${message.id}`, true);
      live.set(message.id, message);
    } else if (live.delete(message.id)) {
      store.delete(`open/${message.id}`);
    }
  };
  const addWire: Messages['addWire'] = (message, attempt, wire) => {
    if (!attempt.wires.includes(wire)) attempt.wires.push(wire);
    const entry: WireEntry = { message: message.id, attempt: message.attempts.indexOf(attempt) };
    store.set(`wire/${wire}`, entry);
    save(message);
  };
  return {
    byId,
    byKey: (key) => {
      const entry = store.get(`idempotency/${key}`) as KeyEntry | undefined;
      return entry === undefined || byId(entry.id) === undefined ? undefined : entry;
    },
    byWire: (wire) => {
      const entry = store.get(`wire/${wire}`) as WireEntry | undefined;
      const message = entry === undefined ? undefined : byId(entry.message);
      const attempt = message?.attempts[entry?.attempt ?? -1];
      return message === undefined || attempt === undefined ? undefined : { message, attempt };
    },
    create: (message, key) => {
      // The key first: a kill between the two leaves a key without a message, which counts as none.
      if (key !== null) {
        store.set(`idempotency/${key.key}`, { id: message.id, digest: key.digest });
      }
      save(message);
    },
    save,
    addWire,
    newWire: (message, attempt) => {
      const used = message.attempts.some(({ wires }) => wires.includes(message.id));
      const wire = used ? uuid() : message.id;
      addWire(message, attempt, wire);
      return wire;
    },
    text: (message) => vault.open(message.sealedText, message.id),
    openOf: (person) => [...live.values()].filter((message) => message.person === person),
    open: () => [...live.values()],
  };
}
