import { STATUS_WORDS } from '../../simulators/kernel/words.ts';
import type { StatusWord } from '../../simulators/kernel/words.ts';
import type { DescriptionDoc } from './description-schema.ts';

type Words = NonNullable<DescriptionDoc['status']>['words'];

/** The implementation's own word → ours; undefined when it declared no such word. */
export function statusWordOf(raw: string, words: Words): StatusWord | undefined {
  return STATUS_WORDS.find((word) => words[word]?.includes(raw) ?? false);
}
