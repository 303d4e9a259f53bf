/** Ways of starting: one file and one line each. */
import type { Description } from './description.ts';
import { startCommand } from './command-start.ts';
import { startContainer } from './container-start.ts';
import { startModule } from './module-start.ts';
import type { StartImplementation } from './running.ts';
import { startUrl } from './url-start.ts';

export const STARTERS = {
  command: startCommand,
  container: startContainer,
  module: startModule,
  url: startUrl,
} as const satisfies Record<Description['start'], StartImplementation>;
