import { describe, expect, it } from 'vitest';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const RULE = 'policy/opted-out';

/** Ana writes the word; the implementation takes it `after` seconds later, or never. */
function says(told: Story, at: number, word: 'stop' | 'start', after: number | null = 0.2): Story {
  const message = `no-more/ana/${word === 'stop' ? 1 : 2}`;
  const device = DEVICE;
  told
    .at(at)
    .add({ kind: 'consent.said', device, person: 'ana', says: word, message, fault: 'no-more' });
  if (after === null) return told;
  told.at(at + after).add({
    kind: 'business.received',
    wire: `rbm-user:${message}`,
    person: 'ana',
    device,
    channel: 'rcs',
    message,
    callback: `cb-${message}`,
  });
  return told;
}

const refusal = { outcome: 'refused', definite: true, status: '403' } as const;

/** Handed over at `at`, and sent and shown at once. */
function sent(told: Story, at: number, message = 'm1', to = 'ana'): Story {
  const wire = `rbm:${message}`;
  told.at(at).accepted(message, 'low', to);
  told.dispatch(message, 'rcs', { wire, person: to });
  return told.at(at + 1).display(message, 'rcs', wire, { person: to });
}

describe(RULE, () => {
  it('finds a message that is sent after the word was taken', () => {
    const told = sent(says(story(), 10, 'stop'), 15).end(700);
    expect(told.found(RULE)).toEqual([
      'Fraud alert m1 went out by readable RCS at 15 s although ana had written that they want ' +
        'nothing more, which the implementation had taken at 10.2 s.',
    ]);
  });

  it('finds one that was under way and went on to its next channel', () => {
    const told = story();
    told.at(5).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' });
    says(told, 10, 'stop').at(20).dispatch('m1', 'sms', { wire: 'smpp:1' });
    expect(told.end(700).found(RULE)).toHaveLength(1);
  });

  it('holds where the message is refused, or taken and told as failed', () => {
    const refused = says(story(), 10, 'stop').at(15).intend('m1', 'low').submit('m1');
    refused.answer('m1', refusal).end(700);
    expect(refused.rule(RULE)).toMatchObject({ judged: 1, findings: [] });
    expect(refused.guilty()).toEqual([]);
    const failed = says(story(), 10, 'stop').at(15).accepted('m1', 'low');
    failed.at(16).status('m1', 'failed').end(700);
    expect(failed.rule(RULE)).toMatchObject({ judged: 1, findings: [] });
    expect(failed.guilty()).toEqual([]);
  });

  it.each([
    ['the word never came to it', says(story(), 10, 'stop', null)],
    ['it came a moment later', says(story(), 14, 'stop', 0.5)],
    ['the person wants it again', says(says(story(), 2, 'stop'), 10, 'start')],
    ['they want it again, which nobody heard', says(says(story(), 2, 'stop'), 10, 'start', null)],
  ])('leaves a message alone when %s', (_, told) => {
    expect(sent(told, 15).end(700).found(RULE)).toEqual([]);
  });

  it('leaves others alone, and is not exercised where nobody opts out', () => {
    expect(
      sent(says(story(), 10, 'stop'), 15, 'm1', 'ben')
        .end(700)
        .rule(RULE).judged,
    ).toBe(0);
    expect(sent(story(), 15).end(700).rule(RULE).judged).toBe(0);
  });

  it('blames nobody who waits for more than START', () => {
    const told = says(says(story(), 2, 'stop'), 10, 'start')
      .at(15)
      .accepted('m1', 'low');
    expect(told.at(16).status('m1', 'failed').end(700).guilty()).toEqual([]);
  });
});
