/** Every error code of the push services' entries stands in an expectation of their tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PUSH_SERVICES } from '../../simulators/push/entries.ts';

const files = readdirSync(import.meta.dirname).filter(
  (name) => name.endsWith('.test.ts') && name !== 'error-codes.test.ts',
);
const texts = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));

test.each(
  Object.values(PUSH_SERVICES).flatMap(({ name, errors }) =>
    errors.map(({ code }): [string, string] => [name, code]),
  ),
)('%s: %s', (_service, code) => {
  // By itself, or behind its status: `503 Shutdown`.
  const quoted = new RegExp(`['"](?:\\d{3} )?${code}['"]`);
  expect(texts.some((text) => quoted.test(text))).toBe(true);
});
