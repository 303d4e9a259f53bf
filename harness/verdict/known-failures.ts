/**
 * The register of known failures: YAML entries of scenario, cell, rule, reason, owner, expiry. A
 * failure that is registered does not fail the run; an entry that matches nothing, or has expired,
 * does; a failure without an entry is printed as one, ready to paste.
 */
import { LineCounter, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import { brokenSentence } from '../../simulators/kernel/finding.ts';
import type { CellVerdict, KnownHere, VerdictWord } from '../../simulators/kernel/finding.ts';

const entrySchema = z.strictObject({
  scenario: z.string().min(1),
  /** The cell's id; `*` for every cell of the scenario. */
  cell: z.string().min(1),
  rule: z.string().min(1),
  reason: z.string().min(1),
  owner: z.string().min(1),
  /** The last day on which it holds. */
  expiry: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2027-03-31'),
});

export type KnownFailure = z.infer<typeof entrySchema>;

const registerSchema = z.strictObject({ 'known-failures': z.array(entrySchema) });

/** Reads a register. Throws VERDICT_REGISTER_INVALID (blame author) with every problem. */
export function parseKnownFailures(text: string, file: string): readonly KnownFailure[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe' });
  const problems: BellwetherError[] = [];
  const problem = (message: string, offset: number): void => {
    const { line, col } = lines.linePos(offset);
    problems.push(
      new BellwetherError(message, {
        code: 'VERDICT_REGISTER_INVALID',
        blame: 'author',
        hint: 'known-failures: a list of { scenario, cell, rule, reason, owner, expiry }',
        at: { file, line: Math.max(1, line), column: Math.max(1, col) },
      }),
    );
  };
  for (const error of document.errors) problem(error.message, error.pos[0]);
  if (problems.length > 0) throw new BellwetherErrors(problems);
  const parsed = registerSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data['known-failures'];
  for (const issue of parsed.error.issues) {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
    problem(`${path.join('.') || 'the register'}: ${issue.message}`, node?.range?.[0] ?? 0);
  }
  throw new BellwetherErrors(problems);
}

export interface AppliedRegister {
  /** What was given, with `known` set where an entry matches. */
  readonly cells: readonly CellVerdict[];
  readonly matched: readonly string[];
  readonly problems: readonly string[];
  /** One YAML entry per unexpected failure. */
  readonly toPaste: readonly string[];
}

type Named = Pick<CellVerdict, 'cell' | 'scenario'>;

function matches(entry: KnownFailure, { cell, scenario }: Named, rule: string): boolean {
  if (entry.scenario !== scenario || entry.rule !== rule) return false;
  return entry.cell === '*' || entry.cell === cell;
}

/** Entries without a day to judge by (`''`) never expire. */
function expired({ expiry }: KnownFailure, today: string): boolean {
  return today !== '' && expiry < today;
}

/**
 * Everything that a failed cell failed by: rules with must findings, rules of any level that broke
 * an expectation, and `expect/delivery` where an expectation broke by itself.
 */
function failedWords(cell: CellVerdict): string[] {
  const found = cell.rules
    .filter((outcome) => outcome.ignored === undefined)
    .flatMap((outcome) => outcome.findings)
    .filter((finding) => finding.level === 'must')
    .map((finding) => finding.rule);
  const broken = cell.expectations
    .filter((each) => each.outcome === 'failed')
    .flatMap(({ by, text }) =>
      by === undefined || by.length === 0 ? [`expect/${text.split(' ')[0]}`] : by,
    );
  return [...new Set([...found, ...broken])];
}

function entryText(cell: CellVerdict, rule: string): string {
  const entry = {
    scenario: cell.scenario,
    cell: cell.cell,
    rule,
    reason: 'why this is known',
    owner: 'who mends it',
    expiry: 'YYYY-MM-DD',
  };
  return stringify([entry]).trimEnd();
}

/** What a cell comes to without its failures, all of which are known. */
function leftOf({ besides }: CellVerdict, failures: readonly KnownHere[]): VerdictWord {
  const known = `Known failures only: ${failures.map(({ rule }) => rule).join(', ')}.`;
  if (besides === undefined) return { verdict: 'pass', why: known };
  return { verdict: besides.verdict, why: `${besides.why} ${known}` };
}

/** What of a failed cell's failures is not known, by its first word. */
function unknownWord(cell: CellVerdict, [word]: readonly string[]): VerdictWord {
  const finding = cell.rules.flatMap(({ findings }) => findings).find(({ rule }) => rule === word);
  const broken = cell.expectations.find(
    ({ outcome, by }) => outcome === 'failed' && (by === undefined || by.length === 0),
  );
  const what = finding?.sentence ?? (broken === undefined ? cell.why : brokenSentence(broken));
  return { verdict: 'fail', why: `${what} (${word}; beside known failures)` };
}

/**
 * One cell with its known failures taken out: where the register has all of them, what is left is
 * its verdict, which may be inconclusive. What is not in the register, or expired, still fails.
 */
export function withKnown(
  cell: CellVerdict,
  register: readonly KnownFailure[],
  today: string,
): CellVerdict {
  if (cell.verdict !== 'fail' || cell.known !== undefined) return cell;
  const words = failedWords(cell);
  const failures = words.flatMap((word): KnownHere[] => {
    const entry = register.find((each) => matches(each, cell, word) && !expired(each, today));
    if (entry === undefined) return [];
    const { rule, reason, owner, expiry } = entry;
    return [{ rule, reason, owner, expiry }];
  });
  if (failures.length === 0) return cell;
  const judged = { verdict: cell.verdict, why: cell.why };
  const unknown = words.filter((word) => !failures.some(({ rule }) => rule === word));
  const left = unknown.length > 0 ? unknownWord(cell, unknown) : leftOf(cell, failures);
  return { ...cell, ...left, known: { judged, failures } };
}

/** The words of a failed cell that are not known, and a line for each that is. */
function toldOf(cell: CellVerdict): { readonly unknown: string[]; readonly known: string[] } {
  const failures = cell.known?.failures ?? [];
  const unknown =
    cell.verdict === 'fail'
      ? failedWords(cell).filter((word) => !failures.some(({ rule }) => rule === word))
      : [];
  const known = failures.map(
    ({ rule, reason, owner, expiry }) =>
      `${cell.cell}: ${rule} is known — ${reason} (${owner}, until ${expiry})`,
  );
  return { unknown, known };
}

/** Cells with their known failures taken out, and what the register itself is to be told. */
export function applyKnownFailures(
  cells: readonly CellVerdict[],
  register: readonly KnownFailure[],
  today: string,
): AppliedRegister {
  const out = cells.map((cell) => withKnown(cell, register, today));
  const told = out.map(toldOf);
  const isUsed = (entry: KnownFailure): boolean =>
    out.some((cell) => cell.known?.failures.some(({ rule }) => matches(entry, cell, rule)));
  const problems = register.flatMap((entry) => {
    const name = `${entry.scenario}, ${entry.cell}, ${entry.rule}`;
    if (expired(entry, today)) return [`The known failure “${name}” expired on ${entry.expiry}.`];
    if (isUsed(entry)) return [];
    return [`The known failure “${name}” no longer matches anything: remove it.`];
  });
  return {
    cells: out,
    matched: told.flatMap(({ known }) => known),
    problems,
    toPaste: out.flatMap((cell, at) =>
      (told[at]?.unknown ?? []).map((rule) => entryText(cell, rule)),
    ),
  };
}
