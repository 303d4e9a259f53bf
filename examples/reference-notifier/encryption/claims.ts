import type { ModulePorts } from 'bellwether/module';
import { createLeafVerifier, LEAF_MINIMUM_LEFT_SECONDS } from 'bellwether/protocol';
import type { CheckedKeyPackage, MlsEngine, TrustAnchors } from 'bellwether/protocol';
import { z } from 'zod';
import type { Person } from '../people.ts';
import type { Answer } from '../vendors/answer.ts';
import type { RbmClient } from '../vendors/rbm-client.ts';
import type { Conversation } from './conversation-state.ts';

export interface Claimed {
  readonly device: string;
  readonly keyPackage: Uint8Array;
  /** Of a one-time package: it is used once and never again. */
  readonly reference: string | null;
}

export interface ClaimsDeps {
  readonly engine: MlsEngine;
  readonly rbm: RbmClient;
  readonly clock: ModulePorts['clock'];
  /** Null: Basic leaves, for which the gateway's word has to do. */
  readonly trustAnchors: TrustAnchors | null;
}

export type ClaimPackages = (
  person: Person,
  conversation: Conversation,
  devices?: readonly string[],
) => Promise<readonly Claimed[] | Exclude<Answer, { kind: 'ok' }>>;

const entry = z.object({
  deviceId: z.string(),
  keyPackage: z.string(),
  attestation: z.string().optional(),
});
const answered = z.object({ keyPackages: z.array(z.unknown()) });

/** How a device's leaf is named (docs/gateway-rbm.md). */
export const leafOf = (person: Person, device: string): string => `tel:${person.msisdn}/${device}`;

/**
 * Key packages that may be used: of this very device, in time, attested, and not used before. Who
 * cannot show all of that is left out, whatever the gateway hands over.
 */
export function createClaims({ engine, rbm, clock, trustAnchors }: ClaimsDeps): ClaimPackages {
  const verify = trustAnchors === null ? null : createLeafVerifier(trustAnchors);

  const vouchedFor = ({ certificates, signaturePublicKey }: CheckedKeyPackage): boolean => {
    if (verify === null) return true;
    const [certificate] = certificates;
    if (certificate === undefined) return false;
    const nowSeconds = Math.floor(clock.epochMillis() / 1000);
    const minimumLeftSeconds = LEAF_MINIMUM_LEFT_SECONDS;
    const check = { nowSeconds, minimumLeftSeconds, signaturePublicKey };
    return verify(certificate, check).kind === 'trusted';
  };

  /** What is good of one answer; `stale`: some had been used before. */
  const sift = async (person: Person, conversation: Conversation, body: unknown) => {
    const offered = answered.safeParse(body);
    const good: Claimed[] = [];
    let stale = false;
    for (const one of offered.success ? offered.data.keyPackages : []) {
      const parsed = entry.safeParse(one);
      if (!parsed.success) continue;
      const { deviceId, attestation = 'passed' } = parsed.data;
      if (attestation !== 'passed') continue;
      const keyPackage = Buffer.from(parsed.data.keyPackage, 'base64');
      const checked = await engine.checkKeyPackage(keyPackage);
      if (checked.kind === 'refused' || checked.identity !== leafOf(person, deviceId)) continue;
      if (!vouchedFor(checked)) continue;
      const wasUsed = conversation.used.has(checked.reference);
      stale ||= wasUsed;
      if (wasUsed) continue;
      const reference = checked.lastResort ? null : checked.reference;
      good.push({ device: deviceId, keyPackage, reference });
    }
    return { good, stale };
  };

  return async (person, conversation, devices) => {
    const wanted = {
      credential: verify === null ? 'basic' : 'x509',
      ...(devices === undefined ? {} : { deviceIds: devices }),
    } as const;
    const answer = await rbm.claimKeyPackages(person.msisdn, wanted);
    if (answer.kind !== 'ok') return answer;
    const first = await sift(person, conversation, answer.body);
    if (!first.stale || first.good.length > 0) return first.good;
    // A service that hands out what was used is asked once more: the next one may be fresh.
    const again = await rbm.claimKeyPackages(person.msisdn, wanted);
    return again.kind === 'ok' ? (await sift(person, conversation, again.body)).good : again;
  };
}
