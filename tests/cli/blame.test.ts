import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { applyVariant, loadVariants } from '../../harness/launch/selftest/variant.ts';
import { judged, ROOT } from '../examples/judged.ts';

const REFERENCE = join(ROOT, 'examples/reference-notifier');
mkdirSync(join(ROOT, '.bellwether'), { recursive: true });
/** Inside the package, so that its imports by name resolve. */
const folder = mkdtempSync(join(ROOT, '.bellwether', 'blame-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nobody can be reached at all: whatever is under test fails. */
const IMPOSSIBLE = `bellwether: 1
scenario: nobody-there
summary: The only phone is away for good.
duration: 5s
world:
  carriers: { northtel: { e2ee: on } }
  people: { ana: { device: android-16, carrier: northtel, app: off, online: off } }
policy: gate
traffic:
  alerts: { to: ana, every: 1s, during: 0s..3s, message: { kind: appointment, sensitivity: low } }
heal: { wait: 5s }
expect:
  - delivery: { of: alerts, at-least: 100% }
`;

describe('run --blame', () => {
  test('says that a fault is the implementation’s own, and where the histories part', async () => {
    const mutant = loadVariants(REFERENCE).find(({ id }) => id === 'late-timeout-tripled')!;
    const copy = join(folder, mutant.id);
    applyVariant(REFERENCE, mutant, copy);
    const scenario = ['scenarios/gate/rcs-outage-high-sensitivity.yaml'];
    const only = ['--no-probe', '--only', 'android-16', '--blame'];
    const { report, shown, exitCode } = await judged(scenario, `${copy}/implementation.yaml`, only);
    expect(exitCode, shown).toBe(1);
    const [cell] = report.cells;
    expect(cell?.blame).toMatchObject({ on: 'implementation', shared: [] });
    expect(cell?.blame?.plays.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
    const { here, there } = cell!.blame!.parting!;
    // The reference takes the copy back in time; the mutant goes on waiting.
    expect(there?.text).toContain('back');
    expect(here!.atMicros).toBeGreaterThan(there!.atMicros);
    expect(shown).toContain('WHO FAILS WITH WHOM');
  });

  test('says that a scenario is to blame which the reference fails too', async () => {
    const file = join(folder, 'nobody-there.yaml');
    writeFileSync(file, IMPOSSIBLE);
    const reference = `${REFERENCE}/implementation.yaml`;
    const plain = await judged([file], reference, ['--no-probe']);
    const { report, shown } = await judged([file], reference, ['--no-probe', '--blame']);
    expect(report.cells[0]?.blame?.on, shown).toBe('scenario');
    // A verdict does not depend on who else fails.
    expect(report.cells[0]?.verdict).toEqual(plain.report.cells[0]?.verdict);
    expect(report.exitCode).toBe(1);
  });

  test('plays nothing again where nothing failed', async () => {
    const scenario = ['scenarios/gate/link-sign-in.yaml'];
    const reference = `${REFERENCE}/implementation.yaml`;
    const { report, shown } = await judged(scenario, reference, ['--no-probe', '--blame']);
    expect(report.cells[0]?.blame).toBeUndefined();
    expect(shown).not.toContain('WHO FAILS WITH WHOM');
  });
});
