import { createHash } from 'node:crypto';

/** One side of a conversation, as it is compared by people. */
export interface VerifiedParty {
  /** E.164 with plus sign. */
  readonly msisdn: string;
  /** The participant keys of all its devices. */
  readonly participantKeys: readonly Uint8Array[];
}

const DIGITS = 80;
const GROUP = 5;

/**
 * The verification code that two people compare: 80 digits over SHA-512 of the sorted pairs of
 * number and participant key. How digits come from the digest is not defined in what is known of
 * RCC.16: here the digest, extended by counting, is read as numbers modulo 100 000.
 */
export function verificationCode(parties: readonly VerifiedParty[]): string {
  const entries = parties.flatMap(({ msisdn, participantKeys }) =>
    participantKeys.map((key) => `${msisdn}:${Buffer.from(key).toString('hex')}`),
  );
  const sorted = entries.toSorted().join('\n');
  let digits = '';
  for (let round = 0; digits.length < DIGITS; round++) {
    const digest = createHash('sha512').update(`${round}\n${sorted}`).digest();
    for (let at = 0; at + 8 <= digest.length && digits.length < DIGITS; at += 8) {
      const value = digest.readBigUInt64BE(at) % 100_000n;
      digits += value.toString().padStart(GROUP, '0');
    }
  }
  return digits.replaceAll(/(\d{5})(?=\d)/g, '$1 ');
}
