/**
 * The register of known failures: YAML entries of scenario, cell, rule, reason, owner, expiry. A
 * failure that is registered does not fail the run; an entry that matches nothing, or has expired,
 * does; a failure without an entry is printed as one, ready to paste.
 */
import { LineCounter, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import type { CellVerdict, Finding } from '../../simulators/kernel/finding.ts';

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
  readonly cells: readonly CellVerdict[];
  readonly matched: readonly string[];
  readonly problems: readonly string[];
  /** One YAML entry per unexpected failure. */
  readonly toPaste: readonly string[];
}

function matches(entry: KnownFailure, cell: CellVerdict, rule: string): boolean {
  if (entry.scenario !== cell.scenario || entry.rule !== rule) return false;
  return entry.cell === '*' || entry.cell === cell.cell;
}

/** Rules with must findings, and `expect/delivery` where that expectation failed by itself. */
function failedWords(cell: CellVerdict): string[] {
  const findings: Finding[] = cell.rules
    .filter((outcome) => outcome.ignored === undefined)
    .flatMap((outcome) => outcome.findings);
  const words = findings.filter((each) => each.level === 'must').map((each) => each.rule);
  // Latency, recovery, fallback and never fail with findings of their own rules.
  const undelivered = cell.expectations.some(
    (each) => each.outcome === 'failed' && each.text.startsWith('delivery '),
  );
  return [...new Set(undelivered ? [...words, 'expect/delivery'] : words)];
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

/** Cells whose only failures are registered pass with a note; the rest stays as it is. */
export function applyKnownFailures(
  cells: readonly CellVerdict[],
  register: readonly KnownFailure[],
  today: string,
): AppliedRegister {
  const used = new Set<KnownFailure>();
  const matched: string[] = [];
  const toPaste: string[] = [];
  const expired = (entry: KnownFailure): boolean => today !== '' && entry.expiry < today;
  const out = cells.map((cell) => {
    if (cell.verdict !== 'fail') return cell;
    const rules = failedWords(cell);
    const unknown = rules.filter((rule) => {
      const entry = register.find((each) => matches(each, cell, rule));
      if (entry === undefined) return true;
      used.add(entry);
      if (expired(entry)) return true;
      matched.push(
        `${cell.cell}: ${rule} is known — ${entry.reason} (${entry.owner}, until ${entry.expiry})`,
      );
      return false;
    });
    for (const rule of unknown) toPaste.push(entryText(cell, rule));
    if (rules.length === 0 || unknown.length > 0) return cell;
    const why = `Known failures only: ${rules.join(', ')}.`;
    return { ...cell, verdict: 'pass' as const, why, notes: [...cell.notes, `Known: ${cell.why}`] };
  });
  const problems = register.flatMap((entry) => {
    const name = `${entry.scenario}, ${entry.cell}, ${entry.rule}`;
    if (expired(entry)) return [`The known failure “${name}” expired on ${entry.expiry}.`];
    if (used.has(entry)) return [];
    return [`The known failure “${name}” no longer matches anything: remove it.`];
  });
  return { cells: out, matched, problems, toPaste };
}
