import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editedCopy, judged, mustFindings, verdictsOf } from './judged.ts';

const DESCRIPTION = 'examples/callback-service/implementation.yaml';

test.concurrent(
  'the planted bug is named by its rule, and by no other',
  async () => {
    const { exitCode, report } = await judged(['scenarios/gate'], DESCRIPTION);
    expect(exitCode).toBe(1);
    expect(mustFindings(report)).toEqual({ 'offline-person': ['fallback/misreported'] });
    expect(report.why).toContain('was reported delivered');
    expect(report.why).toContain('no evidence of delivery');
  },
  180_000,
);

test.concurrent(
  'with that line corrected it passes every gate scenario that it can claim',
  async () => {
    const corrected = editedCopy('callback-service', [
      {
        file: 'service.mjs',
        find: "if (result.code === 200) {\n      progress(order, 'DELIVERED');",
        replace: "if (result.code === 200) {\n      progress(order, 'SENT');",
      },
    ]);
    try {
      const description = join(corrected.folder, 'implementation.yaml');
      const { exitCode, report } = await judged(['scenarios/gate'], description);
      expect(mustFindings(report)).toEqual({});
      expect(verdictsOf(report)).toEqual([
        'ambiguous-send pass',
        'honesty-probe pass',
        'offline-person pass',
      ]);
      expect(exitCode).toBe(0);
    } finally {
      corrected.remove();
    }
  },
  180_000,
);
