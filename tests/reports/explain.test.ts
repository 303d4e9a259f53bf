import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderStory, renderTimeline } from '../../reports/explain.ts';
import type { StoryLine } from '../../reports/model.ts';
import { plannedCell } from './planned-cell.ts';

const lines: readonly StoryLine[] = [
  { atMicros: 61e6, seq: 211, kind: 'message.submitted', text: 'Handed to it, attempt 1.' },
  { atMicros: 62_140_000, seq: 214, kind: 'fault.touched', text: 'core-down answered 503.' },
  {
    atMicros: 62_140_000,
    seq: 215,
    kind: 'door.answered',
    text:
      'The door said that the recipient cannot be reached (404 NOT_FOUND), which holds for a day ' +
      'and for every device of ana.',
  },
  { atMicros: 91_460_000, seq: 1388, kind: 'device.displayed', text: 'Shown by secure link.' },
  {
    atMicros: 3_660_000_000,
    seq: 0,
    kind: 'judged',
    text:
      'fallback/late (must): the secure link went out only 29.3 s after the refusal. Expected: ' +
      'at most 2 s; seen: 29.3 s; events 215, 1388.',
  },
];

describe('the story of a message', () => {
  it('is told as the golden text says', async () => {
    await expect(renderStory(lines, 80)).toMatchFileSnapshot('golden/story.txt');
  });

  it.each([60, 80, 120])('keeps within %i columns', (columns) => {
    const text = renderStory(lines, columns).split('\n');
    expect(text.filter((line) => Array.from(line).length > columns)).toEqual([]);
  });

  it('says the same in colours', () => {
    const plain = renderStory(lines, 80);
    const coloured = renderStory(lines, 80, { colors: true });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('says so when the history knows nothing, and when nothing was wrong', () => {
    expect(renderStory([], 80)).toBe('The history tells nothing of this message.\n');
    const fine: StoryLine = { atMicros: 0, seq: 0, kind: 'judged', text: 'No rule found it bad.' };
    expect(renderStory([fine], 80)).toContain('✓ No rule found it bad.');
  });
});

describe('a plan as a timeline', () => {
  it('is drawn as the golden text says', async () => {
    await expect(renderTimeline(plannedCell, 90)).toMatchFileSnapshot('golden/timeline.txt');
  });

  it.each([60, 90, 140])('keeps within %i columns', (columns) => {
    const lines = renderTimeline(plannedCell, columns).split('\n');
    expect(lines.filter((line) => Array.from(line).length > columns)).toEqual([]);
  });

  it('draws a fault where it stands in the time of the cell', () => {
    const lines = renderTimeline(plannedCell, 90).split('\n');
    const bar = lines.find((line) => line.startsWith('core-down'))?.slice(11) ?? '';
    // 1 min to 3 min of 11 min.
    expect(bar.indexOf('▒') / bar.length).toBeCloseTo(1 / 11, 1);
    expect((bar.lastIndexOf('▒') + 1) / bar.length).toBeCloseTo(3 / 11, 1);
  });
});
