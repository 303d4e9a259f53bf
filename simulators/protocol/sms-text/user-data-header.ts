/** User data headers and concatenation: 3GPP TS 23.040 §9.2.3.24. */

export interface Concatenation {
  readonly reference: number;
  /** 1…255 */
  readonly total: number;
  /** 1…total */
  readonly part: number;
}

export interface UserData {
  readonly concatenation: Concatenation | undefined;
  readonly payload: Uint8Array;
}

const CONCATENATION_8_BIT = 0x00;
const CONCATENATION_16_BIT = 0x08;

export function validConcatenation(given: Concatenation): boolean {
  return given.total >= 1 && given.part >= 1 && given.part <= given.total;
}

/**
 * Splits off the header (the body begins with UDHL). A header longer than the body is undefined.
 */
export function readUserData(octets: Uint8Array): UserData | undefined {
  const headerLength = octets[0];
  if (headerLength === undefined || 1 + headerLength > octets.length) return undefined;
  const end = 1 + headerLength;
  let concatenation: Concatenation | undefined;
  for (let at = 1; at + 1 < end;) {
    const [id, length] = [octets[at]!, octets[at + 1]!];
    const value = octets.subarray(at + 2, at + 2 + length);
    if (at + 2 + length > end) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = value;
    if (id === CONCATENATION_8_BIT && length === 3) {
      concatenation = { reference: a, total: b, part: c };
    } else if (id === CONCATENATION_16_BIT && length === 4) {
      concatenation = { reference: a * 256 + b, total: c, part: d };
    }
    at += 2 + length;
  }
  // §9.2.3.24.1: a part beyond the total is to be ignored as an element.
  if (concatenation !== undefined && !validConcatenation(concatenation)) concatenation = undefined;
  return { concatenation, payload: octets.subarray(end) };
}

/** The header `05 00 03 ref total part`. */
export function concatenationHeader(given: Concatenation): Uint8Array {
  return Uint8Array.of(5, CONCATENATION_8_BIT, 3, given.reference & 0xff, given.total, given.part);
}
