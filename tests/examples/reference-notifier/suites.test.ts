import { expect, test } from 'vitest';
import { played } from './played.ts';

/** The gate is in world.test.ts, e2ee in e2ee.test.ts; the suites of gateways are for others. */
test.for(['fallback', 'push', 'sms', 'archive', 'attachments', 'clock', 'sessions'])(
  'the suite %s is passed in virtual time, without a finding',
  { timeout: 120_000 },
  async (suite) => {
    const lines = await played(`scenarios/${suite}`);
    expect(lines.length).toBeGreaterThan(1);
    const bad = lines.filter(({ verdict, found }) => verdict !== 'pass' || found.length > 0);
    expect(bad.map(({ cell, verdict, found }) => [cell, verdict, found.slice(0, 3)])).toEqual([]);
    expect(lines.filter(({ shown }) => shown === 0)).toEqual([]);
  },
);
