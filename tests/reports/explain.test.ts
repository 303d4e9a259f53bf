import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { foldStory } from '../../reports/folded-story.ts';
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
      'at most 2 s; seen: 29.3 s.',
    evidence: [215, 1388],
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

/** Line by line, a millisecond apart: each letter is a text. */
const storyOf = (letters: string): StoryLine[] =>
  Array.from(letters, (letter, at) => ({
    atMicros: at * 1000,
    seq: at + 1,
    kind: 'door.request',
    text: letter.replaceAll('#', `attempt ${at + 1}`),
  }));

describe('what repeats itself in a story', () => {
  const told = (letters: string): string[] =>
    renderStory(storyOf(letters), 100)
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^[ #\d:.]*[·…] /, ''));

  it('is told once, with how often and until when it came again', () => {
    const told = renderStory(storyOf('SF'.repeat(1066)), 100);
    expect(told).toBe(
      '   #1  00:00.000  · S\n' +
        '   #2  00:00.001  · F\n' +
        '                  … the same 2 lines 1,065 times more, until 00:02.131 (#2132)\n',
    );
  });

  it('keeps all that lies between, and its order', () => {
    const twice = 'the same 2 lines 5 times more, until 00:00.';
    const all = told(`x${'SF'.repeat(6)}y${'SF'.repeat(6)}Sz`);
    expect(all.join(' ')).toBe(`x S F ${twice}012 (#13) y S F ${twice}025 (#26) S z`);
  });

  it('takes an attempt for the same as the one before', () => {
    expect(told('#'.repeat(7))).toEqual([
      'attempt 1',
      'the same 6 times more, until 00:00.006 (#7)',
    ]);
  });

  it('is told line by line while it came a few times only: its times matter', () => {
    expect(told('SFSFSFSF')).toHaveLength(8);
    expect(told('SSSS')).toHaveLength(4);
    expect(told('SSSSS')).toHaveLength(2);
  });

  it('is told once also where the order changes', () => {
    const mixed = Array.from({ length: 300 }, (_, at) => ((at * at) % 7 < 3 ? 'SF' : 'FS')).join(
      '',
    );
    const all = told(`x${mixed}z`);
    expect(all.length).toBeLessThan(20);
    expect(all.join('\n')).toContain('only such lines again, in changing order: ');
    expect([all[0], all.at(-1)]).toEqual(['x', 'z']);
  });

  it('never swallows what came once', () => {
    expect(told(`SaF${'SF'.repeat(9)}`).join(' ')).toBe(
      'S a F S the same 2 lines 8 times more, until 00:00.019 (#20) F',
    );
  });

  it('says of each line of a long story whether it is told or counted', () => {
    for (const letters of ['SF'.repeat(40), 'SSF'.repeat(9) + 'x', 'ABBA'.repeat(11), 'abcdef']) {
      const lines = foldStory(storyOf(letters));
      const counted = lines.map((line) => ('repeats' in line ? line.repeats.lines : 1));
      expect(counted.reduce((sum, count) => sum + count)).toBe(letters.length);
    }
  });
});

describe('the events of a finding', () => {
  it('are named by the first and the last where they are many', () => {
    const judged: StoryLine = {
      atMicros: 0,
      seq: 0,
      kind: 'judged',
      text: 'api/hammering (must): bad.',
      evidence: Array.from({ length: 1066 }, (_, at) => 100 + at),
    };
    expect(renderStory([judged], 200)).toContain(
      'bad. Events: #100 #101 #102 #103 #104 #105 #106 #107 #108 … #1163 #1164 #1165 ' +
        '(1,066 in all).',
    );
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
