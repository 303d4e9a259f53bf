import type { StatusGroup } from '../tests/support/status.ts';
import { foundation } from './status/foundation.data.ts';
import { implementations } from './status/implementations.data.ts';
import { judging } from './status/judging.data.ts';
import { use } from './status/use.data.ts';
import { world } from './status/world.data.ts';

/** What is built: the data of `docs/status.md`. A claim without an existing test is refused. */
export const groups: readonly StatusGroup[] = [
  ...foundation,
  ...world,
  ...implementations,
  ...judging,
  ...use,
];
