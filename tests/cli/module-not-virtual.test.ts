import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { descriptionText, FIXTURES, temporaryFolder } from '../implementation/stage.ts';

/** As a process of its own: a real timer or a lost rejection would end or hang this one. */
function run(mode: string) {
  const folder = temporaryFolder();
  const text = descriptionText('http.mjs polite')
    .replace(/ {2}command:.*\n/, `  module: ${FIXTURES}module.mjs\n`)
    .replace(/ {2}working-directory:.*\n/, '')
    .replace("PORT: '${port}'", `MODE: ${mode}`);
  writeFileSync(join(folder, 'implementation.yaml'), text);
  const argv = ['run', 'scenarios/gate/sms-outage.yaml', '-r', 'terminal', '--out', folder];
  const bin = join(PROJECT_FOLDER, 'harness/cli/bin.js');
  return spawnSync(process.execPath, [bin, ...argv], {
    cwd: folder,
    // CI by itself makes it colourful.
    env: { ...process.env, NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 50_000,
  });
}

describe('a module in virtual time', () => {
  it('that sets a real timer, if only when it is created, is refused, and the command ends', () => {
    const { status, stderr } = run('real-timer');
    expect(stderr).toContain('used a real Timeout in virtual time (MODULE_NOT_VIRTUAL)');
    expect(status).toBe(3);
  });

  it.each([
    ['lets a promise fail with nobody listening', 'rejects-later'],
    ['throws where nobody can catch it', 'throws-unseen'],
  ])('that %s has crashed, not the harness', (_what, mode) => {
    const { status, stdout, stderr } = run(mode);
    expect(stderr).toBe('');
    expect(stdout).toContain('implementation/crashed');
    expect(status).toBe(1);
  });

  it.each(['exits', 'exits-by-name', 'really-exits', 'aborts', 'becomes-another'])(
    'that ends its process, with whatever code, has crashed, and the verdict says so (%s)',
    (mode) => {
      const { status, stdout, stderr } = run(mode);
      expect(stderr).toBe('');
      expect(stdout).toContain('implementation/crashed');
      expect(status).toBe(1);
    },
  );

  it('that brings it to an end past the harness ends the run as an error', () => {
    const { status, stderr } = run('stalls');
    expect(stderr).toContain('so there is no verdict');
    expect(status).toBe(4);
  });

  it.each(['logs', 'prints'])(
    'that prints shows it to the tap of its output, not on the terminal (%s)',
    (mode) => {
      const { status, stdout, stderr } = run(mode);
      expect(stderr).toBe('');
      expect(stdout).not.toMatch(/^to /m);
      expect(stdout).toContain('readable for the implementation’s output');
      expect(stdout).toMatch(/WHAT THE PROGRAM PRINTED[^]*\.output\.log/);
      expect(status).toBe(1);
    },
  );

  it('has no say in the exit code of the run', () => {
    const { status, stdout } = run('mends-exit-code');
    expect(stdout).toContain('verdict: fail (exit code 1)');
    expect(status).toBe(1);
  });
});
