/** @typedef {import('../page-model.ts').PageCell} PageCell */
/** @typedef {import('../page-model.ts').PageScenario} PageScenario */

/** @type {Readonly<Record<import('../../../simulators/kernel/words.ts').Verdict, number>>} */
const severity = { fail: 0, error: 1, inconclusive: 2, pass: 3, 'not-applicable': 4 };

/** Verdict words, worst first. */
export const verdictWords = /** @type {import('../../../simulators/kernel/words.ts').Verdict[]} */ (
  Object.keys(severity)
);

/** @param {string} query Words that must all be there, in any order. */
const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

/**
 * What the search looks at: a cell's id with its matrix, its scenario's summary, the rules with
 * findings, and words for what is special about it.
 *
 * @param {PageCell} cell
 * @param {PageScenario} scenario
 */
const haystackOf = (cell, scenario) =>
  [
    cell.id,
    scenario.summary,
    cell.verdict,
    ...cell.failed,
    ...cell.noted,
    ...(cell.worldCheck ? ['world check'] : []),
    ...(cell.hypothetical ? ['hypothetical'] : []),
  ]
    .join(' ')
    .toLowerCase();

/**
 * Makes the test whether a cell is shown. No verdict chosen means every verdict.
 *
 * @param {string} query
 * @param {ReadonlySet<string>} verdicts
 * @returns {(cell: PageCell, scenario: PageScenario) => boolean}
 */
export const createFilter = (query, verdicts) => {
  const words = wordsOf(query);
  return (cell, scenario) => {
    if (verdicts.size > 0 && !verdicts.has(cell.verdict)) return false;
    if (words.length === 0) return true;
    const haystack = haystackOf(cell, scenario);
    return words.every((word) => haystack.includes(word));
  };
};

/**
 * Sorts indices of cells, worst verdict first; equals keep their order.
 *
 * @param {readonly number[]} indices
 * @param {readonly PageCell[]} cells
 */
export const worstFirst = (indices, cells) =>
  indices.toSorted(
    (a, b) => severity[cells[a]?.verdict ?? 'pass'] - severity[cells[b]?.verdict ?? 'pass'],
  );
