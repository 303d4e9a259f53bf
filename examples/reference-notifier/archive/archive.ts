import type { ModuleStore } from 'bellwether/module';
import type { Message } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { People } from '../people.ts';
import type { SealFor } from './seal-for.ts';

/** What is kept of one message; who it was for stands only inside the ciphertext. */
export interface ArchiveRecord {
  readonly messageId: string;
  readonly archivedAtMs: number;
  /** A compact JWE for the organisation's archive key. */
  readonly content: string;
}

/** Copies of messages for the organisation's records, only of people who consented. */
export interface Archive {
  /** Once for each message, however often it is asked. */
  keep(message: Message): void;
  find(message: string): ArchiveRecord | undefined;
}

export interface ArchiveDeps {
  readonly store: ModuleStore;
  readonly people: People;
  readonly messages: Messages;
  /** Null: nothing is archived. */
  readonly seal: SealFor | null;
}

export function createArchive({ store, people, messages, seal }: ArchiveDeps): Archive {
  const find = (id: string): ArchiveRecord | undefined =>
    store.get(`archive/${id}`) as ArchiveRecord | undefined;
  return {
    find,
    keep: (message) => {
      const person = people.byId(message.person);
      if (seal === null || person?.archiveConsent !== true) return;
      if (find(message.id) !== undefined) return;
      const { id, kind, sensitivity, createdAtMs } = message;
      const text = messages.text(message);
      const inside = { to: person.msisdn, person: person.id, kind, sensitivity, text };
      const record: ArchiveRecord = {
        messageId: id,
        archivedAtMs: createdAtMs,
        content: seal(JSON.stringify(inside)),
      };
      store.set(`archive/${id}`, record);
    },
  };
}
