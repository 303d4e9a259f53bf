import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { groups } from '../../docs/status.data.ts';
import { part, renderStatus, statusFaults } from './status.ts';
import type { Part } from './status.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const faultsOf = (one: Part): string[] => statusFaults([{ title: 'x', parts: [one] }], root);

it('the project claims nothing without a test that exists', () => {
  expect(statusFaults(groups, root)).toEqual([]);
});

it.each([
  [part('x', 'real', ['tests/gone.test.ts']), /names no file/],
  [part('x', 'real', ['tests/tidy.test.ts > words that no test of ours has']), /names a title/],
  [part('x', 'real', ['README.md']), /no test file/],
  [part('x', 'real'), /no test that proves it/],
  [part('x', 'partial', ['tests/tidy.test.ts']), /does not say why/],
  [part('x', 'absent', ['tests/tidy.test.ts']), /absent, yet has proofs/],
])('a claim that cannot be relied on is named: %j', (claim, expected) => {
  expect(faultsOf(claim).join()).toMatch(expected);
});

it('accepts files, globs and titles that are there', () => {
  const proofs = ['tests/tidy.test.ts > the guard bites', 'tests/support/*.test.ts'];
  expect(faultsOf(part('x', 'real', proofs))).toEqual([]);
});

it('counts the states on the page and keeps its table whole', () => {
  const parts = [part('a|b', 'real', ['tests/tidy.test.ts']), part('c', 'absent')];
  const page = renderStatus([{ title: 'Kernel', parts }]);
  expect(page).toContain('1 real, 0 partial, 1 absent.');
  expect(page).toContain('| a\\|b | **real** | `tests/tidy.test.ts` |  |');
});
