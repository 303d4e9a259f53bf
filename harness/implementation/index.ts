import type { Description } from './description.ts';
import type { StartImplementation } from './running.ts';

/** Ways of starting: one file and one line each, and only the one in use is loaded. */
export const STARTERS = {
  command: async () => (await import('./command-start.ts')).startCommand,
  container: async () => (await import('./container-start.ts')).startContainer,
  module: async () => (await import('./module-start.ts')).startModule,
  url: async () => (await import('./url-start.ts')).startUrl,
} as const satisfies Record<Description['start'], () => Promise<StartImplementation>>;
