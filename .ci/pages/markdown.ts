/** The first lines of a page that nobody edits by hand. */
export const generatedHead = (
  title: string,
  source: string,
  intro: readonly string[],
): string[] => [
  `# ${title}`,
  '',
  `<!-- Generated from ${source} by npm run docs. -->`,
  '',
  ...intro,
];

/** A cell of a Markdown table. */
export const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

export const tableRow = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** Head, ruler and rows. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  tableRow(head),
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map(tableRow),
];

/** `fallback/late` → `fallbacklate`, as GitHub makes anchors of headings. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s/g, '-');

/** A duration in the largest whole unit, as scenarios write it. */
export const durationText = (micros: number): string => {
  const units = [
    ['h', 3_600_000_000],
    ['m', 60_000_000],
    ['s', 1_000_000],
    ['ms', 1_000],
  ] as const;
  const unit = units.find(([, size]) => micros >= size && micros % size === 0);
  return unit === undefined ? `${micros}µs` : `${micros / unit[1]}${unit[0]}`;
};
