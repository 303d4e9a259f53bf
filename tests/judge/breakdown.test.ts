import { describe, expect, it } from 'vitest';
import { mergeBreakdowns } from '../../harness/judge/index.ts';
import type { BreakdownRow } from '../../simulators/kernel/finding.ts';
import { story } from './story-builder.ts';
import { ANA, CELL, PHONE } from './world-plan.ts';

const PLAIN = { claims: { channels: ['rcs', 'sms'] } } as const;

/** `m1` is shown after a second, `m2` after three, `m3` never. */
function told(): readonly BreakdownRow[] {
  const history = story(PLAIN);
  for (const [message, seconds] of [
    ['m1', 1],
    ['m2', 3],
  ] as const) {
    history
      .at(10)
      .accepted(message, 'low')
      .dispatch(message, 'rcs', { wire: `rbm:${message}` });
    history.at(10 + seconds).display(message, 'rcs', `rbm:${message}`);
  }
  return history.at(20).accepted('m3', 'low').end(700).verdict().breakdown;
}

const row = (rows: readonly BreakdownRow[], by: string, value: string): BreakdownRow | undefined =>
  rows.find((each) => each.by === by && each.value === value);

describe('delivery and latency by what the people have', () => {
  it('count every message once in each dimension, also what never arrived', () => {
    const rows = told();
    for (const by of ['channel', 'platform', 'os', 'carrier', 'region', 'e2ee', 'class'])
      expect(
        rows.filter((each) => each.by === by).reduce((sum, { messages }) => sum + messages, 0),
      ).toBe(3);
    expect(row(rows, 'channel', 'not displayed')).toMatchObject({
      messages: 1,
      displayed: 0,
      latency: null,
    });
    expect(row(rows, 'os', 'android 16')).toMatchObject({ displayed: 2, onTime: 2 });
    expect(row(rows, 'class', 'low')?.latency?.max).toBe(3_000);
  });

  it('count under the device that showed it, where a person has several', () => {
    const tablet = { ...PHONE, id: '2', platform: 'ios' as const, osVersion: '26.5' };
    const people = [{ ...ANA, devices: [PHONE, tablet] }];
    const history = story({ ...PLAIN, cell: { world: { ...CELL.world, people } } });
    for (const [message, device] of [
      ['m1', '1'],
      ['m2', '2'],
    ] as const) {
      history
        .at(10)
        .accepted(message, 'low')
        .dispatch(message, 'rcs', { wire: `rbm:${message}` });
      history
        .at(11)
        .display(message, 'rcs', `rbm:${message}`, { device: `person/ana/device/${device}` });
    }
    const rows = history.end(700).verdict().breakdown;
    expect(row(rows, 'os', 'android 16')).toMatchObject({ messages: 1, displayed: 1 });
    expect(row(rows, 'os', 'ios 26.5')).toMatchObject({ messages: 1, displayed: 1 });
  });

  it('merge over cells without loss', () => {
    const rows = told();
    const merged = row(mergeBreakdowns([rows, rows]), 'carrier', 'northtel');
    expect(merged).toMatchObject({ messages: 6, displayed: 4, onTime: 4 });
    const { p50, p99, max } = row(rows, 'carrier', 'northtel')!.latency!;
    expect(merged?.latency).toMatchObject({ p50, p99, max });
  });
});
