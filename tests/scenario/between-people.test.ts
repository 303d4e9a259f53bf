import { describe, expect, it } from 'vitest';
import { planOfFiles, problemOf, replaced, SCENARIO } from './small-scenario.ts';

const traffic = (more: string): string =>
  replaced(
    'faults:',
    `  chat:
    from: ana
    to: population/1
    at: 1s
    message: { kind: chat, sensitivity: low }
  more:
    from: ana
    to: population/1
    at: 20s
    ${more}
    message: { kind: chat, sensitivity: low }
faults:`,
  );
const plan = (text: string) =>
  planOfFiles({ 's.yaml': text }, ['s.yaml']).cells[0]!.traffic.at(-1)!;

describe('what people do to each other’s messages', () => {
  it('is in the plan, and what is not said is not', () => {
    expect(plan(traffic('edit: chat'))).toMatchObject({ act: { kind: 'edit', of: 'chat' } });
    expect(plan(traffic('react: chat'))).toMatchObject({ act: { kind: 'react', of: 'chat' } });
    expect(plan(traffic('vanish: 20s'))).toMatchObject({ vanishMicros: 20_000_000 });
    const plain = plan(traffic('repeat: 0').replace('    repeat: 0\n', ''));
    expect(Object.keys(plain)).not.toContain('act');
    expect(Object.keys(plain)).not.toContain('vanishMicros');
  });

  it.each([
    ['two acts at once', 'edit: chat\n    delete: chat'],
    ['an act on what an implementation sent', 'edit: alerts'],
  ])('is refused: %s', (_what, more) => {
    expect(problemOf(traffic(more)).code).toBe('SCENARIO_ACT');
  });

  it('names a traffic that is there', () => {
    const problem = problemOf(traffic('delete: chatt'));
    expect(problem.code).toBe('SCENARIO_UNKNOWN_NAME');
    expect(problem.hint).toContain('chat');
  });

  it('is nothing that an implementation can do', () => {
    const text = replaced('rate: 2/s', 'rate: 2/s\n    vanish: 20s');
    expect(problemOf(text).code).toBe('SCENARIO_ACT');
  });
});

describe('a file that goes with a message', () => {
  const file = 'sensitivity: high, attachment: { type: application/pdf } }';
  const withFile = replaced('sensitivity: high }', file);

  it('needs a store in the world', () => {
    expect(problemOf(withFile).code).toBe('SCENARIO_ATTACHMENT');
  });

  it('is in the plan with its defaults', () => {
    const text = replaced('  people:', '  attachments: on\n  people:', withFile);
    const { message } = planOfFiles({ 's.yaml': text }, ['s.yaml']).cells[0]!.traffic[0]!;
    expect(message.attachment).toEqual({
      type: 'application/pdf',
      bytes: 20_000,
      thumbnail: false,
    });
  });

  it('makes the store a target of faults, which no other world has', () => {
    const fault = (text: string) =>
      replaced('outage: carrier/northtel/rcs', 'cdn-outage: attachments/store', text);
    const text = replaced('  people:', '  attachments: on\n  people:', withFile);
    const { faults } = planOfFiles({ 's.yaml': fault(text) }, ['s.yaml']).cells[0]!;
    expect(faults[0]?.targets).toEqual(['attachments/store']);
    expect(problemOf(fault(SCENARIO)).code).toBe('SCENARIO_UNKNOWN_NAME');
  });
});
