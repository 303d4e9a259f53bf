import { describe, expect, it } from 'vitest';
import { createVocabulary } from '../../harness/compose.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { folderOf, SCENARIO } from '../scenario/small-scenario.ts';

const workingDirectory = (): string => folderOf({ 'small.yaml': SCENARIO });
const cellAt = (folder: string, speed?: number) => {
  const options = { vocabulary: createVocabulary(), workingDirectory: folder };
  const plan = loadPlan(['small.yaml'], speed === undefined ? options : { ...options, speed });
  return { hash: plan.hash, cell: plan.cells[0]! };
};

describe('--speed', () => {
  it('divides the world’s own delays, and nothing that is judged by', () => {
    const folder = workingDirectory();
    const { cell: slow } = cellAt(folder);
    const { cell: fast } = cellAt(folder, 4);
    const carrier = (cell: typeof slow) => cell.world.carriers[0]!.delayMicros.rcs;
    expect(carrier(slow)[1]).toBeGreaterThan(0);
    expect(carrier(fast)).toEqual(carrier(slow).map((micros) => Math.round(micros / 4)));
    const phone = (cell: typeof slow) => cell.world.people[0]!.devices[0]!;
    expect(phone(fast).displayDelayMicros[1]).toBe(
      Math.round(phone(slow).displayDelayMicros[1] / 4),
    );
    const crowd = (cell: typeof slow) => cell.world.population!.mix[0]!.person;
    expect(crowd(fast).readDelayMicros[1]).toBe(Math.round(crowd(slow).readDelayMicros[1] / 4));
    for (const key of ['faults', 'traffic', 'policy', 'expect', 'heal', 'durationMicros'] as const)
      expect(fast[key]).toEqual(slow[key]);
  });

  it('is part of the plan, so that a replay of another speed is another plan', () => {
    const folder = workingDirectory();
    expect(cellAt(folder, 4).hash).not.toBe(cellAt(folder).hash);
    expect(cellAt(folder, 1).hash).toBe(cellAt(folder).hash);
    expect(cellAt(folder, 4).cell.speed).toBe(4);
  });
});
