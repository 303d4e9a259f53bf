import type { MlsStack } from '../../simulators/protocol/mls/stack/types.ts';

export interface Player {
  readonly stack: MlsStack;
  /** For words: the stack's name, or `reference`. */
  readonly player: string;
}

/** Who plays the n-th actor of a script; the reference beside it tells whose fault a failure is. */
export const CASTS = {
  /** The stack under test plays everybody. */
  alone: (tested) => () => tested,
  /** It plays whoever comes first and mostly commits; the reference plays the others. */
  leads: (tested, reference) => (index) => (index === 0 ? tested : reference),
  /** The reference leads, it follows. */
  follows: (tested, reference) => (index) => (index === 0 ? reference : tested),
  /** In turns. */
  mixed: (tested, reference) => (index) => (index % 2 === 0 ? reference : tested),
} as const satisfies Record<
  string,
  (tested: Player, reference: Player) => (index: number) => Player
>;

export type CastName = keyof typeof CASTS;
