import { describe, expect, test } from 'vitest';
import type { Writing } from '../../simulators/device/conversation.ts';
import { readSaid, plaintextOf, typingText } from '../../simulators/device/talk/words.ts';
import { worldStage } from './stage.ts';

async function begun() {
  const stage = await worldStage();
  let count = 0;
  const say = (from: string, to: string, how: Partial<Writing> = {}): string => {
    const id = `chat-${++count}`;
    stage.world.send(from, to, { id, text: stage.plan(id, to), ...how });
    return id;
  };
  return { ...stage, say };
}

describe('what phones say to each other', () => {
  test('is read as it was written', () => {
    const act = { kind: 'edit', of: 'chat-1' } as const;
    expect(readSaid(plaintextOf({ id: 'a', text: 'plain' }))).toEqual({ text: 'plain' });
    expect(readSaid(plaintextOf({ id: 'a', text: 'new', act }))).toEqual({ text: 'new', act });
    const vanishing = plaintextOf({ id: 'a', text: 'x', vanishMicros: 20_000_000 });
    expect(readSaid(vanishing)).toEqual({ text: 'x', vanishSeconds: 20 });
    expect(readSaid(typingText())).toEqual({ text: '', typing: true });
    const descriptor = { id: 'f' };
    expect(readSaid(plaintextOf({ id: 'a', text: 'see', descriptor }))).toEqual({
      text: 'see',
      descriptor,
    });
  });

  test('edits and deletes on every phone, and what was deleted cannot be edited', async () => {
    const { say, run, of } = await begun();
    const first = say('ben', 'ana');
    await run(5);
    say('ben', 'ana', { act: { kind: 'edit', of: first } });
    await run(10);
    say('ben', 'ana', { act: { kind: 'delete', of: first } });
    await run(15);
    say('ben', 'ana', { act: { kind: 'edit', of: first } });
    await run(20);
    expect(of('act.done').map(({ act, device }) => `${act} ${device}`)).toEqual([
      'edit person/ana/device/1',
      'edit person/ana/device/2',
      'delete person/ana/device/1',
      'delete person/ana/device/2',
    ]);
    expect(of('act.refused').map(({ reason }) => reason)).toEqual([
      'unknown-message',
      'unknown-message',
    ]);
  });

  test('lets others react to one’s own words, and nobody else change them', async () => {
    const { say, run, of } = await begun();
    const first = say('ana', 'ben');
    await run(5);
    say('ben', 'ana', { act: { kind: 'react', of: first } });
    say('ben', 'ana', { act: { kind: 'delete', of: first } });
    await run(10);
    expect(of('act.done').map(({ act, device }) => `${act} ${device}`)).toEqual([
      'react person/ana/device/1',
      'react person/ana/device/2',
    ]);
    expect(new Set(of('act.refused').map(({ reason }) => reason))).toEqual(
      new Set(['not-the-author']),
    );
  });

  test('vanishes after its time, on each phone by itself', async () => {
    const { say, run, of } = await begun();
    const first = say('ben', 'ana', { vanishMicros: 20_000_000 });
    await run(60);
    const shown = of('device.displayed').filter(({ message }) => message === first);
    const gone = of('screen.removed');
    expect(gone.map(({ device }) => device).toSorted()).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
    for (const { device, t } of gone) {
      expect(t - shown.find((each) => each.device === device)!.t).toBe(20_000_000);
    }
  });
});
