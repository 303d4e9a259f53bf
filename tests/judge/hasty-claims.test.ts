import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rule = 'fallback/misreported';
const EARLY = { final: false };
const sent = (): Story =>
  story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' }).at(2);

describe('a status told while the message is under way', () => {
  it('is found when it claims delivery long before the receipt, true as it is at the end', () => {
    const told = sent()
      .status('m1', 'delivered', EARLY)
      .at(20)
      .told('rbm:1', 'DELIVERED', 'delivered');
    const found = told.at(30).status('m1', 'delivered').end(100).found(rule);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('when there was still no evidence of delivery');
  });

  it('is found when it claims reading on a receipt of delivery alone', () => {
    const told = sent().told('rbm:1', 'DELIVERED', 'delivered').at(3).status('m1', 'read', EARLY);
    const found = told.at(20).told('rbm:1', 'READ', 'read').at(30).status('m1', 'read').end(100);
    expect(found.found(rule)[0]).toContain('no evidence that it was read');
  });

  it('may be as early as the receipt, within the tolerance', () => {
    const told = sent()
      .status('m1', 'delivered', EARLY)
      .at(3)
      .told('rbm:1', 'DELIVERED', 'delivered');
    expect(told.at(30).status('m1', 'delivered').end(100).found(rule)).toEqual([]);
  });

  it('is not judged where the app fetched the content, which no callback tells', () => {
    const told = story().at(1).accepted('m1').dispatch('m1', 'app-push', { wire: 'fcm:1' });
    told.at(2).status('m1', 'delivered', EARLY).at(20).display('m1', 'app-push', 'fcm:1');
    expect(told.at(30).status('m1', 'delivered').end(100).found(rule)).toEqual([]);
  });
});
