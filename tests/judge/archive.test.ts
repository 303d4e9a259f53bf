import { describe, expect, it } from 'vitest';
import { overlayPolicy } from '../../harness/scenario/policy.ts';
import type { EventOf } from '../../simulators/kernel/events.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { ANA, CELL, POLICY } from './world-plan.ts';

const RULES = ['archive/without-consent', 'archive/readable', 'archive/more-than-needed'];

/** Ana's message of the class `high` arrived; she consents to archives or does not. */
function delivered(consents: boolean, policy: Partial<Policy> = {}): Story {
  const ana = { ...ANA, consent: { archive: consents } };
  const told = story({
    cell: { policy: { ...POLICY, ...policy }, world: { ...CELL.world, people: [ana] } },
    claims: { archive: true },
  }).at(1);
  told.accepted('a-1').dispatch('a-1', 'rcs', { wire: 'rbm:1' });
  return told.display('a-1', 'rcs', 'rbm:1');
}

function read(told: Story, more: Partial<EventOf<'archive.read'>> = {}): Story {
  told.at(30).add({
    kind: 'archive.read',
    message: 'a-1',
    person: 'ana',
    outcome: 'kept',
    status: '200',
    bytes: 300,
    personal: [],
    ...more,
  });
  return told.tap('archive', 'a-1', { found: [] });
}

const spoke = (told: Story): string[] => {
  const { rules } = told.end(40).verdict();
  return rules
    .filter(({ rule, findings }) => RULES.includes(rule) && findings.length > 0)
    .map(({ rule }) => rule);
};
const outcome = (told: Story, name: string) =>
  told
    .end(40)
    .verdict()
    .rules.find(({ rule }) => rule === name)!;

describe('archives, only with consent', () => {
  it('a copy for somebody who consented is fine, and so is none', () => {
    expect(spoke(read(delivered(true)))).toEqual([]);
    expect(spoke(read(delivered(true), { outcome: 'absent', status: '404' }))).toEqual([]);
  });

  it('no copy is kept of somebody who did not', () => {
    expect(spoke(read(delivered(false), { outcome: 'absent', status: '404' }))).toEqual([]);
    expect(spoke(read(delivered(false)))).toEqual(['archive/without-consent']);
  });

  it('consent does not overrule a policy that forbids archives', () => {
    expect(spoke(read(delivered(true, { archive: 'never' })))).toEqual(['archive/without-consent']);
  });

  it('an archive that could not be read is no proof of anything', () => {
    const told = read(delivered(false), { outcome: 'unread', status: '503' });
    const { judged, findings, inconclusive } = outcome(told, 'archive/without-consent');
    expect({ judged, findings }).toEqual({ judged: 0, findings: [] });
    expect(inconclusive).toContain('could not be read (503)');
  });

  it('without an archive nothing is judged', () => {
    for (const name of RULES) expect(outcome(delivered(false), name).judged).toBe(0);
  });
});

describe('archives that cannot be read', () => {
  it.each(['plain', 'base64', 'hex>gzip'])('a text as %s is found', (as) => {
    const told = read(delivered(true)).tap('archive', 'a-1', {
      found: [{ canary: 'CANARY-a-1', as }],
    });
    expect(spoke(told)).toEqual(['archive/readable']);
    // The table of observers speaks of it here, and not a second time.
    expect(outcome(told, 'e2ee/plaintext-exposed').findings).toEqual([]);
  });

  it('a policy may let its archive be read', () => {
    const observers = { ...POLICY.observers, archive: { low: [], medium: [], high: ['any'] } };
    const told = read(delivered(true, { observers } as Partial<Policy>)).tap('archive', 'a-1');
    expect(spoke(told)).toEqual([]);
  });

  it('a blind tap makes the rule inconclusive', () => {
    const told = read(delivered(true)).calibrate('archive', false);
    expect(outcome(told, 'archive/readable').inconclusive).toContain('calibration');
  });
});

describe('no more personal data than the policy names', () => {
  const withNumber = { personal: [{ what: 'number', as: 'plain' }] } as const;

  it('a readable number is too much', () => {
    expect(spoke(read(delivered(true), withNumber))).toEqual(['archive/more-than-needed']);
  });

  it('unless the policy names it', () => {
    const told = delivered(true, { archiveMetadata: ['number'] });
    expect(spoke(read(told, withNumber))).toEqual([]);
  });

  it('which every report prints', () => {
    const { relaxations } = overlayPolicy(POLICY, { 'archive-metadata': ['number'] }, 'lax');
    expect(relaxations).toEqual(['archives may show number']);
  });
});
