import { describe, expect, it } from 'vitest';
import { storyOf } from '../../harness/judge/story.ts';
import { DEVICE, story } from './story-builder.ts';
import { ANA } from './world-plan.ts';

describe('the story of a message', () => {
  it('tells of buttons, taps and files', () => {
    const told = story().at(1).accepted('m1').dispatch('m1', 'rcs', { wire: 'rbm:1' });
    const at = { wire: 'rbm:1', person: ANA.id };
    const fetched = { kind: 'medium.fetched', ...at, part: 'file', status: '404' } as const;
    told.add({ ...fetched, by: 'gateway/rbm', outcome: 'missing' });
    told.add({ ...fetched, by: 'gateway/rbm', outcome: 'elsewhere' });
    told.add({ kind: 'suggestions.shown', ...at, device: DEVICE, does: ['reply', 'dial'] });
    told.add({ kind: 'suggestion.tapped', ...at, device: DEVICE, does: 'dial' });
    const shown = { part: 'file', type: 'image/png', bytes: 9 } as const;
    told.add({ kind: 'medium.displayed', ...at, device: DEVICE, ...shown });
    const texts = storyOf(told.end(9).events, 'm1').map(({ text }) => text);
    expect(texts).toEqual(
      expect.arrayContaining([
        'gateway/rbm could not have its file: missing, 404.',
        'Its file lies outside of this world.',
        `${DEVICE} showed 2 buttons with it.`,
        `A button (dial) was tapped on ${DEVICE}.`,
        `${DEVICE} showed its file (image/png, 9 bytes).`,
      ]),
    );
  });
});
