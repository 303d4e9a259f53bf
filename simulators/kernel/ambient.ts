import type { Clock } from './clock.ts';
import type { History } from './history.ts';
import type { Ids } from './ids.ts';
import type { MessageIndex } from './message-index.ts';
import type { Random } from './random.ts';

/** What the whole world shares. Functions ask for the narrowest part they need. */
export interface Ambient {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly history: History;
  readonly index: MessageIndex;
}
