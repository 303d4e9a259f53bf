import type { CellReport, RunReport } from '../model.ts';
import type { Figures, ScenarioGroup } from '../figures.ts';
import { figuresOf, scenarioGroups } from '../figures.ts';
import {
  channelsText,
  durationOf,
  matrixText,
  percentOf,
  plural,
  thousands,
  worstFirst,
} from '../wording.ts';
import type { Ink } from './ink.ts';
import { harmless, padEnd, padStart, shorten, widthOf, wrap } from './ink.ts';
import { shownText } from './live.ts';

const VERDICT_COLUMNS = 15;
/** Below this the figures stand under the name instead of beside it. */
const WIDE = 88;
/** Cells that did not pass, shown one by one under their scenario. */
const MAX_CELLS_SHOWN = 12;

const heads = ['DISPLAYED', 'FALL-BACKS', 'CANARIES', 'P95'] as const;
const widths = [13, 11, 13, 10] as const;
const FIGURE_COLUMNS = widths.reduce((sum, width) => sum + width, 0);

const figureTexts = (figures: Figures): string[] => [
  shownText(figures.displayed, figures.accepted),
  percentOf(figures.fallbackCorrect, figures.fallbackJudged),
  `${thousands(figures.canariesSeen)}/${thousands(figures.scans)}`,
  figures.p95Ms === null ? '–' : durationOf(figures.p95Ms),
];

const inkFigure = (at: number, text: string, figures: Figures, ink: Ink): string => {
  const short = at === 0 && figures.displayed < figures.accepted;
  const wrong = at === 1 && figures.fallbackCorrect < figures.fallbackJudged;
  const leaked = at === 2 && figures.leaks > 0;
  return short || wrong || leaked ? ink.bad(text) : text;
};

/** `sent rcs-e2ee 41 · sms 3   faults core-down 12 (floor >= 5)` */
const detailText = (about: string, { dispatched, faults, leaks }: Figures): string => {
  const sent = channelsText(dispatched);
  const hits = faults.map(
    ({ name, hits: count, floor, missed }) =>
      `${name} ${thousands(count)} (floor ${floor}${missed > 0 ? ', NOT REACHED' : ''})`,
  );
  return [
    ...(about === '' ? [] : [about]),
    ...(sent === '' ? [] : [`dispatched ${sent}`]),
    ...(hits.length === 0 ? [] : [`fault hits ${hits.join(', ')}`]),
    ...(leaks === 0 ? [] : [`content seen where it must not be: ${thousands(leaks)}`]),
  ].join('; ');
};

const rowLines = (
  { name, about = '' }: { name: string; about?: string },
  figures: Figures,
  { columns, ink, indent }: { columns: number; ink: Ink; indent: number },
): string[] => {
  const head = ' '.repeat(indent) + padEnd(figures.verdict, VERDICT_COLUMNS - indent);
  const painted = ink.verdict(figures.verdict, head);
  const detail = wrap(harmless(detailText(about, figures)), columns - VERDICT_COLUMNS - 1)
    .filter((line) => line !== '')
    .map((line) => ' '.repeat(VERDICT_COLUMNS) + ink.quiet(line));
  const texts = figureTexts(figures);
  if (columns >= WIDE) {
    const room = columns - VERDICT_COLUMNS - FIGURE_COLUMNS - 1;
    const cells = texts.map((text, at) =>
      inkFigure(at, padStart(text, widths[at] ?? 0), figures, ink),
    );
    return [painted + padEnd(shorten(name, room), room) + cells.join(''), ...detail];
  }
  const under = ['displayed', 'fall-backs', 'canaries', 'p95']
    .map((label, at) => `${label} ${inkFigure(at, texts[at] ?? '', figures, ink)}`)
    .reduce<string[]>((lines, text) => {
      const last = lines.at(-1);
      const joined = last === undefined ? text : `${last}, ${text}`;
      if (last === undefined || widthOf(joined) > columns - VERDICT_COLUMNS - 1) {
        return [...lines, text];
      }
      return [...lines.slice(0, -1), joined];
    }, [])
    .map((line) => ' '.repeat(VERDICT_COLUMNS) + line);
  return [painted + shorten(name, columns - VERDICT_COLUMNS), ...under, ...detail];
};

const cellName = (cell: CellReport): string => {
  const matrix = matrixText(cell.matrix);
  return harmless(`${matrix === '' ? '' : `[${matrix}] `}#${cell.seed}`);
};

const groupLines = (group: ScenarioGroup, columns: number, ink: Ink): string[] => {
  const { cells, figures } = group;
  const passed = cells.filter(({ verdict }) => verdict.verdict === 'pass').length;
  const only = cells.length === 1 ? cells[0] : undefined;
  const worldCheck = cells.some(({ verdict }) => verdict.worldCheck) ? ['world check'] : [];
  const share = `${passed} of ${plural(cells.length, 'cell')} pass`;
  const what = only === undefined ? share : matrixText(only.matrix);
  const about = [...worldCheck, ...(what === '' ? [] : [what])].join(', ');
  const lines = rowLines({ name: harmless(group.scenario), about }, figures, {
    columns,
    ink,
    indent: 0,
  });
  if (only !== undefined || figures.verdict === 'pass') return lines;
  const odd = worstFirst(
    cells
      .filter(({ verdict }) => verdict.verdict !== 'pass')
      .map((cell) => ({ verdict: cell.verdict.verdict, cell })),
  );
  const shown = odd
    .slice(0, MAX_CELLS_SHOWN)
    .flatMap(({ cell }) =>
      rowLines({ name: cellName(cell) }, figuresOf([cell]), { columns, ink, indent: 2 }),
    );
  const more = odd.length - MAX_CELLS_SHOWN;
  const rest =
    more > 0 ? [ink.quiet(`  … and ${plural(more, 'more cell')} that did not pass`)] : [];
  return [...lines, ...shown, ...rest];
};

/** What a release manager reads: a row a scenario, below it the cells that did not pass. */
export const tableLines = (report: RunReport, columns: number, ink: Ink): string[] => {
  const head =
    columns >= WIDE
      ? [
          ink.quiet(
            padEnd('VERDICT', VERDICT_COLUMNS) +
              padEnd('SCENARIO', columns - VERDICT_COLUMNS - FIGURE_COLUMNS - 1) +
              heads.map((text, at) => padStart(text, widths[at] ?? 0)).join(''),
          ),
        ]
      : [];
  const groups = scenarioGroups(report.cells);
  const key =
    'displayed: of the accepted ones · fall-backs: correct ones · canaries: traces of content ' +
    'that observers saw, of scans made · p95: the worst of any traffic';
  return [
    ...head,
    ...groups.flatMap((group) => groupLines(group, columns, ink)),
    ...wrap(key, columns - 1).map((line) => ink.quiet(line)),
  ];
};
