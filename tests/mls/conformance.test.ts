import { describe, expect, it } from 'vitest';
import { runConformance } from '../../harness/mls/conformance.ts';
import { stackReport } from '../../harness/mls/report.ts';
import { SCRIPTS } from '../../harness/mls/scripts/index.ts';
import { shrink } from '../../harness/mls/scripts/random.ts';
import type { CellReport, RunReport } from '../../reports/model.ts';
import type { MlsStack } from '../../simulators/protocol/mls/stack/types.ts';
import { StackError } from '../../simulators/protocol/mls/stack/types.ts';
import { bent, ourStack } from './stacks.ts';

interface Asked {
  readonly only?: string;
  readonly randomStories?: number;
  /** That both stacks have. */
  readonly suites?: readonly number[];
}

/** Seven suites take long; what is tested here is seldom one's own. */
const withSuites = (stack: MlsStack, ciphersuites: readonly number[]): MlsStack =>
  bent(stack, { SupportedCiphersuites: async () => ({ ciphersuites }) });

async function judged(
  tested: MlsStack,
  { only, randomStories = 0, suites = [1, 2] }: Asked,
): Promise<RunReport> {
  const cells: CellReport[] = [];
  const told: number[] = [];
  const played = await runConformance({
    tested: async () => tested,
    name: 'tested',
    reference: withSuites(ourStack(2), suites),
    seed: 1,
    randomStories,
    ...(only === undefined ? {} : { only }),
    onPlanned: (planned) => told.push(planned),
    onBegin: (_cell, done, planned) => {
      expect(done).toBe(cells.length);
      expect([planned]).toEqual(told);
    },
    onCell: (cell) => cells.push(cell),
    elapsedMillis: () => 0,
    replayOf: (id) => id,
  });
  expect(played.cells).toEqual(cells);
  expect(told).toEqual([played.planned]);
  return stackReport({
    version: '0',
    run: {
      id: 'test',
      began: '2026-01-01T00:00:00.000Z',
      wallMs: 0,
      planHash: '',
      command: '',
      node: '',
      folder: '',
    },
    name: 'tested',
    stackVersion: '1',
    start: 'command',
    ...played,
  });
}

const rulesFound = (report: RunReport): string[] => [
  ...new Set(
    report.cells.flatMap(({ verdict }) =>
      verdict.rules.filter(({ findings }) => findings.length > 0).map(({ rule }) => rule),
    ),
  ),
];

/** The last octet is another. */
function other(octets: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(octets);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
}

describe('a healthy stack', () => {
  it('plays every cipher suite of RFC 9420', async () => {
    const suites = [1, 2, 3, 4, 5, 6, 7];
    const report = await judged(ourStack(), { only: 'join/welcome [', suites });
    const passed = report.cells.filter(({ verdict }) => verdict.verdict === 'pass');
    expect(passed).toHaveLength(suites.length * 2 * 4);
    expect(new Set(passed.map(({ matrix }) => matrix['suite']))).toEqual(
      new Set(suites.map(String)),
    );
  });

  it('passes every script, in all casts and handshakes', async () => {
    const report = await judged(ourStack(), { randomStories: 1, only: 'suite=2' });
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0, rulesNotExercised: [] });
    const outside = report.cells.filter(({ verdict }) => verdict.verdict === 'not-applicable');
    // What ts-mls cannot do, and says so: docs/discoveries/ts-mls.md.
    for (const { verdict } of outside) {
      expect(verdict.why).toMatch(/loses all of its extensions|unmerged leaves at two heights/);
    }
    expect(report.totals.cells.pass).toBeGreaterThanOrEqual((Object.keys(SCRIPTS).length - 1) * 8);
  });
});

