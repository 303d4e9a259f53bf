import { describe, expect, it } from 'vitest';
import type { EventInput } from '../../simulators/kernel/events.ts';
import { DEVICE, story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const OTHER = 'person/ana/device/2';
const BEN = 'person/ben/device/1';

const claimed = (reference: string, more: Partial<EventInput> = {}): EventInput =>
  ({
    kind: 'mls.claimed',
    person: 'ana',
    device: OTHER,
    reference,
    lastResort: false,
    ...more,
  }) as EventInput;

const welcomed = (reference: string, group: string, more: Partial<EventInput> = {}): EventInput =>
  ({
    kind: 'mls.welcomed',
    group,
    epoch: 1,
    references: [reference],
    wire: `rbm:w-${group}`,
    ...more,
  }) as EventInput;

/** A ciphertext of a message: dispatched, taken, told with its place in the group. */
function encrypted(told: Story, message: string, wire: string, epoch = 1, group = 'g'): void {
  told.accepted(message).dispatch(message, 'rcs-e2ee', { wire });
  told.add({ kind: 'mls.encrypted', group, epoch, wire });
  told.display(message, 'rcs-e2ee', wire);
}

describe('e2ee/key-package-reuse', () => {
  const rule = 'e2ee/key-package-reuse';
  it('finds one package in two groups', () => {
    const told = story().at(1);
    told.add(claimed('aa'));
    told.add(welcomed('aa', 'g'));
    told.add(welcomed('aa', 'h'));
    expect(told.end(100).found(rule)).toHaveLength(1);
  });

  it('leaves alone: the last resort, the Welcome sent again, and what another sender used', () => {
    const told = story().at(1);
    told.add(claimed('aa', { lastResort: true }));
    told.add(welcomed('aa', 'g'));
    told.add(welcomed('aa', 'h'));
    told.add(claimed('bb'));
    told.add(welcomed('bb', 'g'));
    told.add(welcomed('bb', 'g'));
    told.add(claimed('cc'));
    told.add(welcomed('cc', 'g', { device: BEN }));
    told.add(welcomed('cc', 'h'));
    expect(told.end(100).rule(rule)).toMatchObject({ findings: [], judged: 4 });
  });
});

describe('e2ee/unattested', () => {
  const rule = 'e2ee/unattested';
  it('finds a Welcome for a package that was handed out as unattested, and no other', () => {
    const told = story().at(1);
    told.add(claimed('aa', { unattested: 'sim-swapped' }));
    told.add(claimed('bb'));
    told.add(welcomed('bb', 'g'));
    expect(told.rule(rule)).toMatchObject({ findings: [], judged: 1 });
    told.add(welcomed('aa', 'g', { epoch: 2 }));
    expect(told.end(100).found(rule)).toEqual([
      `${OTHER}, whose SIM had been swapped, was let into an encrypted conversation, though its ` +
        'key package had been handed out with that word.',
    ]);
  });

  const failing = (after: number, tell: boolean): Story => {
    const told = story().at(1).device('attestation-failed', 'down', [], OTHER);
    if (tell) told.told('rbm:0', 'DEVICE_ATTESTATION', null, { device: OTHER });
    told.at(1 + after);
    encrypted(told, 'm1', 'rbm:1');
    told.add({ kind: 'mls.decrypted', device: OTHER, group: 'g', epoch: 1, wire: 'rbm:1' });
    return told.end(100);
  };

  it('finds what an unattested device reads after it was told and the grace is over', () => {
    expect(failing(6, true).found(rule)).toHaveLength(1);
  });

  it('leaves alone what was sent within the grace, or before anybody was told', () => {
    expect(failing(4, true).found(rule)).toEqual([]);
    expect(failing(60, false).found(rule)).toEqual([]);
  });

  it('holds an answer of the key service for having been told', () => {
    const told = story().at(1).device('attestation-failed', 'down', [], OTHER);
    const request = told.add({
      kind: 'door.request',
      component: 'gateway/rbm',
      operation: 'key-packages',
      person: 'ana',
      what: 'claim',
    });
    const { now } = told;
    told.add({ kind: 'door.answered', request, outcome: 'accepted', status: '200', handedAt: now });
    told.at(10);
    encrypted(told, 'm1', 'rbm:1');
    told.add({ kind: 'mls.decrypted', device: OTHER, group: 'g', epoch: 1, wire: 'rbm:1' });
    expect(told.end(100).found(rule)).toHaveLength(1);
  });

  it('stops looking once the attestation holds again', () => {
    const told = story().at(1).device('attestation-failed', 'down', [], OTHER);
    told.told('rbm:0', 'DEVICE_ATTESTATION', null, { device: OTHER });
    told.at(20).device('attested', 'up', ['rcs-e2ee'], OTHER).at(30);
    encrypted(told, 'm1', 'rbm:1');
    told.add({ kind: 'mls.decrypted', device: OTHER, group: 'g', epoch: 1, wire: 'rbm:1' });
    expect(told.end(100).found(rule)).toEqual([]);
  });
});

describe('e2ee/stale-epoch', () => {
  const rule = 'e2ee/stale-epoch';
  /** A refusal as old, then another message in an epoch some seconds later. */
  const refused = (after: number, epoch: number, wire = 'rbm:2'): Story => {
    const told = story().at(1);
    told.accepted('m1');
    const request = told.add({
      kind: 'door.request',
      component: 'gateway/rbm',
      operation: 'send',
      channel: 'rcs-e2ee',
      wire: 'rbm:1',
      person: 'ana',
      what: 'send',
    });
    told.add({
      kind: 'mls.conflict',
      cause: request,
      wire: 'rbm:1',
      reason: 'incorrect-epoch',
      group: 'g',
      epoch: 1,
      present: { group: 'g', epoch: 2, era: 1 },
    });
    const { now } = told;
    told.add({ kind: 'door.answered', request, outcome: 'conflict', status: '409', handedAt: now });
    told.at(1 + after);
    encrypted(told, 'm2', wire, epoch);
    return told.end(100);
  };

  it('finds another message in the epoch that was refused', () => {
    expect(refused(10, 1).found(rule)).toHaveLength(1);
  });

  it('leaves alone the present epoch, the grace, and a repetition of the same id', () => {
    expect(refused(10, 2).found(rule)).toEqual([]);
    expect(refused(5, 1).found(rule)).toEqual([]);
    expect(refused(10, 1, 'rbm:1').found(rule)).toEqual([]);
  });

  const rotated = (after: number, epoch: number, tell = true): Story => {
    const told = story().at(1);
    encrypted(told, 'm1', 'rbm:1');
    told.at(2).device('keys-rotated', 'up', ['rcs-e2ee']);
    if (tell) told.told('rbm:0', 'DEVICE_ADDED', null, { device: DEVICE });
    told.at(2 + after);
    encrypted(told, 'm2', 'rbm:2', epoch);
    return told.end(300);
  };

  it('finds an old epoch long after a member announced new keys', () => {
    expect(rotated(70, 1).found(rule)).toHaveLength(1);
    expect(rotated(70, 2).found(rule)).toEqual([]);
    expect(rotated(30, 1).found(rule)).toEqual([]);
    expect(rotated(70, 1, false).found(rule)).toEqual([]);
  });

  it('finds a phone that encrypts behind the epoch it has followed, or after end_mls', () => {
    const told = story({ cell: { worldCheck: true } }).at(1);
    const here = { device: BEN, group: 'g' } as const;
    told.add({ kind: 'mls.joined', ...here, epoch: 1 });
    told.add({ kind: 'mls.encrypted', ...here, epoch: 1, wire: 'p2p:1' });
    told.add({ kind: 'mls.advanced', ...here, epoch: 2 });
    told.add({ kind: 'mls.encrypted', ...here, epoch: 2, wire: 'p2p:2' });
    expect(told.found(rule)).toEqual([]);
    told.add({ kind: 'mls.encrypted', ...here, epoch: 1, wire: 'p2p:3' });
    expect(told.found(rule)).toHaveLength(1);
    told.add({ kind: 'mls.ended', ...here, epoch: 2 });
    told.add({ kind: 'mls.encrypted', ...here, epoch: 2, wire: 'p2p:4' });
    expect(told.end(100).found(rule)).toHaveLength(2);
  });
});

describe('e2ee/stolen-state-reads', () => {
  const rule = 'e2ee/stolen-state-reads';
  const tried = (told: Story, wire: string, opened: boolean, before = false): void => {
    const common = { device: DEVICE, wire, thief: true, ...(before && { before }) } as const;
    if (opened) told.add({ kind: 'mls.decrypted', group: 'g', epoch: 1, ...common });
    else told.add({ kind: 'mls.refused', reason: 'replayed', ...common });
  };
  const stolen = (told: Story): void => {
    told.add({ kind: 'mls.stolen', device: DEVICE, fault: 'copied' });
  };

  it('finds a message key that was not erased, by what a later copy still opens', () => {
    for (const opened of [true, false]) {
      const told = story().at(1);
      encrypted(told, 'm1', 'rbm:1');
      told.at(5);
      stolen(told);
      tried(told, 'rbm:1', opened, true);
      expect(told.end(100).rule(rule)).toMatchObject({ judged: 1 });
      expect(told.found(rule)).toHaveLength(opened ? 1 : 0);
    }
  });

  const healed = (after: number, tell: boolean, opened = true): Story => {
    const told = story().at(1);
    stolen(told);
    told.at(2).device('keys-rotated', 'up', ['rcs-e2ee']);
    if (tell) told.told('rbm:0', 'DEVICE_ADDED', null, { device: DEVICE });
    told.at(2 + after);
    encrypted(told, 'm1', 'rbm:1');
    tried(told, 'rbm:1', opened);
    return told.end(300);
  };

  it('finds a conversation that did not heal after the keys were renewed', () => {
    expect(healed(70, true).found(rule)).toHaveLength(1);
    expect(healed(70, true, false).rule(rule)).toMatchObject({ judged: 1, findings: [] });
    expect(healed(30, true).found(rule)).toEqual([]);
    expect(healed(70, false).rule(rule)).toMatchObject({ judged: 0, findings: [] });
  });

  it('says nothing of messages that the device was still to open when it was robbed', () => {
    const told = story().at(1);
    stolen(told);
    told.at(3);
    encrypted(told, 'm1', 'rbm:1');
    tried(told, 'rbm:1', true);
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 0, unjudged: 1, findings: [] });
  });
});

