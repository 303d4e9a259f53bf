import type { DescriptionDoc } from './description-schema.ts';
import { fillDeep } from './placeholders.ts';

const CALLS = ['send', 'registration', 'status', 'app'] as const;

/**
 * The description with `${…}` filled in every block whose calls the harness makes itself, so that
 * a key or a topic of this world can stand in a registration as well as in `send`.
 * @throws BellwetherError IMPLEMENTATION_PLACEHOLDER where the world has no such name
 */
export function fillCalls(
  doc: DescriptionDoc,
  values: Readonly<Record<string, string>>,
): DescriptionDoc {
  const filled = CALLS.filter((block) => doc[block] !== undefined).map((block) => [
    block,
    fillDeep(doc[block], values, block),
  ]);
  return { ...doc, ...(Object.fromEntries(filled) as Partial<DescriptionDoc>) };
}
