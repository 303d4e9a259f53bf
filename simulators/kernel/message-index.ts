import type { TextPrint } from './text-print.ts';

/**
 * Which planned message a canary belongs to. Simulators ask it when they see open content, so that
 * events can name the message; judges use the history alone.
 */
export interface IndexedMessage {
  readonly message: string;
  readonly traffic: string;
  readonly person: string;
  readonly canary: string;
  /** Absent where nobody has to tell whether the text arrived unchanged. */
  readonly print?: TextPrint;
}

export interface MessageIndex {
  add(entry: IndexedMessage): void;
  byCanary(canary: string): IndexedMessage | undefined;
}

export function createMessageIndex(): MessageIndex {
  const canaries = new Map<string, IndexedMessage>();
  return {
    add: (entry) => {
      canaries.set(entry.canary, entry);
    },
    byCanary: (canary) => canaries.get(canary),
  };
}
