import type { ReporterEntry } from '../model.ts';
import { github } from './github.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { terminal } from './terminal.ts';

/** Every reporter, in the order in which they are called: files first, the terminal last. */
export const reporters = {
  json,
  junit,
  markdown,
  html,
  github,
  terminal,
} as const satisfies Record<string, ReporterEntry>;

export type ReporterName = keyof typeof reporters;
