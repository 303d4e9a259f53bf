import { z } from 'zod';
import { CHANNELS } from './message.ts';
import type { Channel, Sensitivity } from './message.ts';

/** The organisation's rules, in milliseconds. */
export interface Policy {
  /** Best first. */
  readonly preference: readonly Channel[];
  readonly allowed: Readonly<Record<Sensitivity, readonly Channel[]>>;
  readonly disclosure: {
    readonly text: string;
    readonly on: Readonly<Record<Sensitivity, readonly Channel[]>>;
  };
  /** How long one channel may be tried before the next is due; absent = no limit. */
  readonly attemptTimeoutMs: Readonly<Partial<Record<Channel, number>>>;
  readonly capabilityAgeMs: number;
  /** How long a service counts as broken unless it says otherwise. */
  readonly backOffMs: number;
  readonly deadlineMs: Readonly<Record<Sensitivity, number>>;
  /** A shorter wait than this is better than the next channel. */
  readonly patienceMs: number;
  /** How long a link to a file works. */
  readonly attachmentUrlSeconds: number;
  /** May anything be archived, where the person consents? */
  readonly archives: boolean;
  /** Classes that a gateway may read although they travel encrypted. */
  readonly gatewayMayRead: readonly Sensitivity[];
}

const channels = z
  .array(z.string())
  .transform((names) => names.filter((name): name is Channel => isChannel(name)));
const byClass = z.object({ low: channels, medium: channels, high: channels });
const micros = z.number().nonnegative();

/** The policy file (times in µs). Unknown keys are other readers' business. */
const policyFile = z.object({
  preference: channels,
  allowed: byClass,
  disclosure: z.object({ text: z.string(), on: byClass }),
  attemptTimeoutMicros: z.record(z.string(), micros),
  capabilityAgeMicros: micros,
  gatewayBackOffMicros: micros,
  deadlineMicros: z.object({ low: micros, medium: micros, high: micros }),
  toleranceMicros: micros,
  attachmentUrlMicros: micros.optional(),
  archive: z.enum(['with-consent-encrypted', 'never']).default('never'),
  observers: z.object({ gateway: z.record(z.string(), z.array(z.string())) }).optional(),
});

const CLASSES: readonly Sensitivity[] = ['low', 'medium', 'high'];

function isChannel(name: string): name is Channel {
  return (CHANNELS as readonly string[]).includes(name);
}

/** Reads a policy; throws with the offending path when it is not one. */
export function readPolicy(file: unknown): Policy {
  const parsed = policyFile.parse(file);
  const attemptTimeoutMs: Partial<Record<Channel, number>> = {};
  for (const [name, value] of Object.entries(parsed.attemptTimeoutMicros)) {
    if (isChannel(name)) attemptTimeoutMs[name] = value / 1000;
  }
  return {
    preference: parsed.preference,
    allowed: parsed.allowed,
    disclosure: parsed.disclosure,
    attemptTimeoutMs,
    capabilityAgeMs: parsed.capabilityAgeMicros / 1000,
    backOffMs: parsed.gatewayBackOffMicros / 1000,
    deadlineMs: {
      low: parsed.deadlineMicros.low / 1000,
      medium: parsed.deadlineMicros.medium / 1000,
      high: parsed.deadlineMicros.high / 1000,
    },
    patienceMs: (parsed.toleranceMicros / 1000) * 0.6,
    attachmentUrlSeconds: Math.floor((parsed.attachmentUrlMicros ?? 900_000_000) / 1_000_000),
    archives: parsed.archive === 'with-consent-encrypted',
    gatewayMayRead: CLASSES.filter((each) =>
      parsed.observers?.gateway[each]?.some((seen) => seen === 'rcs-e2ee' || seen === 'any'),
    ),
  };
}
