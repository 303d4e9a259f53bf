import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { guards } from './tidy/guards/index.ts';
import { readFixture, readProject } from './tidy/project.ts';
import type { Complaint } from './tidy/project.ts';
import { rooms } from './tidy/rooms.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = fileURLToPath(new URL('./fixtures/tidy', import.meta.url));

const place = ({ path, line }: Complaint): string =>
  line === undefined ? path : `${path}:${line}`;
const full = (complaint: Complaint): string => `${place(complaint)} ${complaint.say}`;

const tree = readProject(root, rooms, (path) => path === 'tests/fixtures');

describe.each(Object.entries(guards))('%s', (name, guard) => {
  it(`the tree keeps this: ${guard.promise}`, () => {
    expect(guard.check(tree).map(full)).toEqual([]);
  });

  it('the guard bites: it names exactly the bad places of its fixture', () => {
    const folder = `${fixtures}/${name}`;
    const expected = readFileSync(`${folder}/EXPECTED`, 'utf8').trim().split('\n');
    const complaints = guard.check(readFixture(folder, rooms)).map(place);
    expect(complaints.sort()).toEqual(expected.sort());
  });
});

it('there is no fixture without a guard', () => {
  expect(readdirSync(fixtures).sort()).toEqual(Object.keys(guards).sort());
});
