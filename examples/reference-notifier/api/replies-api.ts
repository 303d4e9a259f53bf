import type { Replies } from '../replies.ts';
import { json } from './answers.ts';
import type { Routes } from './answers.ts';

/** What people wrote back, for the organisation's own systems. */
export function repliesApi(replies: Replies): Routes {
  return { 'GET /v1/replies': () => json(200, { replies: replies.all() }) };
}
