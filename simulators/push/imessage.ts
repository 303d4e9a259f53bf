/**
 * Apple's own message service between iPhones, as far as a world needs it: it holds what it is
 * given for each of a person's Apple devices until that is on a network. What it carries is opaque
 * here; its protocol is not public and not simulated.
 */
import type { Ambient } from '../kernel/ambient.ts';
import type { Target } from '../kernel/target.ts';
import type { Handset, ImessageLine } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';

export const IMESSAGE_PATH = 'imessage/apple';

export interface Imessage extends ImessageLine {
  readonly target: Target;
}

/** One way through the service, µs: uniform between the two. */
const DELAY_MICROS = [60_000, 250_000] as const;

export function createImessage(options: {
  readonly ambient: Ambient;
  readonly conditions: Conditions;
}): Imessage {
  const { ambient, conditions } = options;
  const { clock, history } = ambient;
  const random = ambient.random.fork(IMESSAGE_PATH);

  const bring = (handset: Handset, deliver: () => void): void => {
    if (handset.reachable('rcs')) {
      deliver();
      return;
    }
    let waiting = true;
    handset.onChange((change) => {
      if (!waiting || change !== 'reachable') return;
      waiting = false;
      clock.after(random.int(...DELAY_MICROS), deliver);
    });
  };

  return {
    target: {
      path: IMESSAGE_PATH,
      kind: 'imessage',
      verbs: { outage: conditions.verbs['outage']!, latency: conditions.verbs['latency']! },
    },
    submit: ({ wire, device, message, handsets, arrived }) => {
      const treatment = conditions.meet(message, wire);
      if (treatment.kind !== 'serve') return false;
      history.append({
        kind: 'carried',
        wire,
        from: device,
        to: IMESSAGE_PATH,
        channel: 'imessage',
        message,
      });
      clock.after(treatment.delayMicros + random.int(...DELAY_MICROS), () => {
        for (const handset of handsets) bring(handset, () => arrived(handset));
      });
      return true;
    },
  };
}
