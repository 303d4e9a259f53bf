/** The judges' public face: cases, the rule registry, message stories. */
export { mergeBreakdowns } from './breakdown.ts';
export { createCase, judgeCellOf, judgeHistory, readHistory } from './case.ts';
export type { JudgedHistory } from './case.ts';
export { rulesNotClaimed } from './rule-claims.ts';
export { RULES } from './rules/index.ts';
export { storiesOf, storyOf } from './story.ts';
export type { StoryLine } from './story.ts';
