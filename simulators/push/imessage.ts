/**
 * Apple's message service between iPhones, as far as a world needs it: its directory of keys, and
 * the push connections that bring each device what was encrypted for it. It carries packets that it
 * cannot open, and holds them for a device that is away or while APNs is down. A simulation after
 * what Apple publishes; the protocol itself is not public.
 */
import type { Ambient } from '../kernel/ambient.ts';
import type { Target } from '../kernel/target.ts';
import type { Directory, Handset, ImessageLine } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import { createImessageDirectory } from './imessage-directory.ts';

export const IMESSAGE_PATH = 'imessage/apple';
/** Pause before a packet that APNs did not take is brought again, µs. */
const AGAIN_MICROS = 3_000_000;

export interface Imessage extends ImessageLine {
  readonly target: Target;
}

/** One way through the service, µs: uniform between the two. */
const DELAY_MICROS = [60_000, 250_000] as const;

export function createImessage(options: {
  readonly ambient: Ambient;
  readonly conditions: Conditions;
  /** Observer `push`: what Apple could see. */
  readonly tap: Tap;
  readonly people: () => Directory;
  /** Of APNs, by which it comes to the devices; undefined where the world has none. */
  readonly pushes: () => Conditions | undefined;
}): Imessage {
  const { ambient, conditions, tap } = options;
  const { clock, history } = ambient;
  const random = ambient.random.fork(IMESSAGE_PATH);
  const directory = createImessageDirectory(options.people, history);

  const bring = (handset: Handset, deliver: () => void): void => {
    // APNs brings it: what that does not take now is brought again.
    const treatment = options.pushes()?.meet(undefined) ?? { kind: 'serve', delayMicros: 0 };
    if (treatment.kind !== 'serve') {
      clock.after(AGAIN_MICROS, () => bring(handset, deliver));
      return;
    }
    if (treatment.delayMicros > 0) {
      clock.after(treatment.delayMicros, deliver);
      return;
    }
    if (handset.online === true) {
      deliver();
      return;
    }
    let waiting = true;
    handset.onChange((change) => {
      if (!waiting || change !== 'reachable' || handset.online !== true) return;
      waiting = false;
      clock.after(random.int(...DELAY_MICROS), () => bring(handset, deliver));
    });
  };

  return {
    target: {
      path: IMESSAGE_PATH,
      kind: 'imessage',
      verbs: { outage: conditions.verbs['outage']!, latency: conditions.verbs['latency']! },
    },
    // Asked within an outage it gives no answer: phones then take another way.
    lookup: (msisdn) => {
      const serves = conditions.state === 'up' || conditions.meet(undefined).kind === 'serve';
      return serves ? directory.devicesOf(msisdn) : undefined;
    },
    sender: (signatureKey) => directory.bySignature(signatureKey),
    submit: ({ wire, device, message, packets, arrived }) => {
      const treatment = conditions.meet(message, wire);
      if (treatment.kind !== 'serve') return false;
      const cause = history.append({
        kind: 'carried',
        wire,
        from: device,
        to: IMESSAGE_PATH,
        channel: 'imessage',
        message,
      });
      for (const { octets } of packets) tap.scan(octets, { channel: 'imessage', wire, cause });
      clock.after(treatment.delayMicros + random.int(...DELAY_MICROS), () => {
        for (const { path, octets } of packets) {
          const handset = directory.handset(path);
          if (handset !== undefined) bring(handset, () => arrived(path, octets));
        }
      });
      return true;
    },
  };
}
