/**
 * Which phones encrypt conversations between people, by what is publicly known of them: written
 * down here a second time, apart from the profiles and from the code by which simulated phones
 * decide, so that neither can be wrong unnoticed.
 */
import type { Cell, PersonPlan } from '../../simulators/kernel/plan.ts';

interface KnownPhone {
  readonly encrypts: boolean;
  /** Where that is from. */
  readonly source: string;
}

const NOT_BEFORE_26_5 =
  'Apple TelephonyMessagingKit: supportsEndToEndEncryption is available from iOS 26.5';

/** By profile; a phone that is not listed is not judged. */
const PHONES: Readonly<Record<string, KnownPhone>> = {
  'android-12': { encrypts: false, source: 'profile of a phone from before RCC.16' },
  'android-14': { encrypts: false, source: 'profile of a phone from before RCC.16' },
  'android-16': { encrypts: true, source: 'Google Messages (2026), RCC.16' },
  'ios-26.2': { encrypts: false, source: NOT_BEFORE_26_5 },
  'ios-26.3': { encrypts: false, source: NOT_BEFORE_26_5 },
  'ios-26.3-hypothetical': { encrypts: true, source: 'hypothetical' },
  'ios-26.5': { encrypts: true, source: 'Apple, iOS 26.5 release notes (beta feature)' },
};

export type InteropExpectation =
  | { readonly kind: 'encrypted' }
  /** `because`: what stands in the way, in words. */
  | { readonly kind: 'open'; readonly because: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** What one person lacks; undefined when nothing does. */
function lack(cell: Cell, { id, devices, carrier, e2eeSwitch }: PersonPlan): InteropExpectation {
  const home = cell.world.carriers.find(({ name }) => name === carrier);
  if (home?.rcs !== true) return { kind: 'open', because: `${carrier} has no RCS` };
  if (!home.e2ee) return { kind: 'open', because: `${carrier} does not offer encryption` };
  if (e2eeSwitch === 'off') return { kind: 'open', because: `${id} has switched it off` };
  if (e2eeSwitch === 'on') return { kind: 'encrypted' };
  for (const { profile } of devices) {
    const known = Object.hasOwn(PHONES, profile) ? PHONES[profile] : undefined;
    if (known === undefined) {
      return { kind: 'unknown', because: `nothing is known of the phone ${profile}` };
    }
    if (!known.encrypts) return { kind: 'open', because: `${profile} does not encrypt` };
  }
  return { kind: 'encrypted' };
}

/**
 * A conversation is encrypted when every phone in it and every carrier behind them has encryption
 * (RCC.16; Apple: all participants' carriers must qualify), and open when one has not.
 */
export function expectationFor(cell: Cell, people: readonly PersonPlan[]): InteropExpectation {
  const lacks = people.map((person) => lack(cell, person));
  return (
    lacks.find(({ kind }) => kind === 'open') ??
    lacks.find(({ kind }) => kind === 'unknown') ?? { kind: 'encrypted' }
  );
}
