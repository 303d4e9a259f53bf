/**
 * Short texts as they come off one connection. Addresses and service types come again and again:
 * each is made once and kept in its place until another with the same place comes.
 */
export interface KnownTexts {
  /** The octets from `start` to before `end`, as latin1. */
  read(bytes: Buffer, start: number, end: number): string;
}

const PLACES = 256;
/** What an address can have, SMPP 3.4 §5.2.8. */
const LONGEST = 20;

export function createKnownTexts(): KnownTexts {
  const known = Array.from({ length: PLACES }, () => '');
  return {
    read: (bytes, start, end) => {
      const length = end - start;
      if (length > LONGEST) return bytes.toString('latin1', start, end);
      let sum = length;
      for (let at = start; at < end; at++) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
      const place = (sum ^ (sum >>> 8)) & (PLACES - 1);
      const text = known[place]!;
      let same = 0;
      if (text.length === length) {
        while (same < length && text.charCodeAt(same) === bytes[start + same]) same++;
        if (same === length) return text;
      }
      return (known[place] = bytes.toString('latin1', start, end));
    },
  };
}
