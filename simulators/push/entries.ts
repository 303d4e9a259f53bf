import type { ServiceEntry } from '../kernel/service-entry.ts';
import { apnsEntry } from './apns-entry.ts';
import { fcmEntry } from './fcm-entry.ts';

/** The push services, by the word in `world.push`. */
export const PUSH_SERVICES = { apns: apnsEntry, fcm: fcmEntry } as const satisfies Record<
  string,
  ServiceEntry
>;