describe('e2ee/replay-accepted', () => {
  it('finds a Welcome that leads into one epoch twice', () => {
    const told = story().at(1);
    const joined = { kind: 'mls.joined', device: DEVICE, group: 'g', epoch: 1 } as const;
    told.add(joined);
    told.add({ ...joined, epoch: 2 });
    expect(told.found('e2ee/replay-accepted')).toEqual([]);
    told.add(joined);
    expect(told.end(100).found('e2ee/replay-accepted')).toHaveLength(1);
  });
});

describe('e2ee/key-loss-blackhole', () => {
  it('holds a place in the group that was lost for as good a reason as lost keys', () => {
    const told = story().at(1).accepted('m1').dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1' });
    told.add({ kind: 'mls.diverged', device: DEVICE, fault: 'forked' });
    const refused = { kind: 'mls.refused', device: DEVICE, wire: 'rbm:1' } as const;
    told.add({ ...refused, reason: 'incorrect-epoch' });
    told.carried('rcs:1', 'rbm:1', 'rcs-e2ee').end(200);
    expect(told.found('e2ee/key-loss-blackhole')).toHaveLength(1);
  });
});

describe('e2ee/uninvited', () => {
  const rule = 'e2ee/uninvited';
  const entered = (told: Story, device = OTHER): Story => {
    told.add({ kind: 'mls.joined', device, group: 'g', epoch: 5, byCommit: true });
    return told;
  };
  const followed = (told: Story, admitted = OTHER): Story => {
    told.add({ kind: 'mls.advanced', device: BEN, group: 'g', epoch: 5, admitted });
    return told.end(100);
  };

  it('finds whoever follows a removed device’s Commit, or an unattested one’s', () => {
    const removed = story().at(1).device('revoked', 'down', [], OTHER).at(2);
    expect(followed(entered(removed)).found(rule)[0]).toContain('which was removed');
    const failed = story().at(1).device('attestation-failed', 'up', [], OTHER).at(2);
    expect(followed(entered(failed)).found(rule)[0]).toContain('that nobody vouches for');
    expect(followed(story().at(1), 'tel:+1/9').found(rule)[0]).toContain('no device of anybody');
  });

  it('leaves alone: one in order, one attested again, one taken before it was removed', () => {
    expect(followed(entered(story().at(1))).rule(rule)).toMatchObject({ judged: 1, findings: [] });
    const again = story().at(1).device('attestation-failed', 'up', [], OTHER).at(2);
    again.device('attested', 'up', [], OTHER).at(3);
    expect(followed(entered(again)).found(rule)).toEqual([]);
    const inFlight = entered(story().at(1)).at(2).device('revoked', 'down', [], OTHER).at(3);
    expect(followed(inFlight).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('counts a Commit that nobody follows as looked at', () => {
    const told = story().at(1).device('revoked', 'down', [], OTHER);
    const facts = { device: BEN, group: 'g', epoch: 4, wire: 'rcs:1' };
    told.add({ kind: 'mls.rejected', ...facts, rejected: OTHER });
    expect(told.end(100).rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });
});
