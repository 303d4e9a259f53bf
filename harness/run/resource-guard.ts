/**
 * In virtual time everything under test must go through its ports. A real timer, file or socket
 * would make the run depend on the machine, so it is found and refused.
 */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Description } from '../implementation/description.ts';

/** What Node lists while it is idle, or what the terminal and the compile cache hold. */
const TOLERATED = new Set([
  'TTYWrap',
  'PipeWrap',
  'Immediate',
  'CloseReq',
  'TickObject',
  'MessagePort',
]);
/** Looking costs, so only the first steps are watched closely. */
const CLOSE_LOOKS = 50;

function census(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    if (!TOLERATED.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

export interface ResourceGuard {
  /** A cheap look between steps; always false, so that it can stand in a stop condition. */
  check(): boolean;
  /** The look at the end; throws MODULE_NOT_VIRTUAL. */
  verify(): void;
}

export function createResourceGuard(
  wire: 'memory' | 'sockets',
  description: Description | undefined,
): ResourceGuard {
  if (wire === 'sockets' || description?.start !== 'module') {
    return { check: () => false, verify: () => {} };
  }
  const before = census();
  let looks = 0;
  const verify = (): void => {
    for (const [name, count] of census()) {
      if (count <= (before.get(name) ?? 0)) continue;
      throw new BellwetherError(
        `${description.doc.implementation} used a real ${name} in virtual time`,
        {
          code: 'MODULE_NOT_VIRTUAL',
          blame: 'author',
          hint: 'Use the ports given to create(ports), or start it as a command instead.',
        },
      );
    }
  };
  return {
    check: () => {
      if (looks < CLOSE_LOOKS) {
        looks++;
        verify();
      }
      return false;
    },
    verify,
  };
}
