/** The closed word lists that every room shares. */

/** How a message can reach a person, as reports name it. */
export const CHANNELS = [
  'app-push',
  'imessage',
  'rcs-e2ee',
  'rcs',
  'secure-link',
  'mms',
  'sms',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const SENSITIVITIES = ['low', 'medium', 'high'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** The recipient of what a person writes to whoever is under test; never a person's own name. */
export const BUSINESS = 'business';

/**
 * The component of requests for a host that no simulator stands for; it is never a person's name.
 */
export const OUTSIDE = 'outside';

/** Who may see content; the table observer × channel × class stands in the policy. */
export const OBSERVERS = [
  'implementation-api',
  'implementation-output',
  'implementation-files',
  'implementation-callbacks',
  'gateway',
  'carrier',
  'smsc',
  'push',
  'attachment-store',
  'archive',
  'link-anonymous',
  'device',
  'other-device',
] as const;
export type Observer = (typeof OBSERVERS)[number];

/** What the implementation says about a message; the order is queued < sent < delivered < read. */
export const STATUS_WORDS = ['queued', 'sent', 'delivered', 'read', 'failed'] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** Verdict words of ISO/IEC 9646 and TTCN-3, worst first as they fold. */
export const VERDICTS = ['fail', 'error', 'inconclusive', 'pass', 'not-applicable'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** RFC 2119 levels of a scenario and of a rule. */
export type Level = 'must' | 'should' | 'may';

/** The state of a component on a channel's path. Loss, throttling and slowness are `degraded`. */
export type ComponentState = 'up' | 'degraded' | 'down';

/** Android's app standby buckets, from the least restricted ("App Standby Buckets"). */
export const STANDBY_BUCKETS = ['active', 'working-set', 'frequent', 'rare', 'restricted'] as const;
export type StandbyBucket = (typeof STANDBY_BUCKETS)[number];
