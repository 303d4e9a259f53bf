/** Delivery that was told: of a text in several parts, only once it was told of each of them. */
import type { Told, Transmission } from './records.ts';

type Telling = Pick<Transmission, 'told' | 'parts'>;

/**
 * - `claim`: enough to say so. A part that no receipt was asked for is told of by the others'.
 * - `certain`: less must not be said.
 */
export type Strength = 'claim' | 'certain';

export const saysArrived = ({ implies }: Pick<Told, 'implies'>): boolean =>
  implies === 'delivered' || implies === 'read';

/** The news by which the whole copy was told to have arrived; `counts`: which news to go by. */
export function arrivalTold(
  { told, parts }: Telling,
  strength: Strength,
  counts: (told: Told) => boolean,
): Told | undefined {
  if (parts === null) return told.find((one) => saysArrived(one) && counts(one));
  const open = new Set<number>();
  for (let number = 1; number <= parts.total; number++) open.add(number);
  if (strength === 'claim') for (const number of parts.unasked) open.delete(number);
  return told.find((one) => {
    if (!saysArrived(one) || !counts(one)) return false;
    open.delete(one.part);
    return one.part === 0 || open.size === 0;
  });
}
