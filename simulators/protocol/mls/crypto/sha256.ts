/** SHA-256 by itself: identities, transcripts of names, and whatever else is not a suite's. */
import { createHashing, digestOf } from './hashing.ts';
import type { Hashing } from './hashing.ts';

export type Sha256 = Hashing;

export const createSha256 = (): Sha256 => createHashing('sha256');

export const digest = (data: Uint8Array): Uint8Array => digestOf('sha256', data);
