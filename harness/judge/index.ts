/** The judges' public face: cases, the rule registry, message stories. */
export { createCase, judgeHistory, readHistory } from './case.ts';
export type { Case } from './case.ts';
export { RULES, RULE_ENTRIES } from './rules/index.ts';
export type { RuleName } from './rules/index.ts';
export { storyOf } from './story.ts';
export type { StoryLine } from './story.ts';
