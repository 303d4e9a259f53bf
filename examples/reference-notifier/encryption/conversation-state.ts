import type { ModuleStore } from 'bellwether/module';
import type { MlsEngine, MlsMember } from 'bellwether/protocol';
import type { Vault } from '../seal.ts';

/** What is kept of the conversation with one person; the MLS state is sealed. */
interface StoredConversation {
  readonly era: number;
  readonly member: string | null;
  readonly remove: readonly string[];
  readonly add: readonly string[];
  readonly joined: Readonly<Record<string, number>>;
  readonly repairs: Readonly<Record<string, number>>;
  readonly owed: Readonly<Record<string, readonly string[]>>;
  readonly used?: readonly string[];
}

/** One MLS group per agent and number (docs/gateway-rbm.md), and what is still to be done to it. */
export interface Conversation {
  /** RCS era: a new group for the same number takes the next one. */
  era: number;
  /** Null until the first message, and after the group was given up. */
  member: MlsMember | null;
  /** Devices whose leaves must go before anything else is encrypted. */
  readonly remove: Set<string>;
  /** Devices that should be in the group as soon as they have a key package. */
  readonly add: Set<string>;
  /** The epoch in which a device got its present leaf. */
  readonly joined: Map<string, number>;
  /** How often a device was repaired since it announced itself. */
  readonly repairs: Map<string, number>;
  /** Messages that a device could not read, to be encrypted anew once it is back. */
  readonly owed: Map<string, Set<string>>;
  /** One-time key packages that have led into a group, newest last. */
  readonly used: Set<string>;
}

export interface ConversationStore {
  load(person: string): Conversation;
  /** Before anything that depends on it leaves: a ratchet key must never be used twice. */
  save(person: string, conversation: Conversation): void;
}

/** Groups kept unpacked in memory; the others are read from the store when needed. */
const KEPT = 4096;

export function createConversationStore(
  store: ModuleStore,
  vault: Vault,
  engine: MlsEngine,
): ConversationStore {
  const live = new Map<string, Conversation>();
  const keep = (person: string, conversation: Conversation): Conversation => {
    live.delete(person);
    live.set(person, conversation);
    for (const oldest of live.keys()) {
      if (live.size <= KEPT) break;
      live.delete(oldest);
    }
    return conversation;
  };
  const context = (person: string): string => `conversation/${person}`;
  return {
    load: (person) => {
      const known = live.get(person);
      if (known !== undefined) return known;
      const stored = store.get(context(person)) as StoredConversation | undefined;
      const sealed = stored?.member ?? null;
      const octets = sealed === null ? null : vault.open(sealed, context(person));
      return keep(person, {
        era: stored?.era ?? 0,
        member: octets === null ? null : engine.deserialize(Buffer.from(octets, 'base64')),
        remove: new Set(stored?.remove),
        add: new Set(stored?.add),
        joined: new Map(Object.entries(stored?.joined ?? {})),
        repairs: new Map(Object.entries(stored?.repairs ?? {})),
        owed: new Map(
          Object.entries(stored?.owed ?? {}).map(([device, ids]) => [device, new Set(ids)]),
        ),
        used: new Set(stored?.used),
      });
    },
    save: (person, conversation) => {
      const { member } = conversation;
      const octets = member === null ? null : Buffer.from(member.serialize()).toString('base64');
      const stored: StoredConversation = {
        era: conversation.era,
        member: octets === null ? null : vault.seal(octets, context(person)),
        remove: [...conversation.remove],
        add: [...conversation.add],
        joined: Object.fromEntries(conversation.joined),
        repairs: Object.fromEntries(conversation.repairs),
        owed: Object.fromEntries([...conversation.owed].map(([device, ids]) => [device, [...ids]])),
        used: [...conversation.used],
      };
      store.set(context(person), stored);
      keep(person, conversation);
    },
  };
}
