/** The honesty probe's own cell: a small world of one person in which the questions are asked. */
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import type { Description } from '../implementation/description.ts';
import { readSource } from '../scenario/source.ts';
import { compileFor } from '../plan/load.ts';

const TEXT = `
bellwether: 1
scenario: honesty-probe
summary: >-
  An unknown operation is refused, an unknown recipient is not reported delivered,
  one idempotency key is one message.
tags: [contract]
duration: 5s
world:
  gateways: [rbm]
  carriers: { northtel: { e2ee: on } }
  people:
    ana: { device: android-16, carrier: northtel, app: off, read-after: 1s }
policy: gate
traffic:
  first:
    to: ana
    at: 3s
    message: { kind: appointment, sensitivity: low }
heal: { wait: 5s }
`;

/** The suite that the probe's cell stands in. */
export const PROBE_SUITE = 'contract';

/** Below +999, in the block that no scenario is dealt from. */
const STRANGER = '+999999999998';

/**
 * The cell whose world a program was told of before the run (`start: { url: … }`): its ports, keys
 * and policy are the only ones it knows, so the probe must have them too. Undefined when every
 * cell tells anew.
 */
export function toldWorld(description: Description | undefined, plan: Plan): Cell | undefined {
  return description?.start === 'url' ? plan.cells[0] : undefined;
}

/** The probe in the told world, under names that its own cell does not use. */
function within(told: Cell, probe: Cell): Cell {
  const { carriers, gateways, gatewayChannels, gatewaysReading, sms, push } = told.world;
  const carrier = carriers.find(({ name }) => name === sms?.via) ?? carriers[0];
  const people = probe.world.people.map((person) => ({
    ...person,
    id: 'honesty-probe',
    msisdn: STRANGER,
    carrier: carrier?.name ?? person.carrier,
  }));
  return {
    ...probe,
    seed: told.seed,
    policy: told.policy,
    world: {
      carriers,
      gateways,
      ...(gatewayChannels === undefined ? {} : { gatewayChannels }),
      ...(gatewaysReading === undefined ? {} : { gatewaysReading }),
      sms,
      push,
      people,
      population: null,
    },
    traffic: probe.traffic.map((one) => ({
      ...one,
      name: 'honesty-probe',
      to: people.map(({ id }) => id),
    })),
  };
}

/** What of an implementation's claims decides how it can be asked. */
type Claims = Pick<Description['claims'], 'channels' | 'gateways' | 'push'>;

/** Whose phones get their pushes from which service. */
const PHONE_OF = { fcm: 'android-16', apns: 'ios-26.2' } as const;

/** The app is on it only where nothing but a push could reach the person. */
function phoneFor(claims: Claims): { readonly device: string; readonly app: 'on' | 'off' } {
  const isPushAlone = claims.channels.every((channel) => channel === 'app-push');
  const isIphone = isPushAlone && claims.push.includes('apns') && !claims.push.includes('fcm');
  return { device: PHONE_OF[isIphone ? 'apns' : 'fcm'], app: isPushAlone ? 'on' : 'off' };
}

/**
 * The gateways that are claimed: a program by one vendor knows no other. Where pushes alone could
 * reach the person, their phone is one whose push service is claimed.
 */
function textFor(claims: Claims | undefined, vocabulary: Vocabulary): string {
  const known = (claims?.gateways ?? []).filter((name) => vocabulary.gateways.includes(name));
  const text = known.length === 0 ? TEXT : TEXT.replace('[rbm]', `[${known.join(', ')}]`);
  if (claims === undefined) return text;
  const { device, app } = phoneFor(claims);
  return text.replace('device: android-16', `device: ${device}`).replace('app: off', `app: ${app}`);
}

/** The probe's cell; `told` as `toldWorld` says. */
export function probeCell(vocabulary: Vocabulary, told?: Cell, claims?: Claims): Cell {
  const { source } = readSource('honesty-probe', textFor(claims, vocabulary));
  const probe = compileFor(source, vocabulary, PROBE_SUITE);
  return told === undefined ? probe : within(told, probe);
}
