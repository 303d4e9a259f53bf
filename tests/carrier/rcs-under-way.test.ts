import { describe, expect, test } from 'vitest';
import { RcsItem } from '../../simulators/carrier/rcs-item.ts';
import { RcsItems } from '../../simulators/carrier/rcs-items.ts';
import { Lanes } from '../../simulators/carrier/rcs-lanes.ts';

function item(wire: string): RcsItem {
  const outcome = { delivered() {}, displayed() {}, failed() {}, expired() {} };
  const content = { kind: 'text', text: 'Hello.' } as const;
  const message = { wire, bearer: 'rcs', from: 'agent:a', person: 'ana', content } as const;
  const ways = { upwards() {}, told() {}, arrived() {} };
  return new RcsItem(message, `rcs:${wire}`, 1_000, outcome, ways);
}

describe('what a core has under way', () => {
  test('is found by its submitter’s wire, whether it came before or after the first search', () => {
    const items = new RcsItems();
    const [early, late] = [item('rbm:1'), item('rbm:2')];
    items.add(early);
    expect(items.find('rbm:1')).toBe(early);
    items.add(late);
    expect(items.find('rbm:2')).toBe(late);
    items.delete(early);
    expect(items.find('rbm:1')).toBeUndefined();
    expect([...items]).toEqual([late]);
  });

  test('is not found once it is over, also when nothing was asked for before', () => {
    const items = new RcsItems();
    const [gone, stays] = [item('rbm:1'), item('rbm:2')];
    items.add(gone);
    items.add(stays);
    items.delete(gone);
    expect(items.find('rbm:1')).toBeUndefined();
    expect(items.find('rbm:2')).toBe(stays);
  });
});

describe('lanes', () => {
  test('of people whose messages are all delivered do not pile up', () => {
    const lanes = new Lanes();
    for (let person = 0; person < 50_000; person++) lanes.leave(lanes.enter(`person-${person}`));
    expect(lanes.size).toBeLessThanOrEqual(4_096);
  });

  test('keep everybody who has something under way, and their count', () => {
    const lanes = new Lanes();
    const ana = lanes.enter('ana');
    lanes.enter('ana');
    for (let person = 0; person < 10_000; person++) lanes.leave(lanes.enter(`person-${person}`));
    expect(lanes.of('ana')).toBe(ana);
    expect(ana.count).toBe(2);
  });
});
