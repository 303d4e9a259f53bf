import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { loadDescription } from '../../harness/implementation/description.ts';
import type { Description } from '../../harness/implementation/description.ts';
import type { CellJob, CellOutcome } from '../../harness/launch/cell-job.ts';
import { openCellThread } from '../../harness/launch/threads/cell-thread.ts';
import { playVirtual, threadsFor } from '../../harness/launch/virtual-cells.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import {
  describedBy,
  descriptionText,
  FIXTURES,
  temporaryFolder,
} from '../implementation/stage.ts';

const cellsOf = (path: string, seeds: readonly number[] = [1]): readonly Cell[] =>
  loadPlan([path], { vocabulary: createVocabulary(), workingDirectory: PROJECT_FOLDER, seeds })
    .cells;

const reference = (): Description =>
  loadDescription(
    join(PROJECT_FOLDER, 'examples/reference-notifier/implementation.yaml'),
    PROJECT_FOLDER,
  );

/** The small module of the fixtures, in a mode of its own. */
function fixture(mode: string): Description {
  const text = descriptionText('http.mjs polite')
    .replace(/ {2}command:.*\n/, `  module: ${FIXTURES}module.mjs\n`)
    .replace(/ {2}working-directory:.*\n/, '')
    .replace("PORT: '${port}'", `MODE: ${mode}`);
  return describedBy(text);
}

interface Played {
  readonly outcomes: readonly CellOutcome[];
  readonly histories: readonly string[];
}

async function played(
  cells: readonly Cell[],
  description: Description,
  threads: number,
  more: Partial<CellJob> = {},
): Promise<Played> {
  const runFolder = temporaryFolder();
  const outcomes: CellOutcome[] = [];
  await playVirtual([...cells.keys()], threads, async (number, how) => {
    const cell = cells[number]!;
    const job = { cell, description, runFolder, fileStem: `${number}`, probe: false, replay: '' };
    outcomes[number] = await how({ ...job, ...more });
  });
  const histories = cells.map((_, number) =>
    readFileSync(join(runFolder, `${number}.ndjson`), 'utf8'),
  );
  return { outcomes, histories };
}

/** In a thread of its own. */
async function inThread(
  cell: Cell,
  description: Description,
  more: Partial<CellJob> = {},
): Promise<CellOutcome> {
  const runFolder = temporaryFolder();
  const thread = openCellThread();
  onTestFinished(() => thread.end());
  const job = { cell, description, runFolder, fileStem: 'cell', probe: false, replay: '' };
  return thread.play({ ...job, ...more });
}

describe('threads for virtual cells', () => {
  it('are not started for the gate, which is over before they would help', () => {
    expect(threadsFor(cellsOf('scenarios/gate'), 8)).toBe(0);
  });

  it('are started for a long run, one a core less the one that is there', () => {
    const cells = cellsOf('bench/minimal/crowd.yaml', [1, 2, 3, 4, 5, 6]);
    expect(threadsFor(cells, 2)).toBe(1);
    expect(threadsFor(cells, 1)).toBe(0);
    const most = threadsFor(cells, 64);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(64);
  });

  it('are not started for one cell, however large, nor for none', () => {
    expect(threadsFor(cellsOf('bench/minimal/crowd.yaml'), 8)).toBe(0);
    expect(threadsFor([], 8)).toBe(0);
  });
});

describe('a cell in another thread', () => {
  it('has the same history, byte for byte, and the same report', async () => {
    const cells = cellsOf('scenarios/gate/rcs-outage-high-sensitivity.yaml', [3, 4, 5]);
    const here = await played(cells, reference(), 0);
    const there = await played(cells, reference(), 2);
    expect(there.histories).toEqual(here.histories);
    const plain = ({ report }: CellOutcome) => ({ ...report, wallMs: 0 });
    expect(there.outcomes.map(plain)).toEqual(here.outcomes.map(plain));
  });

  it('tells how far it is', async () => {
    const phases: string[] = [];
    const [cell] = cellsOf('scenarios/gate/rcs-outage-high-sensitivity.yaml');
    const onProgress = ({ phase }: { phase: string }) => void phases.push(phase);
    await inThread(cell!, reference(), { onProgress });
    expect(phases).toEqual(expect.arrayContaining(['starting', 'main', 'heal', 'final']));
  });

  it('ends early and in order when that is asked for', async () => {
    const [cell] = cellsOf('bench/minimal/crowd.yaml');
    const stopping = new AbortController();
    const onProgress = () => stopping.abort();
    const { signal } = stopping;
    const { report } = await inThread(cell!, reference(), { signal, onProgress });
    expect(report.verdict).toMatchObject({ verdict: 'inconclusive' });
  });

  it('throws what is the author’s to mend, with its code, its hint and its place', async () => {
    const [cell] = cellsOf('scenarios/gate/sms-outage.yaml');
    await expect(inThread(cell!, fixture('real-timer'))).rejects.toMatchObject({
      code: 'MODULE_NOT_VIRTUAL',
      blame: 'author',
      hint: expect.stringContaining('ports'),
    });
    await expect(inThread(cell!, fixture("'${nowhere}'"))).rejects.toMatchObject({
      code: 'IMPLEMENTATION_PLACEHOLDER',
      at: { line: expect.any(Number), sourceLine: expect.stringContaining('nowhere') },
    });
  });

  it('whose thread ends is an error of the run, and nobody waits for it', async () => {
    const [cell] = cellsOf('bench/minimal/crowd.yaml');
    const thread = openCellThread();
    const job = { cell: cell!, description: reference(), runFolder: temporaryFolder() };
    const onProgress = () => void thread.end();
    const playing = thread.play({ ...job, fileStem: 'cell', probe: false, replay: '', onProgress });
    await expect(playing).rejects.toMatchObject({
      code: 'HARNESS_THREAD_DIED',
      blame: 'harness',
      message: `${cell!.id}: its thread died: it ended with exit code 1`,
    });
    // Nor is it given another.
    const again = thread.play({ ...job, fileStem: 'again', probe: false, replay: '' });
    await expect(again).rejects.toThrow('its thread died');
  });
});

describe('playing cells', () => {
  it('ends with what one throws, once the others are over, and begins no more', async () => {
    const begun: number[] = [];
    const over: number[] = [];
    const playing = playVirtual([0, 1, 2, 3], 1, async (number) => {
      begun.push(number);
      await new Promise(setImmediate);
      if (number === 0) throw new RangeError('the first');
      await new Promise(setImmediate);
      over.push(number);
    });
    await expect(playing).rejects.toThrow('the first');
    expect(begun).toEqual([0, 1]);
    expect(over).toEqual([1]);
  });
});
