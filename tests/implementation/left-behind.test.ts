/** What left the group of the program that started it is ended with that program all the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCommand } from '../../harness/implementation/command-start.ts';
import { createOutputLog } from '../../harness/implementation/output-log.ts';
import type { RunningImplementation } from '../../harness/implementation/running.ts';
import { describedBy, descriptionText, isAlive, stageFor, temporaryFolder } from './stage.ts';

const ledger = { fault: 'f', hits: () => true, touched: () => {} };

// Only there can be read who carries what in the environment.
describe.runIf(process.platform === 'linux')('nothing is left behind', () => {
  it.each<[how: string, end: (running: RunningImplementation) => Promise<void> | void]>([
    ['stopped', (running) => running.stop()],
    ['killed', (running) => void running.target.verbs['kill']!({ params: { down: 0 }, ledger })],
    ['crashed', async ({ baseUrl }) => void (await fetch(`${baseUrl}/crash`).catch(() => {}))],
  ])('of what a %s command had put into a session of its own', async (_how, end) => {
    const folder = temporaryFolder();
    const pids = join(folder, 'pids');
    const log = join(folder, 'cell.output.log');
    const stage = stageFor(describedBy(descriptionText(`http.mjs leaver ${pids}`)));
    const outputLog = createOutputLog(log, (error) => expect.fail(error.message));
    const running = await startCommand({ ...stage.context, outputLog });
    onTestFinished(() => running.stop());
    const pid = Number(readFileSync(pids, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    await end(running);
    await stage.until(() => !isAlive(pid));
    await running.stop();
    expect(readFileSync(log, 'utf8')).toMatch(
      new RegExp(String.raw`left running, and this was ended: \S*node -e .* \(process ${pid}\)\]`),
    );
  });
});
