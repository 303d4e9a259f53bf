import type { Ambient } from '../../kernel/ambient.ts';
import type { Handset, Subscriber } from '../../network/bearer.ts';
import type { MlsEngine } from '../../protocol/mls/types.ts';

/** A key package that the gateway may add. */
export interface UsablePackage {
  readonly device: string;
  readonly keyPackage: Uint8Array;
  readonly reference: string;
}

/** Claims key packages for one number, and takes none that it should not. */
export interface KeyClaims {
  /** Devices without keys, or with a package that does not hold, are left out. */
  claim(handsets: readonly Handset[]): Promise<readonly UsablePackage[]>;
}

export interface KeyClaimsParts {
  readonly ambient: Ambient;
  readonly engine: MlsEngine;
}

/** References that are remembered, so that a service that errs is noticed. */
const REMEMBERED = 64;

export function createKeyClaims(
  { ambient, engine }: KeyClaimsParts,
  { plan }: Subscriber,
): KeyClaims {
  const { history } = ambient;
  const used = new Set<string>();
  const spend = (reference: string): void => {
    used.add(reference);
    for (const oldest of used) {
      if (used.size <= REMEMBERED) return;
      used.delete(oldest);
    }
  };

  const claimOne = async (handset: Handset): Promise<UsablePackage | undefined> => {
    const claimed = await handset.claimKeyPackage('basic');
    if (claimed === undefined) return undefined;
    const { keyPackage, reference, lastResort, unattested, again } = claimed;
    history.append({
      kind: 'mls.claimed',
      person: plan.id,
      device: handset.path,
      reference,
      lastResort,
      ...(unattested === undefined ? {} : { unattested }),
      ...(again === undefined ? {} : { again }),
    });
    if (unattested !== undefined || (used.has(reference) && !lastResort)) return undefined;
    const checked = await engine.checkKeyPackage(keyPackage);
    const device = handset.plan.id;
    if (checked.kind === 'refused' || checked.identity !== `tel:${plan.msisdn}/${device}`) {
      return undefined;
    }
    spend(reference);
    return { device, keyPackage, reference };
  };

  return {
    claim: async (handsets) => {
      const found: UsablePackage[] = [];
      for (const handset of handsets) {
        const usable = await claimOne(handset);
        if (usable !== undefined) found.push(usable);
      }
      return found;
    },
  };
}
