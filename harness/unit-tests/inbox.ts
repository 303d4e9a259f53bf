/** What one person saw, as a test reads it. */
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import type { SeenText } from '../../simulators/world.ts';

/** One text on one phone. */
export interface InboxItem {
  readonly text: string;
  readonly channel: Channel;
  /** Shown as end-to-end encrypted. */
  readonly padlock: boolean;
  /** `person/ana/device/1` */
  readonly device: string;
  /** When it was shown, µs since the world began. */
  readonly shownAtMicros: number;
  /** The person has read it by now (on this phone or another). */
  readonly read: boolean;
  /** Its transmission, as the history names it: `rcs:7`. */
  readonly wire: string;
}

export interface Inboxes {
  /** Oldest first; a text that two phones show stands there twice. */
  of(person: string): readonly InboxItem[];
  /** Everything, of everybody, in order. */
  readonly all: readonly (InboxItem & { readonly person: string })[];
  seen(text: SeenText, atMicros: number): void;
  /** To be told of every event. */
  read(event: HistoryEvent): void;
}

interface Item extends SeenText {
  readonly shownAtMicros: number;
  read: boolean;
}

export function createInboxes(): Inboxes {
  const items: Item[] = [];
  return {
    of: (person) => items.filter((item) => item.person === person),
    get all() {
      return items;
    },
    seen: (text, shownAtMicros) => {
      items.push({ ...text, shownAtMicros, read: false });
    },
    read: (event) => {
      if (event.kind !== 'device.read') return;
      const read = items.filter(
        ({ wire, person }) => wire === event.wire && person === event.person,
      );
      for (const item of items) {
        const same = read.some(({ text, person }) => item.text === text && item.person === person);
        if (same) item.read = true;
      }
    },
  };
}
