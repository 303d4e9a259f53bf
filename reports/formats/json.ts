import type { ReporterEntry, RunReport } from '../model.ts';

/** In chunks, a cell a line: a run of thousands of cells is longer than one string may be. */
const jsonChunks = function* (report: RunReport): Generator<string> {
  const { cells, ...rest } = report;
  const head = JSON.stringify(rest, null, 2);
  yield `${head.slice(0, -2)},\n  "cells": [`;
  for (const [at, cell] of cells.entries()) {
    yield `${at === 0 ? '\n' : ',\n'}    ${JSON.stringify(cell)}`;
  }
  yield `${cells.length === 0 ? '' : '\n  '}]\n}\n`;
};

export const json = {
  name: 'json',
  doc: 'report.json: everything, for programs; described by report.schema.json.',
  file: 'report.json',
  create: (output) => ({
    end: (report) => output.writeFile('report.json', jsonChunks(report)),
  }),
} as const satisfies ReporterEntry;
