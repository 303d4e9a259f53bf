import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldRun } from '../../harness/verdict/index.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { play, smallCell, smallSender } from './small-cell.ts';

const SECOND = 1_000_000;

/** The last line of a history says how the cell ended, and no other line does. */
function endOf(text: string): HistoryEvent {
  const lines = text.trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as HistoryEvent);
  expect(text.endsWith('\n')).toBe(true);
  expect(events.filter(({ kind }) => kind === 'cell.ended')).toHaveLength(1);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  return events.at(-1)!;
}

describe('a cell', () => {
  it('goes through its phases in order, and its history is closed', async () => {
    const told: string[] = [];
    const { run, of, text, verdict } = await play(smallCell(), {
      onPhase: (phase) => told.push(phase),
    });
    expect(told).toEqual(['starting', 'main', 'heal', 'final']);
    expect(of('phase.began').map(({ phase }) => phase)).toEqual(['main', 'heal', 'final']);
    expect(of('device.displayed')).toHaveLength(3);
    expect(run).toEqual({ lastedMicros: expect.any(Number), events: of('cell.ended')[0]!.seq });
    expect(endOf(text)).toMatchObject({ outcome: 'completed', unfinished: [] });
    expect(verdict.verdict).toBe('pass');
  });

  it('heals until nothing moves any more, not until the wait is over', async () => {
    const { events, of } = await play(smallCell());
    const [main, heal, final] = of('phase.began').map(({ t }) => t);
    expect(heal! - main!).toBe(10 * SECOND);
    // The message of the eighth second is read three seconds later: that is the last move.
    const before = events.filter(({ t, kind }) => t <= final! && kind !== 'phase.began').at(-1)!;
    expect(before).toMatchObject({ kind: 'callback.answered', t: final });
    expect(of('callback.sent').at(-1)).toMatchObject({ event: 'READ' });
    expect(final! - heal!).toBeGreaterThan(0);
    expect(final! - heal!).toBeLessThan(3 * SECOND);
  });

  it('reads each status once more at the end', async () => {
    const { of } = await play(smallCell());
    const [, , final] = of('phase.began');
    const last = of('status.seen').filter((seen) => seen.final === true);
    expect(last.map(({ message, word }) => `${message} ${word}`)).toEqual([
      'first-1 read',
      'first-2 read',
      'first-3 read',
    ]);
    for (const { seq } of last) expect(seq).toBeGreaterThan(final!.seq);
  });

  it('shows each tap its canary, which it finds, before the first message', async () => {
    const { of } = await play(smallCell());
    const shown = of('tap.scanned').filter(({ calibration }) => calibration === true);
    const main = of('phase.began')[0]!.seq;
    for (const { seq, found } of shown) {
      expect(seq).toBeLessThan(main);
      expect(found).toHaveLength(1);
    }
    expect([...new Set(shown.map(({ observer }) => observer))].sort()).toEqual([
      'carrier',
      'gateway',
      'implementation-api',
      'implementation-files',
      'implementation-output',
      'link-anonymous',
      'push',
      'smsc',
    ]);
    // Whoever saw anything had been tested.
    const tested = new Set(shown.map(({ observer, where }) => `${observer} ${where}`));
    for (const { observer, where } of of('tap.scanned')) {
      expect(tested).toContain(`${observer} ${where}`);
    }
  });
});

