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
import { gridLines } from './grid.ts';
import type { Ink } from './ink.ts';
import { harmless, padEnd, padStart, shorten, widthOf, wrap } from './ink.ts';
import { shownText } from './live.ts';

const VERDICT_COLUMNS = 15;
/** Below this the figures stand under the name instead of beside it. */
const WIDE = 88;
/** Cells that did not pass, shown one by one under their scenario. */
const MAX_CELLS_SHOWN = 12;

interface Column {
  readonly head: string;
  readonly width: number;
  text(figures: Figures): string;
  /** Worth the colour of what went wrong. */
  wrong(figures: Figures): boolean;
}

/** Of runs in which messages went to people. */
const MESSAGE_COLUMNS: readonly Column[] = [
  {
    head: 'DISPLAYED',
    width: 13,
    text: ({ displayed, accepted }) => shownText(displayed, accepted),
    // Between people not every message is to be seen: outsiders' are not, nor deleted ones.
    wrong: ({ displayed, accepted, worldCheck }) => displayed < accepted && !worldCheck,
  },
  {
    head: 'FALL-BACKS',
    width: 11,
    text: ({ fallbackCorrect, fallbackJudged }) => percentOf(fallbackCorrect, fallbackJudged),
    wrong: ({ fallbackCorrect, fallbackJudged }) => fallbackCorrect < fallbackJudged,
  },
  {
    head: 'CANARIES',
    width: 13,
    text: ({ canariesSeen, scans }) => `${thousands(canariesSeen)}/${thousands(scans)}`,
    wrong: ({ leaks }) => leaks > 0,
  },
  {
    head: 'P95',
    width: 10,
    text: ({ p95Ms }) => (p95Ms === null ? '–' : durationOf(p95Ms)),
    wrong: () => false,
  },
];

/** Of runs that judge a protocol stack by itself. */
const STACK_COLUMNS: readonly Column[] = [
  { head: 'CHECKS', width: 10, text: ({ checks }) => thousands(checks), wrong: () => false },
];

function columnsOf(report: RunReport): readonly Column[] {
  return report.implementation.role === 'mls-client' ? STACK_COLUMNS : MESSAGE_COLUMNS;
}

const widthOfAll = (shown: readonly Column[]): number =>
  shown.reduce((sum, { width }) => sum + width, 0);

const inkFigure = (column: Column, text: string, figures: Figures, ink: Ink): string =>
  column.wrong(figures) ? ink.bad(text) : text;

interface Page {
  readonly columns: number;
  readonly ink: Ink;
  readonly shown: readonly Column[];
}

/** `sent rcs-e2ee 41 · sms 3   faults core-down 12 (floor >= 5)` */
const detailText = (about: string, { dispatched, protection, faults, leaks }: Figures): string => {
  const sent = channelsText(dispatched);
  const hits = faults.map(
    ({ name, hits: count, floor, missed }) =>
      `${name} ${thousands(count)} (floor ${floor}${missed > 0 ? ', NOT REACHED' : ''})`,
  );
  return [
    ...(about === '' ? [] : [about]),
    ...(sent === '' ? [] : [`dispatched ${sent}`]),
    ...(protection === '' ? [] : [`encrypted by ${protection}`]),
    ...(hits.length === 0 ? [] : [`fault hits ${hits.join(', ')}`]),
    ...(leaks === 0 ? [] : [`content seen where it must not be: ${thousands(leaks)}`]),
  ].join('; ');
};

const rowLines = (
  { name, about = '' }: { name: string; about?: string },
  figures: Figures,
  { columns, ink, shown }: Page,
  indent: number,
): string[] => {
  const head = ' '.repeat(indent) + padEnd(figures.verdict, VERDICT_COLUMNS - indent);
  const painted = ink.verdict(figures.verdict, head);
  const detail = wrap(harmless(detailText(about, figures)), columns - VERDICT_COLUMNS - 1)
    .filter((line) => line !== '')
    .map((line) => ' '.repeat(VERDICT_COLUMNS) + ink.quiet(line));
  if (columns >= WIDE) {
    const room = columns - VERDICT_COLUMNS - widthOfAll(shown) - 1;
    const cells = shown.map((column) =>
      inkFigure(column, padStart(column.text(figures), column.width), figures, ink),
    );
    return [painted + padEnd(shorten(name, room), room) + cells.join(''), ...detail];
  }
  const under = shown
    .map((column) => {
      const text = inkFigure(column, column.text(figures), figures, ink);
      return `${column.head.toLowerCase()} ${text}`;
    })
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

const groupLines = (group: ScenarioGroup, page: Page): string[] => {
  const { cells, figures } = group;
  const { ink } = page;
  const passed = cells.filter(({ verdict }) => verdict.verdict === 'pass').length;
  const only = cells.length === 1 ? cells[0] : undefined;
  const worldCheck = cells.some(({ verdict }) => verdict.worldCheck) ? ['world check'] : [];
  const share = `${passed} of ${plural(cells.length, 'cell')} pass`;
  const what = only === undefined ? share : matrixText(only.matrix);
  const about = [...worldCheck, ...(what === '' ? [] : [what])].join(', ');
  const lines = [
    ...rowLines({ name: harmless(group.scenario), about }, figures, page, 0),
    ...gridLines(group, page.columns, page.ink),
  ];
  if (only !== undefined || figures.verdict === 'pass') return lines;
  const odd = worstFirst(
    cells
      .filter(({ verdict }) => verdict.verdict !== 'pass')
      .map((cell) => ({ verdict: cell.verdict.verdict, cell })),
  );
  const named = odd
    .slice(0, MAX_CELLS_SHOWN)
    .flatMap(({ cell }) => rowLines({ name: cellName(cell) }, figuresOf([cell]), page, 2));
  const more = odd.length - MAX_CELLS_SHOWN;
  const rest =
    more > 0 ? [ink.quiet(`  … and ${plural(more, 'more cell')} that did not pass`)] : [];
  return [...lines, ...named, ...rest];
};

/** What a release manager reads: a row a scenario, below it the cells that did not pass. */
export const tableLines = (report: RunReport, columns: number, ink: Ink): string[] => {
  const shown = columnsOf(report);
  const head =
    columns >= WIDE
      ? [
          ink.quiet(
            padEnd('VERDICT', VERDICT_COLUMNS) +
              padEnd('SCENARIO', columns - VERDICT_COLUMNS - widthOfAll(shown) - 1) +
              shown.map((column) => padStart(column.head, column.width)).join(''),
          ),
        ]
      : [];
  const groups = scenarioGroups(report.cells);
  const key =
    shown === STACK_COLUMNS
      ? 'checks: what was asked of the stack, and had to agree or to be refused'
      : 'displayed: of the accepted ones · fall-backs: correct ones · canaries: traces of ' +
        'content that observers saw, of scans made · p95: the worst of any traffic';
  return [
    ...head,
    ...groups.flatMap((group) => groupLines(group, { columns, ink, shown })),
    ...wrap(key, columns - 1).map((line) => ink.quiet(line)),
  ];
};
