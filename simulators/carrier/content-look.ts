/** What a core sees in what it carries. */
import type { BearerContent } from '../network/bearer.ts';
import type { SteppedTap, TapLook } from '../network/tap.ts';
import { readableRich } from '../protocol/rich-content.ts';

/** The bytes of a content that its carrier can read. */
function readable(content: BearerContent): string | Uint8Array {
  if (content.kind !== 'text') return content.body;
  const { text, rich } = content;
  return rich === undefined ? text : `${text}\n${readableRich(rich)}`;
}

/** At a core; what another saw in this very content before is not looked for again. */
export function lookAt(tap: SteppedTap, content: BearerContent): TapLook {
  const { seen } = content;
  // What was made from another content has its own words, and may have the other's look with it.
  return seen?.of === content ? seen.look : tap.look(readable(content));
}

/** At the first of several cores: it is kept for the others, which would all see the same. */
export function lookOnce(tap: SteppedTap, content: BearerContent): TapLook {
  const look = lookAt(tap, content);
  content.seen = { of: content, look };
  return look;
}
