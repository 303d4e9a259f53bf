/** What a core sees in what it carries. */
import type { BearerContent } from '../network/bearer.ts';
import type { SteppedTap, TapLook } from '../network/tap.ts';
import { readableRich } from '../protocol/rich-content.ts';

/**
 * By the content itself, which never changes: whoever alters one makes another, and that is looked
 * at anew.
 */
const looks = new WeakMap<BearerContent, TapLook>();

/** The bytes of a content that its carrier can read. */
function readable(content: BearerContent): string | Uint8Array {
  if (content.kind !== 'text') return content.body;
  const { text, rich } = content;
  return rich === undefined ? text : `${text}\n${readableRich(rich)}`;
}

/** It is examined by the first core on its way: the others would see the same. */
export function lookAt(tap: SteppedTap, content: BearerContent): TapLook {
  let look = looks.get(content);
  if (look === undefined) looks.set(content, (look = tap.look(readable(content))));
  return look;
}
