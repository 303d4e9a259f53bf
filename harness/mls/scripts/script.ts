import type { Level } from '../../../simulators/kernel/words.ts';
import type { Conversation } from '../conversation.ts';

/** What happens in one group, and which part of RFC 9420 it holds a stack to. */
export interface MlsScript {
  readonly doc: string;
  readonly clauses: readonly string[];
  /** Default `must`. */
  readonly level?: Level;
  /** Throws what a stack did wrong; checks by the conversation count. */
  play(talk: Conversation): Promise<void>;
}
