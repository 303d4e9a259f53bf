import { describe, expect, it } from 'vitest';
import { DEVICE, story } from './story-builder.ts';

describe('texts that are no message of the plan', () => {
  const seen = (second: 'rcs' | 'secure-link', isNoticed = true) => {
    const told = story().at(1).accepted('m1', 'low').accepted('m2', 'low');
    told.dispatch('m1', 'rcs', { wire: 'rbm:1' });
    told.dispatch('m1', second, { wire: 'rbm:2', known: false }).at(2);
    told.display('m1', 'rcs', 'rbm:1');
    const notice = { device: DEVICE, person: 'ana', wire: 'rbm:2' };
    if (isNoticed) told.add({ kind: 'device.notified', ...notice });
    return told.end(30).verdict().counts;
  };

  it('are counted when somebody saw them', () => {
    expect(seen('rcs').unrecognised).toBe(1);
    expect(seen('rcs', false).unrecognised).toBeUndefined();
  });

  it('are not the notices that a link lies there', () => {
    expect(seen('secure-link').unrecognised).toBeUndefined();
  });
});
