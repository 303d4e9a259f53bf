/**
 * One cell under judgement: a streaming fold over its history, the same code live in a run and from
 * a file. Memory grows with messages and devices, never with events.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { judgeCell } from './cell-verdict.ts';
import { Fold } from './fold.ts';
import { RULES } from './rules/index.ts';
import { createView } from './view.ts';

export interface Case {
  /** Takes the next event. The first one has to be run.started. */
  observe(event: HistoryEvent): void;
  /** Says why the history is incomplete: the verdict is then at best inconclusive. */
  cut(reason: string): void;
  /** Judges what was observed so far; may be asked again. Throws JUDGE_NO_PLAN without a plan. */
  verdict(): CellVerdict;
}

function noPlan(file?: string): BellwetherError {
  return new BellwetherError('the history has no run.started event with the plan', {
    code: 'JUDGE_NO_PLAN',
    blame: 'environment',
    hint: 'a history is judged by the plan in its first line; was the file cut at the beginning?',
    ...(file === undefined ? {} : { at: { file, line: 1, column: 1 } }),
  });
}

export interface CaseOptions {
  /** Rules left out: the selftest proves that a missing judge never ends as pass. */
  readonly without?: readonly string[];
  /** Where the history lies, for errors about it. */
  readonly file?: string;
}

export function createCase({ without = [], file }: CaseOptions = {}): Case {
  const rules =
    without.length === 0
      ? RULES
      : Object.fromEntries(Object.entries(RULES).filter(([name]) => !without.includes(name)));
  const absent = without.length === 0 ? null : `the judge of ${without.join(', ')} is switched off`;
  let fold: Fold | null = null;
  let cut: string | null = null;
  return {
    observe: (event) => {
      if (fold !== null) fold.observe(event);
      else if (event.kind === 'run.started') {
        fold = new Fold(event);
        fold.observe(event);
      } else throw noPlan(file);
    },
    cut: (reason) => {
      cut ??= reason;
    },
    verdict: () => {
      if (fold === null) throw noPlan(file);
      return judgeCell(createView(fold), rules, cut ?? absent);
    },
  };
}

/**
 * The events of an NDJSON history, line by line. An incomplete last line is left out and reported;
 * before it, a line that is damaged or empty, or that is not numbered one more than the line before
 * it, throws JUDGE_HISTORY_DAMAGED.
 */
export async function* readHistory(
  path: string,
  incomplete: (line: number) => void,
): AsyncGenerator<HistoryEvent> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let wrong: { readonly line: number; readonly what: 'is empty' | 'is not JSON' } | null = null;
  let number = 0;
  let seq = 0;
  for await (const line of lines) {
    number++;
    if (wrong !== null) throw damaged(path, wrong.line, wrong.what);
    const event = line === '' ? null : parse(line);
    if (event === null) wrong = { line: number, what: line === '' ? 'is empty' : 'is not JSON' };
    else if (event.seq === seq + 1) yield event;
    else throw damaged(path, number, `has the number ${event.seq} after ${seq}`);
    seq++;
  }
  if (wrong?.what === 'is not JSON') incomplete(wrong.line);
}

function parse(line: string): HistoryEvent | null {
  try {
    return JSON.parse(line) as HistoryEvent;
  } catch (error) {
    // Only a cut line is expected here; where it stands decides what it means.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function damaged(path: string, line: number, what: string): BellwetherError {
  return new BellwetherError(`line ${line} of the history ${what}`, {
    code: 'JUDGE_HISTORY_DAMAGED',
    blame: 'environment',
    hint: 'only the last line may be incomplete, and none may be missing; was the file edited?',
    at: { file: path, line, column: 1 },
  });
}

/** A cell as its history tells it. */
export interface JudgedHistory {
  /** With the plan of the cell and who took part. */
  readonly started: EventOf<'run.started'>;
  readonly verdict: CellVerdict;
}

/** Recomputes a cell's verdict from its history alone: byte for byte the one of the live run. */
export async function judgeCellOf(path: string): Promise<JudgedHistory> {
  const judged = createCase({ file: path });
  const incomplete = (line: number): void =>
    judged.cut(`the history's last line (${line}) is incomplete`);
  let started: EventOf<'run.started'> | undefined;
  for await (const event of readHistory(path, incomplete)) {
    if (started === undefined && event.kind === 'run.started') started = event;
    judged.observe(event);
  }
  const verdict = judged.verdict();
  if (started === undefined) throw noPlan(path);
  return { started, verdict };
}

/** The verdict alone. */
export async function judgeHistory(path: string): Promise<CellVerdict> {
  return (await judgeCellOf(path)).verdict;
}
