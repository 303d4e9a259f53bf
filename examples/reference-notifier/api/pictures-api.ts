import { INVITATION_PICTURE } from '../delivery/cards.ts';
import type { Routes } from './answers.ts';

/** One grey dot (PNG, ISO/IEC 15948). */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

/** What cards show. Anybody may see it: there is nothing of a message in it. */
export function picturesApi(): Routes {
  const headers = { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' };
  return { [`GET ${INVITATION_PICTURE}`]: () => ({ status: 200, headers, body: DOT }) };
}
