/** The reference as a process: sockets, wall time, a journal on disk. */
import { expect, test } from 'vitest';
import { judged, mustFindings, verdictsOf } from '../judged.ts';

const NOTIFIER = 'examples/reference-notifier';

/**
 * A crash, an SMS centre that asks to slow down, pushes by APNs and FCM, encryption with a phone
 * that lost its keys.
 */
const PATHS = ['kill-mid-send', 'smpp-throttled', 'push-trickle', 'key-loss-mid-conversation'].map(
  (name) => `scenarios/gate/${name}.yaml`,
);

test('as a process it passes what it passes as a module, a crash included', async () => {
  const asProcess = await judged(PATHS, `${NOTIFIER}/implementation.process.yaml`);
  const asModule = await judged(PATHS, `${NOTIFIER}/implementation.yaml`);
  expect(mustFindings(asProcess.report), asProcess.shown).toEqual({});
  expect(new Set(asProcess.report.cells.map(({ wire }) => wire))).toEqual(new Set(['sockets']));
  expect(verdictsOf(asProcess.report)).toEqual(verdictsOf(asModule.report));
  const { exitCode, report, shown } = asProcess;
  expect([exitCode, report.verdict], shown).toEqual([0, 'pass']);
  expect(report.totals.displayed, shown).toBe(report.totals.messages);
}, 240_000);