describe('a mutated stack is found by the rule that it breaks', () => {
  it.each<[what: string, rule: string, only: string, make: () => MlsStack]>([
    [
      'tells an epoch authenticator of its own',
      'mls/agreement',
      'commit/empty',
      () =>
        bent(ourStack(), {
          HandleCommit: async (_request, honest) => {
            const answer = await honest();
            return { ...answer, epochAuthenticator: other(answer.epochAuthenticator) };
          },
        }),
    ],
    [
      'exports another secret',
      'mls/agreement',
      'join/welcome ',
      () =>
        bent(ourStack(), {
          Export: async (_request, honest) => ({
            exportedSecret: other((await honest()).exportedSecret),
          }),
        }),
    ],
    [
      'takes a damaged ciphertext',
      'mls/invalid-accepted',
      'damage/ciphertext ',
      () =>
        bent(ourStack(), {
          Unprotect: (_request, honest) =>
            honest().catch(() => ({
              authenticatedData: new Uint8Array(0),
              plaintext: new Uint8Array(0),
            })),
        }),
    ],
    [
      'reads a ciphertext twice',
      'mls/invalid-accepted',
      'talk/replay',
      () => {
        const read = new Map<string, { authenticatedData: Uint8Array; plaintext: Uint8Array }>();
        return bent(ourStack(), {
          Unprotect: async ({ ciphertext, stateId }, honest) => {
            const key = `${stateId} ${Buffer.from(ciphertext).toString('hex')}`;
            const answer = read.get(key) ?? (await honest());
            read.set(key, answer);
            return answer;
          },
        });
      },
    ],
    [
      'reads something else than was written',
      'mls/wrong-content',
      'talk/sizes',
      () =>
        bent(ourStack(), {
          Unprotect: async (_request, honest) => {
            const answer = await honest();
            return { ...answer, plaintext: other(answer.plaintext) };
          },
        }),
    ],
    [
      'refuses what is valid',
      'mls/valid-refused',
      'commit/update',
      () =>
        bent(ourStack(), {
          UpdateProposal: async () => {
            throw new StackError('refused', 'UpdateProposal: not today');
          },
        }),
    ],
  ])('%s', async (_what, rule, only, make) => {
    const report = await judged(make(), { only });
    expect(report).toMatchObject({ verdict: 'fail', exitCode: 1 });
    expect(rulesFound(report)).toEqual([rule]);
  });

  it('in a random story, told by the shortest one that still fails', async () => {
    const tested = bent(ourStack(), {
      RemoveProposal: (_request, honest) => honest(),
      Commit: async (request, honest) => {
        const removes = request.byValue.some(
          ({ proposalType }) => new TextDecoder().decode(proposalType) === 'remove',
        );
        if (removes) throw new StackError('refused', 'Commit: nobody leaves');
        return honest();
      },
    });
    const report = await judged(tested, { only: 'cast=alone] #1', randomStories: 3 });
    const story = report.cells.find(
      ({ scenario, verdict }) => scenario.startsWith('random/') && verdict.verdict === 'fail',
    );
    expect(story?.verdict.notes[0]).toMatch(/shortest story that still fails: .*remove \(\d+/);
    // Somebody has to be there to be removed by another: little more is left of sixteen steps.
    expect(story?.verdict.notes[0]?.split(', then ').length).toBeLessThanOrEqual(3);
  });
});

describe('a stack that cannot be judged', () => {
  it('is not applicable where it does not have an operation', async () => {
    const tested = bent(ourStack(), {
      CreateBranch: async () => {
        throw new StackError('unimplemented', 'CreateBranch');
      },
    });
    const report = await judged(tested, { only: 'successor/branch ' });
    const words = report.cells.map(({ matrix, verdict }) => `${matrix['cast']} ${verdict.verdict}`);
    expect(new Set(words)).toEqual(
      new Set(['alone not-applicable', 'leads not-applicable', 'follows pass', 'mixed pass']),
    );
  });

  it('is an error for its cells only when it is gone', async () => {
    let calls = 0;
    const tested = bent(ourStack(), {
      Protect: (_request, honest) => {
        calls++;
        if (calls === 3) throw new StackError('gone', 'Protect: UNAVAILABLE');
        return honest();
      },
    });
    const report = await judged(tested, { only: 'talk/order' });
    expect(report.totals.cells.error).toBe(1);
    expect(report.totals.cells.pass).toBe(report.cells.length - 1);
    expect(report).toMatchObject({ verdict: 'error', exitCode: 4 });
  });

  it('is inconclusive when no cell was asked for', async () => {
    const report = await judged(ourStack(), { only: 'no such script' });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 2 });
  });
});

describe('shrinking', () => {
  it('leaves just what is needed, and asks no more often than allowed', async () => {
    let asked = 0;
    const fails = async (steps: readonly number[]): Promise<boolean> => {
      asked++;
      return steps.includes(3) && steps.includes(11);
    };
    const steps = Array.from({ length: 16 }, (_, index) => index);
    expect(await shrink(steps, fails, 200)).toEqual([3, 11]);
    asked = 0;
    await shrink(steps, fails, 5);
    expect(asked).toBe(5);
  });
});
