import { groups } from '../docs/status.data.ts';
import { createVocabulary } from '../harness/compose.ts';
import { claimWords } from '../harness/plan/compile.ts';
import { LOCALE_NAMES } from '../harness/plan/message-text.ts';
import { renderScenarioSchema } from '../harness/scenario/json-schema.ts';
import { renderReportSchema } from '../reports/schema.ts';
import { renderStatus } from '../tests/support/status.ts';
import { renderCliPage } from './pages/cli-page.ts';
import { renderFaultsPage } from './pages/faults-page.ts';
import { gatewayPages, renderGatewaysPage } from './pages/gateways-page.ts';
import { renderInteropPage } from './pages/interop-page.ts';
import { renderMagicNumbersPage } from './pages/magic-numbers-page.ts';
import { renderProfilesPage } from './pages/profiles-page.ts';
import { renderRulesPage } from './pages/rules-page.ts';
import { servicePages } from './pages/services-page.ts';

/** A file that a registry or data writes; nobody edits it by hand. */
export interface GeneratedPage {
  /** From the project's folder. */
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

function renderSchema(): string {
  const vocabulary = createVocabulary();
  return renderScenarioSchema({
    vocabulary,
    claims: claimWords(vocabulary),
    locales: LOCALE_NAMES,
  });
}

/** Every generated file: `npm run docs` writes them, a test keeps them fresh. */
export const generatedPages: readonly GeneratedPage[] = [
  { path: 'docs/status.md', render: () => renderStatus(groups) },
  { path: 'docs/cli.md', render: renderCliPage },
  { path: 'docs/rules.md', render: renderRulesPage },
  { path: 'docs/faults.md', render: renderFaultsPage },
  { path: 'docs/gateways.md', render: renderGatewaysPage },
  ...gatewayPages,
  ...servicePages,
  { path: 'docs/interop.md', render: renderInteropPage },
  { path: 'docs/magic-numbers.md', render: renderMagicNumbersPage },
  { path: 'docs/profiles.md', render: renderProfilesPage },
  { path: 'scenarios/scenario.schema.json', render: renderSchema },
  { path: 'reports/report.schema.json', render: renderReportSchema },
];