describe('faults at the module under test', () => {
  it('a kill: gone at once, back after its time, on the store that it had', async () => {
    const cell = smallCell('struck: { kill: implementation, at: 4200ms, down: 2s }');
    const { of, verdict } = await play(cell);
    const [exited] = of('implementation.exited');
    const [, again] = of('implementation.started');
    expect(exited).toMatchObject({ instance: 1, signal: 'SIGKILL', asked: true });
    expect(again).toMatchObject({ instance: 2, t: exited!.t + 2 * SECOND });
    // Taken before the kill, asked for after it.
    const final = of('status.seen').filter((seen) => seen.final === true);
    expect(final.map(({ message }) => message)).toEqual(['first-1', 'first-2', 'first-3']);
    expect(of('fault.touched').length).toBeGreaterThan(0);
    expect(verdict.verdict).toBe('pass');
  });

  it('a pause: what comes meanwhile is answered when it is over', async () => {
    const cell = smallCell('held: { pause: implementation, during: 3s..6s }');
    const { of, verdict } = await play(cell);
    const main = of('phase.began')[0]!.t;
    const answered = of('message.answered').find(({ message }) => message === 'first-2');
    const submitted = of('message.submitted').find(({ message }) => message === 'first-2');
    expect(submitted!.t).toBe(main + 4 * SECOND);
    expect(answered!.outcome).toBe('accepted');
    expect(answered!.t).toBeGreaterThanOrEqual(main + 6 * SECOND);
    expect(answered!.t).toBeLessThan(main + 7 * SECOND);
    expect(of('implementation.started')).toHaveLength(1);
    expect(verdict.verdict).toBe('pass');
  });
});

describe('what never gets ready', () => {
  const module = join(import.meta.dirname, '../fixtures/implementations/module.mjs');

  it.each([20, 600])('within %d s is judged for that, and stopped', async (seconds) => {
    const start = `  module: ${module}\n  env: { MODE: never }\n  ready: { within: ${seconds}s }\n`;
    const { run, of, text, verdict } = await play(smallCell(), { description: smallSender(start) });
    expect(run.error).toBeUndefined();
    expect(of('implementation.exited')).toMatchObject([
      { reason: 'not-ready', t: seconds * SECOND },
    ]);
    expect(endOf(text)).toMatchObject({ outcome: 'completed' });
    const found = verdict.rules.filter(({ findings }) => findings.length > 0);
    expect(found.map(({ rule }) => rule)).toContain('implementation/not-ready');
  });
});

describe('a cell that cannot go on', () => {
  it('for an error inside a simulator says so, and blames nobody else', async () => {
    let sends = 0;
    const played = await play(smallCell(), {
      onEvent: (event) => {
        if (event.kind !== 'door.request' || event.operation !== 'send') return;
        if (++sends === 2) throw new RangeError('a door of ours is broken');
      },
    });
    const { error } = played.run;
    expect(error).toBeInstanceOf(BellwetherError);
    expect(error).toMatchObject({ blame: 'harness' });
    expect(error!.message).toContain('a door of ours is broken');
    expect(endOf(played.text)).toMatchObject({
      outcome: 'harness-error',
      why: expect.stringContaining('a door of ours is broken'),
    });
    expect(played.of('implementation.exited')).toMatchObject([{ asked: true, code: 0 }]);
    expect(played.verdict.verdict).toBe('error');
    expect(foldRun([played.verdict]).exitCode).toBe(4);
  });

  it('because it was asked to stop ends in order, and what it kept can be judged', async () => {
    const stop = new AbortController();
    const { run, of, text, verdict } = await play(smallCell(), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'message.answered' && event.message === 'first-2') stop.abort();
      },
    });
    expect(run.error).toBeUndefined();
    expect(endOf(text)).toMatchObject({ outcome: 'stopped' });
    expect(of('message.intended')).toHaveLength(2);
    expect(of('phase.began').map(({ phase }) => phase)).toEqual(['main', 'final']);
    expect(of('implementation.exited')).toMatchObject([{ asked: true, code: 0 }]);
    expect(verdict.verdict).toBe('inconclusive');
  });
});

describe('the same seed', () => {
  it('gives the same history, byte for byte, twice in one process', async () => {
    const [first, second] = [await play(smallCell()), await play(smallCell())];
    expect(second.text).toBe(first.text);
  });

  it('gives the same history, byte for byte, in another process', async () => {
    const script = join(import.meta.dirname, 'print-history.ts');
    const other = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(other.stderr).toBe('');
    expect(other.stdout).toBe((await play(smallCell())).text);
  });
});
