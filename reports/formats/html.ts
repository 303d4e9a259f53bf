import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ReporterEntry, RunReport } from '../model.ts';
import { pageChunks, pageData } from '../html/page-data.ts';
import { implementationText } from '../wording.ts';

/** The page's modules, each after those that it imports; no two share a top-level name. */
const modules = [
  'dom',
  'wording',
  'data',
  'filter',
  'matrix-grid',
  'pieces',
  'grid-piece',
  'breakdown',
  'cell-figures',
  'blame',
  'cell',
  'scenarios',
  'overview',
  'main',
] as const;

const pageFile = (name: string): string =>
  readFileSync(new URL(`../html/page/${name}`, import.meta.url), 'utf8');

/** Modules that import one another made into one script: imports and `export` go, names stay. */
const joinModules = (sources: readonly string[]): string =>
  sources
    .map((source) =>
      source.replaceAll(/^import\s[^;]*?;\n/gm, '').replaceAll(/^export (?=\w)/gm, ''),
    )
    .join('\n');

/** JSON inside a script element: nothing in it may end or open a tag. */
export const embedJson = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);

const escapeHtml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const sha256 = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The one-file report, in chunks. What it says without scripts is the verdict and why. */
export const htmlChunks = function* (report: RunReport): Generator<string> {
  const code = joinModules(modules.map((name) => pageFile(`${name}.js`)));
  const script = `(() => {\n'use strict';\n${code}\n})();\n`;
  const style = pageFile('style.css');
  const data = pageData(report);
  const { implementation, verdict } = report;
  const who = escapeHtml(implementationText(implementation));
  // Nothing is loaded and nothing but this very script runs, whatever the data says.
  const policy =
    `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)}; ` +
    "base-uri 'none'; form-action 'none'";
  yield [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${verdict}: ${who} · Bellwether</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#cells">Skip to the cells</a>',
    `<header class="banner verdict-${verdict}" id="banner">`,
    '<div class="page">',
    '<p class="brand">Bellwether</p>',
    `<h1><span class="word">${verdict}</span> ${who}</h1>`,
    `<p class="why">${escapeHtml(report.why)}</p>`,
    '</div>',
    '</header>',
    '<main class="page" id="main"></main>',
    '<noscript><p class="page">The details need JavaScript.</p></noscript>',
    `<script type="application/json" id="summary">${embedJson(data)}</script>`,
    '',
  ].join('\n');
  const chunks = pageChunks(report, data.rules);
  let at = 0;
  for (const cells of chunks) {
    yield `<script type="application/json" id="chunk-${at++}">${embedJson(cells)}</script>\n`;
  }
  yield `<script>${script}</script>\n</body>\n</html>\n`;
};

export const html = {
  name: 'html',
  doc: 'report.html: one file to open or to mail, without network.',
  file: 'report.html',
  create: (output) => ({
    end: (report) => output.writeFile('report.html', htmlChunks(report)),
  }),
} as const satisfies ReporterEntry;
