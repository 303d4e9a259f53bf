import { describe, expect, it } from 'vitest';
import { createTexts, MESSAGE_KINDS } from '../../harness/plan/message-text.ts';

const CANARY = 'QX7ABCDEFGHJ';

describe('the texts of messages', () => {
  it.each(MESSAGE_KINDS)('hold their canary once, in every locale (%s)', (kind) => {
    const write = createTexts('7');
    for (const locale of ['en', 'de', 'xx']) {
      const text = write({ kind, locale, length: null }, CANARY, 1);
      expect(text.split(CANARY)).toHaveLength(2);
      expect(text).not.toContain('\0');
    }
  });

  it('are the same for the same seed, whatever was written before', () => {
    const wording = { kind: 'marketing', locale: 'en', length: null };
    const [one, other] = [createTexts('7'), createTexts('7')];
    for (let number = 1; number < 9; number++) one(wording, CANARY, number);
    expect(one(wording, CANARY, 9)).toBe(other(wording, CANARY, 9));
    expect(createTexts('8')(wording, CANARY, 9)).not.toBe(one(wording, CANARY, 9));
  });

  it('differ from one message to the next, and are as long as was asked', () => {
    const write = createTexts('7');
    const wording = { kind: 'marketing', locale: 'en', length: 400 };
    const texts = [1, 2, 3, 4].map((number) => write(wording, CANARY, number));
    expect(new Set(texts).size).toBe(4);
    for (const text of texts) expect(text.length).toBeGreaterThanOrEqual(400);
  });
});
