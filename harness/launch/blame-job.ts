/** A failed cell again, with the reference on one side or on both; verdicts stay as they are. */
import { createReadStream, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Blame, BlamePlay, Parting } from '../../simulators/kernel/blame.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Cell, PersonPlan } from '../../simulators/kernel/plan.ts';
import type { CellReport } from '../../reports/model.ts';
import type { Description } from '../implementation/description.ts';
import { blameOf, playOf } from '../verdict/index.ts';
import { runCellJob } from './cell-job.ts';
import { partingOf } from './parting.ts';

export interface BlameJob {
  readonly cell: Cell;
  /** As it was run and judged: its verdict is `fail`. */
  readonly report: CellReport;
  readonly subject: Description;
  readonly reference: Description;
  /** Absolute; what is played again is kept below `blame/`. */
  readonly runFolder: string;
  readonly fileStem: string;
  readonly signal?: AbortSignal;
}

/** So many messages with findings are compared, the first ones. */
const MOST_COMPARED = 50;
const FOLDER = 'blame';

function withOwnEngines<T extends Pick<PersonPlan, 'devices'>>(person: T): T {
  const devices = person.devices.map(({ mls: _foreign, ...device }) => device);
  return { ...person, devices };
}

/** The cell with Bellwether's own engine in every phone; null where they all have it already. */
function withReferencePeers(cell: Cell): Cell | null {
  const { people, population } = cell.world;
  const mix = population?.mix ?? [];
  const everybody = [...people, ...mix.map(({ person }) => person)];
  const foreign = everybody.some(({ devices }) => devices.some(({ mls }) => mls !== undefined));
  if (!foreign) return null;
  const own = mix.map((share) => ({ ...share, person: withOwnEngines(share.person) }));
  const world = {
    ...cell.world,
    people: people.map((person) => withOwnEngines(person)),
    population: population === null ? null : { ...population, mix: own },
  };
  return { ...cell, world };
}

async function readEvents(file: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    // The last line of a run that was ended may be half written.
    if (line.endsWith('}')) events.push(JSON.parse(line) as HistoryEvent);
  }
  return events;
}

/** Of the findings that fail the cell, the messages, in the order of their findings. */
function messagesOf({ verdict }: CellReport): string[] {
  const findings = verdict.rules
    .filter(({ level, ignored }) => level === 'must' && ignored === undefined)
    .flatMap((outcome) => outcome.findings);
  const named = new Set(findings.flatMap(({ message }) => message ?? []));
  return [...named].slice(0, MOST_COMPARED);
}

async function againWith(
  job: BlameJob,
  cell: Cell,
  description: Description,
  stem: string,
): Promise<CellReport> {
  const { runFolder, report, signal } = job;
  const { report: again } = await runCellJob({
    cell,
    description,
    runFolder: join(runFolder, FOLDER),
    fileStem: stem,
    probe: false,
    replay: report.replay,
    ...(signal === undefined ? {} : { signal }),
  });
  return again;
}

async function partingIn(job: BlameJob, reference: CellReport): Promise<Parting | null> {
  const { report, runFolder, cell } = job;
  if (report.history === null || reference.history === null) return null;
  const [here, there] = await Promise.all([
    readEvents(join(runFolder, report.history)),
    readEvents(join(runFolder, FOLDER, reference.history)),
  ]);
  return partingOf(here, there, messagesOf(report), cell.policy.toleranceMicros);
}

async function playAgain(job: BlameJob): Promise<Blame> {
  const { cell, report, subject, reference, fileStem } = job;
  mkdirSync(join(job.runFolder, FOLDER), { recursive: true });
  const nameOf = ({ doc }: Description): string => `${doc.implementation} ${doc.version}`;
  const own = playOf(nameOf(subject), 'as-planned', report.verdict);
  const planned = await againWith(job, cell, reference, `${fileStem}-reference`);
  const others = withReferencePeers(cell);
  const withOthers = async (description: Description, stem: string): Promise<BlamePlay | null> => {
    if (others === null) return null;
    const { verdict } = await againWith(job, others, description, `${fileStem}-${stem}`);
    return playOf(nameOf(description), 'reference', verdict);
  };
  const blame = blameOf({
    subject: own,
    reference: playOf(`the reference, ${nameOf(reference)}`, 'as-planned', planned.verdict),
    subjectWithReference: await withOthers(subject, 'reference-phones'),
    referenceWithReference: await withOthers(reference, 'reference-both'),
  });
  return { ...blame, parting: await partingIn(job, planned) };
}

/**
 * Plays what is missing and says who fails with everyone, and who only with whom. What cannot be
 * played again is told, and takes nothing from the report.
 */
export async function blameFor(job: BlameJob): Promise<Blame> {
  try {
    return await playAgain(job);
  } catch (error) {
    if (!(error instanceof BellwetherError)) throw error;
    const sentence = `It could not be played again: ${error.message}`;
    const own = playOf(job.subject.doc.implementation, 'as-planned', job.report.verdict);
    return { on: 'unknown', sentence, shared: [], plays: [own], parting: null };
  }
}
