/** What a stack is judged by. All are safety rules: each is about one exchange that happened. */
export const STACK_RULES = {
  'mls/agreement': 'After a Commit all members have the same epoch authenticator and secrets.',
  'mls/valid-refused': 'What is valid by RFC 9420 is done.',
  'mls/invalid-accepted': 'What is damaged, repeated or of somebody else is refused.',
  'mls/wrong-content': 'What one member wrote, all others read.',
} as const satisfies Record<string, string>;

export type StackRuleName = keyof typeof STACK_RULES;

/** What a stack did wrong. */
export class StackFinding extends Error {
  readonly rule: StackRuleName;
  readonly expected: string;
  readonly seen: string;

  constructor(rule: StackRuleName, expected: string, seen: string) {
    super(`${expected}; ${seen}`);
    this.name = 'StackFinding';
    this.rule = rule;
    this.expected = expected;
    this.seen = seen;
  }
}
