import { describe, expect, it } from 'vitest';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { story } from './story-builder.ts';
import { CELL } from './world-plan.ts';

/** One shown, and one that was answered like this. */
function verdictWith(outcome: 'refused' | 'busy' | 'accepted'): CellVerdict {
  const told = story()
    .at(1)
    .accepted('m1', 'low')
    .dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' })
    .at(2)
    .carried('rcs:1', 'rbm:1', 'rcs-e2ee')
    .display('m1', 'rcs-e2ee', 'rcs:1')
    .intend('m2', 'low')
    .submit('m2')
    .answer('m2', { outcome, definite: outcome === 'refused', status: '422' });
  return told.end(100).verdict();
}

describe('messages that the implementation refused', () => {
  it('are counted beside those that it accepted', () => {
    const { counts } = verdictWith('refused');
    expect(counts).toMatchObject({ messages: 2, accepted: 1, refused: 1, displayed: 1 });
  });

  it('are not what people write to each other beside them, which nobody has to accept', () => {
    const traffic = CELL.traffic.map((one) =>
      one.name === 'low' ? { ...one, from: 'ben', to: ['ana'] } : one,
    );
    const told = story({ cell: { traffic } }).at(1).accepted('m1', 'high').intend('m2', 'low');
    const { counts } = told.end(100).verdict();
    expect(counts).toMatchObject({ messages: 2, accepted: 2 });
    expect(counts).not.toHaveProperty('refused');
  });

  it('are no more than what was refused: not what found it busy', () => {
    for (const outcome of ['busy', 'accepted'] as const) {
      expect(verdictWith(outcome).counts).not.toHaveProperty('refused');
    }
  });

  it('count as refused only while no later attempt was accepted', () => {
    const told = story().at(1).intend('m1', 'low').submit('m1');
    told.answer('m1', { outcome: 'refused', definite: false, status: '500' });
    told.submit('m1', 2).answer('m1');
    expect(told.end(100).verdict().counts).toMatchObject({ accepted: 1 });
    expect(told.verdict().counts).not.toHaveProperty('refused');
  });

  it('are not what a pass says that was to be shown', () => {
    const { why } = verdictWith('refused');
    expect(why).toMatch(/^1 of 1 accepted message \(of 2 sent\) were shown, and each of the /);
  });
});
