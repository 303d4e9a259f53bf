/**
 * Randomness of a world whose keys somebody was told of before: doors draw theirs from the seed
 * that was told, everything else (phones, their tokens and secrets, canaries, ids) is this cell's.
 */
import type { Random } from '../../simulators/kernel/random.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { CellRunOptions } from './cell-options.ts';

/** Components that an implementation has credentials for, and who vouches for devices. */
const TOLD = /^(?:gateway|push|carrier|attachments|callbacks)\/|^authority$/;

/** The cell's own stream; another one for each of the cells that one program sees. */
export function ownRandom({ cell, told }: Pick<CellRunOptions, 'cell' | 'told'>): Random {
  const random = createRandom(cell.seed);
  return told === undefined ? random : random.fork(`told/${told.idPrefix}`);
}

/** `own`, but for the doors' keys. */
export function worldRandom(own: Random, told: CellRunOptions['told']): Random {
  if (told === undefined) return own;
  const keys = createRandom(told.keySeed);
  return {
    float: () => own.float(),
    int: (min, max) => own.int(min, max),
    chance: (probability) => own.chance(probability),
    pick: (items) => own.pick(items),
    bytes: (length) => own.bytes(length),
    fork: (label) => (TOLD.test(label) ? keys : own).fork(label),
  };
}
