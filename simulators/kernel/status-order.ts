/** Statuses that are pushed: each call goes its own way, and nobody promises their order. */
import type { StatusWord } from './words.ts';

const RANK: Readonly<Partial<Record<StatusWord, number>>> = {
  queued: 0,
  sent: 1,
  delivered: 2,
  read: 3,
};

/**
 * Was `late` true before `before`, and only comes after it? `failed` comes after `sent`; after
 * arrival nobody says it in good order.
 */
export function isOvertaken(before: StatusWord, late: StatusWord): boolean {
  const rank = RANK[late];
  if (rank === undefined) return false;
  return before === 'failed' ? rank <= 1 : rank < (RANK[before] ?? 0);
}
