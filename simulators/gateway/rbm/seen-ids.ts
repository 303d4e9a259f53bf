import { createBoundedMap } from '../../kernel/bounded-map.ts';

/** Ids that an agent used; of older ones a repetition is not noticed any more. */
const REMEMBERED = 50_000;

/** Idempotency: a messageId or eventId used before is answered with its first result. */
export interface SeenIds {
  /** When it was accepted first, RFC 3339. */
  sendTimeOf(id: string): string | undefined;
  remember(id: string, sendTime: string): void;
  /** How many were remembered: while it stays, so does what was said of an id. */
  readonly count: number;
}

export function createSeenIds(): SeenIds {
  const seen = createBoundedMap<string>(REMEMBERED);
  let count = 0;
  return {
    sendTimeOf: (id) => seen.get(id),
    remember: (id, sendTime) => {
      count++;
      seen.set(id, sendTime);
    },
    get count() {
      return count;
    },
  };
}
