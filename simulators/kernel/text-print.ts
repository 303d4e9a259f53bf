/** What is remembered of a planned text, so that a phone can tell whether it shows just that. */
export interface TextPrint {
  /** Where the canary stands in it. */
  readonly canaryAt: number;
  readonly length: number;
  /** FNV-1a over its UTF-16 code units: against mistakes, not against forgery. */
  readonly hash: number;
}

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

function fnv1a(text: string): number {
  let hash = OFFSET_BASIS;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  }
  return hash >>> 0;
}

export function textPrint(text: string, canary: string): TextPrint {
  return { canaryAt: text.indexOf(canary), length: text.length, hash: fnv1a(text) };
}

/** Does the planned text stand in what is shown, whole and unchanged? More round it is no harm. */
export function holdsText(shown: string, canary: string, print: TextPrint): boolean {
  const start = shown.indexOf(canary) - print.canaryAt;
  return start >= 0 && fnv1a(shown.slice(start, start + print.length)) === print.hash;
}
