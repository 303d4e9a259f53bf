/** The judges' public face: cases, the rule registry, message stories. */
export { mergeBreakdowns } from './breakdown.ts';
export { createCase, judgeHistory } from './case.ts';
export { RULES } from './rules/index.ts';
export { storyOf } from './story.ts';
