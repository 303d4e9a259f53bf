import type { PushHandset } from '../network/bearer.ts';

/** Finds who has, or once had, a push token (a `Map` will do). Former tokens are `unregistered`. */
export interface PushDirectory {
  get(token: string): PushHandset | undefined;
}
