import type { StoryLine } from './model.ts';
import { foldStory } from './folded-story.ts';
import type { Repeats } from './folded-story.ts';
import { createInk, harmless, padStart, wrap } from './terminal/ink.ts';
import type { Ink } from './terminal/ink.ts';
import { clockOf, eventsText, thousands } from './wording.ts';

export { renderTimeline } from './timeline.ts';

const MIN_COLUMNS = 60;
/** Where the width is not known: a pipe. */
const DEFAULT_COLUMNS = 100;

/** What a line means to the reader; the sign says it without colours. */
const tones = {
  good: { sign: '✓', paint: (ink: Ink) => ink.good },
  bad: { sign: '✕', paint: (ink: Ink) => ink.bad },
  fault: { sign: '!', paint: (ink: Ink) => ink.odd },
  plain: { sign: '·', paint: () => (text: string) => text },
} as const;

const toneOf = ({ kind, text }: StoryLine): keyof typeof tones => {
  switch (kind) {
    case 'device.displayed':
    case 'device.read':
      return 'good';
    case 'lost':
    case 'expired':
    case 'mls.refused':
    case 'mls.lost':
      return 'bad';
    case 'fault.applied':
    case 'fault.touched':
    case 'fault.lifted':
      return 'fault';
    case 'judged':
      if (/^(Not e|E)ncrypted by /.test(text)) return 'plain';
      return text.startsWith('No rule') ? 'good' : 'bad';
    default:
      return 'plain';
  }
};

const lineText = (line: StoryLine, seqColumns: number, columns: number, ink: Ink): string[] => {
  const seq = padStart(line.seq === 0 ? '' : `#${line.seq}`, seqColumns);
  const left = `${seq}  ${padStart(clockOf(line.atMicros), 9)}  `;
  const { sign, paint } = tones[toneOf(line)];
  const [first = '', ...rest] = wrap(harmless(line.text), columns - left.length - 2);
  return [
    `${ink.quiet(left)}${paint(ink)(`${sign} ${first}`)}`,
    ...rest.map((text) => ' '.repeat(left.length + 2) + paint(ink)(text)),
  ];
};

const repeatsText = ({ lines, round, ordered, last }: Repeats): string => {
  const until = `until ${clockOf(last.atMicros)} (#${last.seq})`;
  if (!ordered) return `only such lines again, in changing order: ${thousands(lines)}, ${until}`;
  const same = round === 1 ? 'the same' : `the same ${round} lines`;
  return `${same} ${thousands(lines / round)} times more, ${until}`;
};

const repeatsLines = (
  repeats: Repeats,
  seqColumns: number,
  columns: number,
  ink: Ink,
): string[] => {
  const left = ' '.repeat(seqColumns + 13);
  return wrap(repeatsText(repeats), columns - left.length - 2).map((text, at) =>
    ink.quiet(`${left}${at === 0 ? '…' : ' '} ${text}`),
  );
};

/** Judgements stand at the end, without a time: they are about the whole. */
const judgedText = (line: StoryLine, columns: number, ink: Ink): string[] => {
  const { sign, paint } = tones[toneOf(line)];
  const { evidence = [] } = line;
  const proof = evidence.length === 0 ? '' : ` Events: ${eventsText(evidence)}.`;
  return wrap(harmless(line.text) + proof, columns - 2).map((text, at) =>
    paint(ink)(`${at === 0 ? sign : ' '} ${text}`),
  );
};

/**
 * One message's story in time order, what only repeats itself told once, then why it was judged so;
 * ends with a line break. For `bellwether explain RUN MESSAGE`.
 */
export const renderStory = (
  lines: readonly StoryLine[],
  wantedColumns: number,
  { colors = false }: { readonly colors?: boolean } = {},
): string => {
  const ink = createInk(colors);
  const columns = Math.max(MIN_COLUMNS, wantedColumns || DEFAULT_COLUMNS);
  const events = lines.filter(({ kind }) => kind !== 'judged');
  const judged = lines.filter(({ kind }) => kind === 'judged');
  const seqColumns = Math.max(2, ...events.map(({ seq }) => String(seq).length + 1));
  return [
    ...(lines.length === 0 ? ['The history tells nothing of this message.'] : []),
    ...foldStory(events).flatMap((line) =>
      'repeats' in line
        ? repeatsLines(line.repeats, seqColumns, columns, ink)
        : lineText(line, seqColumns, columns, ink),
    ),
    ...(judged.length === 0 ? [] : ['', ink.strong('WHY IT WAS JUDGED SO')]),
    ...judged.flatMap((line) => judgedText(line, columns, ink)),
  ]
    .map((text) => `${text.trimEnd()}\n`)
    .join('');
};
