/** What a vendor's API knows of messages: at least the last `limit`, at most twice as many. */
export interface MessageLog<M> {
  add(message: M): void;
  get(id: string): M | undefined;
  /** False where it is not known. */
  remove(id: string): boolean;
  /** The last `most`; without it, all that are known. */
  newestFirst(most?: number): M[];
}

/**
 * Messages are entered all the time and seldom asked for: they stand in a list, and the map by
 * which one is found is made, as far as the list has grown, when one is asked for.
 */
class Generation<M> {
  messages: M[] = [];
  readonly #idOf: (message: M) => string;
  readonly #found = new Map<string, M>();
  /** So many of the list are in the map. */
  #mapped = 0;

  constructor(idOf: (message: M) => string) {
    this.#idOf = idOf;
  }

  get(id: string): M | undefined {
    for (; this.#mapped < this.messages.length; this.#mapped++) {
      const message = this.messages[this.#mapped]!;
      this.#found.set(this.#idOf(message), message);
    }
    return this.#found.get(id);
  }

  remove(id: string): boolean {
    const known = this.get(id);
    if (known === undefined) return false;
    this.messages = this.messages.filter((message) => message !== known);
    this.#mapped = this.messages.length;
    return this.#found.delete(id);
  }
}

/** Two generations: when the young one is full it becomes the old one, and that is forgotten. */
export function createMessageLog<M>(limit: number, idOf: (message: M) => string): MessageLog<M> {
  let young = new Generation(idOf);
  let old = new Generation(idOf);
  return {
    add: (message) => {
      young.messages.push(message);
      if (young.messages.length < limit) return;
      old = young;
      young = new Generation(idOf);
    },
    get: (id) => young.get(id) ?? old.get(id),
    remove: (id) => young.remove(id) || old.remove(id),
    newestFirst: (most = 2 * limit) => {
      const last = young.messages.slice(-most);
      const before = most > last.length ? old.messages.slice(last.length - most) : [];
      return [...before, ...last].toReversed();
    },
  };
}
