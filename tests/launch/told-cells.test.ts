import { describe, expect, it } from 'vitest';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { toldCells, toldProbe } from '../../harness/launch/told-cells.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import type { Plan } from '../../simulators/kernel/plan.ts';

const planOf = (path: string, seeds: readonly number[] = [1]): Plan =>
  loadPlan([path], { vocabulary: createVocabulary(), workingDirectory: PROJECT_FOLDER, seeds });

describe('cells in a row for a program that was told of one world', () => {
  const plan = planOf('scenarios/gate/push-token-gone.yaml', [5, 6]);
  const row = toldCells(plan);

  it('leaves the first cell as it was told', () => {
    expect(row[0]).toEqual({ cell: plan.cells[0], told: undefined });
  });

  it('keeps the keys of the first, whatever the seed of the others', () => {
    expect(row).toHaveLength(4);
    for (const { told } of row.slice(1)) expect(told?.keySeed).toBe(plan.cells[0]!.seed);
    expect(row.map(({ cell }) => cell.seed)).toEqual(plan.cells.map(({ seed }) => seed));
  });

  it('gives every cell people, numbers and ids that no other has', () => {
    const people = row.flatMap(({ cell }) => cell.world.people);
    const numbers = people.map(({ msisdn }) => msisdn);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(numbers.map((number) => number.length)).size).toBe(1);
    const accounts = people.map(({ account, id }) => account ?? id);
    expect(new Set(accounts).size).toBe(accounts.length);
    const told = [toldProbe(row), ...row.map((one) => one.told)];
    expect(new Set(told.map((one) => one?.idPrefix)).size).toBe(told.length);
    expect(new Set(told.map((one) => one?.idsAfter)).size).toBe(told.length);
  });

  it('waits in each new world until the policy’s back-off is over', () => {
    const { gatewayBackOffMicros } = plan.cells[0]!.policy;
    for (const { told } of row.slice(1)) expect(told?.settleMicros).toBe(gatewayBackOffMicros);
  });

  it('refuses what needs another world, by name and with the reason', () => {
    const gate = planOf('scenarios/gate');
    expect(() => toldCells(gate)).toThrow(/cells need another world than the one/);
    expect(() => toldCells(gate)).toThrow(/its carriers, gateways or push are others/);
    const [first] = planOf('scenarios/gate/push-token-gone.yaml').cells;
    const lax = { ...first!, id: 'lax', policy: { ...first!.policy, name: 'lax' } };
    const two: Plan = { ...gate, cells: [first!, lax] };
    expect(() => toldCells(two)).toThrow(/lax: its policy is lax/);
  });

  it('has nothing against a single cell, or none', () => {
    const one = { ...plan, cells: plan.cells.slice(0, 1) };
    expect(toldCells(one)).toHaveLength(1);
    expect(toldCells({ ...plan, cells: [] })).toEqual([]);
  });
});
