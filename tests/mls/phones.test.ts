import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { serveStack } from '../../simulators/network/mls-grpc/server.ts';
import { createLocalStack } from '../../simulators/protocol/mls/stack/local-stack.ts';
import type { MlsStack } from '../../simulators/protocol/mls/stack/types.ts';
import { StackError } from '../../simulators/protocol/mls/stack/types.ts';
import { bellwether } from '../cli/terminal.ts';
import { folderOf } from '../scenario/small-scenario.ts';
import { bent } from './stacks.ts';

const EXAMPLE = join(PROJECT_FOLDER, 'examples/mls-stack/phones');
const profile = readFileSync(join(EXAMPLE, 'profiles/android-other-stack.yaml'), 'utf8');

function stackOfToday(): MlsStack {
  const clock = createWallClock();
  const random = createRandom(4);
  return createLocalStack({
    random: (length) => random.bytes(length),
    nowSeconds: () => Math.floor(clock.epochMillis() / 1_000),
  });
}

const scenario = (more = ''): string => `bellwether: 1
scenario: two-stacks
summary: two phones on two MLS stacks write to each other
${more}duration: 3s
world:
  carriers: { northtel: { e2ee: on }, southcell: { e2ee: on } }
  people:
    ana: { device: '\${ana}', carrier: northtel, e2ee: on }
    ben: { device: ios-26.5, carrier: southcell, devices: 2 }
traffic:
  there:
    { from: ana, to: ben, every: 400ms, during: 0s..2s, message: { kind: chat, sensitivity: low } }
  back:
    { from: ben, to: ana, every: 400ms, during: 0s..2s, message: { kind: chat, sensitivity: low } }
heal: { wait: 2s }
expect:
  - delivery: { of: there, at-least: 100%, within: 4s, channel: rcs-e2ee }
  - delivery: { of: back, at-least: 100%, within: 4s, channel: rcs-e2ee }
  - never: ['e2ee/*']
`;

async function played(stack: MlsStack, more: string) {
  const { port, close } = await serveStack(stack, '127.0.0.1');
  onTestFinished(close);
  const folder = folderOf({
    'two-stacks.yaml': scenario(more),
    'profiles/android-other-stack.yaml': profile.replace('127.0.0.1:50051', `127.0.0.1:${port}`),
  });
  return bellwether(['run', 'two-stacks.yaml', '-r', 'terminal'], folder);
}

describe('a phone whose engine is an MLS stack by gRPC', () => {
  it('writes to a phone on ours and reads what it answers, end to end encrypted', async () => {
    const { out } = await played(stackOfToday(), 'matrix: { ana: [android-other-stack] }\n');
    expect(out).toMatch(/1: 1 pass/);
    expect(out).toMatch(/10 of 10 messages/);
  }, 30_000);

  it('ends its own cells as errors when its stack dies, and no others', async () => {
    const dying = bent(stackOfToday(), {
      Protect: () => Promise.reject(new StackError('gone', 'it died')),
    });
    const matrix = 'matrix: { ana: [android-other-stack, android-16] }\n';
    const { out } = await played(dying, matrix);
    expect(out).toMatch(/2: 1 error, 1 pass/);
    expect(out).toMatch(/the MLS stack 127\.0\.0\.1:\d+ \(Protect\) failed/);
  }, 30_000);

  it('is refused in virtual time', async () => {
    const how = 'matrix: { ana: [android-other-stack] }\nclock: virtual\n';
    const { err } = await played(stackOfToday(), how);
    expect(err).toMatch(/answers in its own time/);
  });
});
