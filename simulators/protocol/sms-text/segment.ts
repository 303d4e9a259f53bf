/** A text as the bodies of one or more short messages. */
import { BellwetherError } from '../../kernel/errors.ts';
import { DATA_CODING, encodeUcs2 } from './data-coding.ts';
import { encodeGsm } from './gsm-alphabet.ts';
import { concatenationHeader } from './user-data-header.ts';

/** What goes into a submit_sm for one part. */
export interface TextPart {
  readonly dataCoding: number;
  /** 0x40 (UDHI) when there are several parts. */
  readonly esmClass: number;
  readonly shortMessage: Uint8Array;
}

/** Units (septets, or UTF-16 code units) of one message, and of a part beside a 6-octet header. */
const GSM = { single: 160, part: 153 };
const UCS2 = { single: 70, part: 67 };
const ESCAPE = 0x1b;

/** Where to cut: never inside an escape sequence or a surrogate pair. */
function cut(length: number, most: number, splits: (at: number) => boolean): number[] {
  const ends: number[] = [];
  for (let at = 0; at < length;) {
    let end = Math.min(length, at + most);
    if (end < length && splits(end)) end--;
    ends.push(end);
    at = end;
  }
  return ends;
}

/**
 * GSM-7 where the alphabet allows, else UCS-2. `reference` tells the parts of one message from
 * those of another (8 bits). Throws WIRE_SMS_TOO_LONG beyond 255 parts.
 */
export function segmentText(text: string, reference: number): readonly TextPart[] {
  const septets = encodeGsm(text);
  const sizes = septets === undefined ? UCS2 : GSM;
  const length = septets?.length ?? text.length;
  const dataCoding = septets === undefined ? DATA_CODING.ucs2 : DATA_CODING.default;
  const octetsOf = (start: number, end: number): Uint8Array =>
    septets?.subarray(start, end) ?? encodeUcs2(text.slice(start, end));
  if (length <= sizes.single) {
    return [{ dataCoding, esmClass: 0, shortMessage: octetsOf(0, length) }];
  }
  const splits = (at: number): boolean =>
    septets === undefined
      ? (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
      : septets[at - 1] === ESCAPE && septets[at - 2] !== ESCAPE;
  const ends = cut(length, sizes.part, splits);
  if (ends.length > 255) {
    throw new BellwetherError(`A text of ${length} characters needs more than 255 parts`, {
      code: 'WIRE_SMS_TOO_LONG',
      blame: 'author',
    });
  }
  return ends.map((end, index) => {
    const header = concatenationHeader({ reference, total: ends.length, part: index + 1 });
    const octets = octetsOf(ends[index - 1] ?? 0, end);
    return { dataCoding, esmClass: 0x40, shortMessage: Buffer.concat([header, octets]) };
  });
}
