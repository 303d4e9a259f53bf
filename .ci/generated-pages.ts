import { groups } from '../docs/status.data.ts';
import { renderReportSchema } from '../reports/schema.ts';
import { renderStatus } from '../tests/support/status.ts';

/** A file that a registry or data writes; nobody edits it by hand. */
export interface GeneratedPage {
  /** From the project's folder. */
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

/** Every generated file: `npm run docs` writes them, a test keeps them fresh. */
export const generatedPages: readonly GeneratedPage[] = [
  { path: 'docs/status.md', render: () => renderStatus(groups) },
  { path: 'reports/report.schema.json', render: renderReportSchema },
];
