/** Seeded random stories, as lists of steps that can be shortened until only the cause is left. */
import type { Random } from '../../../simulators/kernel/random.ts';
import type { Conversation } from '../conversation.ts';
import { described, octets } from '../conversation.ts';
import { joinExternally } from '../from-outside.ts';

/** A step names its people by numbers into whoever is a member then, so any subset makes sense. */
export interface RandomStep {
  readonly what: keyof typeof STEPS;
  readonly by: number;
  readonly whom: number;
  readonly forcePath: boolean;
}

const MOST_MEMBERS = 8;

interface Story {
  readonly talk: Conversation;
  /** Names are never used twice. */
  readonly nextName: () => string;
}

const pick = (names: readonly string[], number: number): string => names[number % names.length]!;

async function addByValue({ talk, nextName }: Story, step: RandomStep): Promise<void> {
  if (talk.members.length >= MOST_MEMBERS) return;
  const name = nextName();
  const byValue = [described('add', { keyPackage: await talk.keyPackage(name) })];
  const { forcePath } = step;
  await talk.commit(pick(talk.members, step.by), { byValue, joiners: [name], forcePath });
}

async function addByReference({ talk, nextName }: Story, step: RandomStep): Promise<void> {
  if (talk.members.length >= MOST_MEMBERS) return;
  const name = nextName();
  const keyPackage = await talk.keyPackage(name);
  const byReference = [await talk.add(pick(talk.members, step.whom), keyPackage)];
  await talk.commit(pick(talk.members, step.by), { byReference, joiners: [name] });
}

async function remove({ talk }: Story, step: RandomStep): Promise<void> {
  const remover = pick(talk.members, step.by);
  const others = talk.members.filter((name) => name !== remover);
  if (others.length < 2) return;
  const removed = pick(others, step.whom);
  const byValue = [described('remove', { removedId: octets(removed) })];
  await talk.commit(remover, { byValue, leavers: [removed] });
}

async function update({ talk }: Story, step: RandomStep): Promise<void> {
  const committer = pick(talk.members, step.by);
  const others = talk.members.filter((name) => name !== committer);
  if (others.length === 0) return;
  await talk.commit(committer, { byReference: [await talk.update(pick(others, step.whom))] });
}

async function psk({ talk }: Story, step: RandomStep): Promise<void> {
  const pskId = talk.random(8);
  await talk.storePsk(talk.members, pskId, talk.random(32));
  const byValue = [described('externalPSK', { pskId })];
  await talk.commit(pick(talk.members, step.by), { byValue, forcePath: step.forcePath });
}

const STEPS = {
  'add by value': addByValue,
  'add by reference': addByReference,
  remove,
  update,
  psk,
  'empty commit': ({ talk }, step) => talk.commit(pick(talk.members, step.by)),
  'external join': async ({ talk, nextName }, step) => {
    if (talk.members.length >= MOST_MEMBERS) return;
    await joinExternally(talk, nextName(), pick(talk.members, step.by));
  },
  talk: ({ talk }) => talk.talk(),
} as const satisfies Record<string, (story: Story, step: RandomStep) => Promise<void>>;

const WORDS = Object.keys(STEPS) as (keyof typeof STEPS)[];
const LONGEST_NUMBER = 1_000;

export function randomSteps(random: Random, count: number): RandomStep[] {
  return Array.from({ length: count }, () => ({
    what: WORDS[random.int(0, WORDS.length - 1)]!,
    by: random.int(0, LONGEST_NUMBER),
    whom: random.int(0, LONGEST_NUMBER),
    forcePath: random.int(0, 1) === 1,
  }));
}

export async function playSteps(talk: Conversation, steps: readonly RandomStep[]): Promise<void> {
  let names = 2;
  const story: Story = { talk, nextName: () => `person ${++names}` };
  await talk.gather('person 1', 'person 2');
  for (const step of steps) await STEPS[step.what](story, step);
  await talk.talk();
}

export function stepText({ what, by, whom }: RandomStep): string {
  return `${what} (${by}, ${whom})`;
}

/**
 * The shortest list found that still fails, by leaving out ever smaller pieces. `fails` plays a
 * list; it is asked at most `most` times.
 */
export async function shrink<T>(
  steps: readonly T[],
  fails: (steps: readonly T[]) => Promise<boolean>,
  most: number,
): Promise<readonly T[]> {
  let left = steps;
  let asked = 0;
  for (let piece = Math.ceil(left.length / 2); piece >= 1; piece = Math.floor(piece / 2)) {
    for (let at = 0; at < left.length && asked < most;) {
      const shorter = [...left.slice(0, at), ...left.slice(at + piece)];
      asked++;
      if (await fails(shorter)) left = shorter;
      else at += piece;
    }
  }
  return left;
}
