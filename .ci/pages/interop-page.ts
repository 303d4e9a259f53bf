import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { expectationFor } from '../../harness/judge/interop-table.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { generatedHead, table } from './markdown.ts';

const WORDS = { encrypted: '🔒 encrypted', open: 'open', unknown: '?' } as const;

/** Axis → its values, in the order of the scenario. */
function axesOf(cells: readonly Cell[]): Map<string, string[]> {
  const axes = new Map<string, Set<string>>();
  for (const { matrix } of cells) {
    for (const [axis, value] of Object.entries(matrix)) {
      axes.set(axis, (axes.get(axis) ?? new Set()).add(value));
    }
  }
  return new Map([...axes].map(([axis, values]) => [axis, [...values]]));
}

function expected({ world, ...cell }: Cell): string {
  return WORDS[expectationFor({ world, ...cell }, world.people).kind];
}

function grid(cells: readonly Cell[], title: string, fits: (cell: Cell) => boolean): string[] {
  const left = cells.filter(fits);
  const axes = axesOf(left);
  const columns = axes.get('ben') ?? [];
  const rows = (axes.get('ana') ?? []).map((ana) => [
    ana,
    ...columns.map((ben) => {
      const own = left.filter(({ matrix }) => matrix['ana'] === ana && matrix['ben'] === ben);
      return [...new Set(own.map(expected))].join(' / ');
    }),
  ]);
  return ['', `### ${title}`, '', ...table(['ana ↓ ben →', ...columns], rows)];
}

const isOn = ({ matrix }: Cell): boolean =>
  matrix['own-carrier'] === 'on' && matrix['other-carrier'] === 'on';
const isOff = ({ matrix }: Cell): boolean => matrix['encryption'] === 'off';

/** `docs/interop.md`: what `e2ee/interop` expects of every cell of `scenarios/interop`. */
export function renderInteropPage(): string {
  const vocabulary = createVocabulary();
  const { cells } = loadPlan(['scenarios/interop'], {
    vocabulary,
    workingDirectory: PROJECT_FOLDER,
  });
  const head = generatedHead('Who encrypts with whom', 'scenarios/interop, harness/judge', [
    'The interop matrix: which conversations between people are encrypted end to end, and so are',
    'shown with a padlock. `bellwether run scenarios/interop` plays every cell with real MLS; the',
    'rule [`e2ee/interop`](rules.md#e2eeinterop) compares each display with the tables below,',
    'which are made from what is publicly known of each phone and not from the code by which',
    'simulated phones decide. The HTML report shows the run as a grid over any two axes.',
  ]);
  const pairs = cells.filter(({ scenario }) => scenario === 'pairs');
  const groups = cells.filter(({ scenario }) => scenario === 'groups');
  return [
    ...head,
    '',
    '## Two people',
    ...grid(pairs, 'Both carriers offer encryption', (cell) => isOn(cell) && !isOff(cell)),
    ...grid(pairs, 'Ben has switched encryption off', (cell) => isOn(cell) && isOff(cell)),
    ...grid(pairs, 'One carrier or both do not offer it', (cell) => !isOn(cell)),
    '',
    '## Three people, the third with an android-16 at a carrier with encryption',
    ...grid(groups, 'All carriers offer encryption', (cell) => isOn(cell) && !isOff(cell)),
    ...grid(groups, 'A carrier does not, or Ben has switched it off', (cell) => {
      return !isOn(cell) || isOff(cell);
    }),
    '',
    'With one device or two each, the tables are the same. `ios-26.3-hypothetical` is no real',
    'phone: iOS 26.3 had a switch in carrier bundles and no encryption.',
    '',
  ].join('\n');
}
