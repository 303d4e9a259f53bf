/** P-256 by itself: leaf certificates and their authorities (RCC.16 knows no other curve). */
import type { DhCurve, RandomBytes, SignatureCurve, SigningMode } from './curve.ts';
import { createNistDh, createNistSignature } from './nist-curves.ts';
import type { Sha256 } from './sha256.ts';

export const createP256Dh = (): DhCurve => createNistDh('P-256');

export const createP256Signature = (
  random: RandomBytes,
  sha256: Sha256,
  mode: SigningMode,
): SignatureCurve => createNistSignature('P-256', random, sha256, mode);
