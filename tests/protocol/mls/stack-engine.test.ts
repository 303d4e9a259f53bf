import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createMlsEngine } from '../../../simulators/protocol/mls/engine.ts';
import { createStackEngine } from '../../../simulators/protocol/mls/stack/stack-engine.ts';
import type { MlsStack } from '../../../simulators/protocol/mls/stack/types.ts';
import { StackError } from '../../../simulators/protocol/mls/stack/types.ts';
import type { Joined, MlsMember, PendingCommit } from '../../../simulators/protocol/mls/types.ts';
import { bent, ourStack } from '../../mls/stacks.ts';

const GROUP = new Uint8Array(16).fill(7);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function engines(stack: MlsStack = ourStack()) {
  const random = createRandom(9);
  const nowSeconds = (): number => 1_767_225_600;
  const own = createMlsEngine({ random: (length) => random.bytes(length), nowSeconds });
  return { own, other: createStackEngine({ stack, name: 'other', reader: own }) };
}

/** Ana, in our engine, invites Ben, in the stack. */
async function together(stack?: MlsStack) {
  const { own, other } = engines(stack);
  const ana = await own.createGroup(GROUP, 'tel:+1/1');
  const offered = await other.generateKeyPackage('tel:+2/1');
  const pending = (await ana.add([offered.keyPackage])) as PendingCommit;
  await pending.apply();
  const joined = (await other.joinFromWelcome(pending.welcome!, [offered.private])) as Joined;
  expect(joined.kind).toBe('joined');
  return { own, other, ana, ben: joined.member };
}

async function heard(from: MlsMember, to: MlsMember, words: string): Promise<string> {
  const result = await to.process(await from.encrypt(text(words)));
  return result.kind === 'application' ? new TextDecoder().decode(result.plaintext) : result.kind;
}

describe('an MLS stack as an engine', () => {
  it('joins, talks and follows: both sides agree on every epoch', async () => {
    const { ana, ben } = await together();
    expect(ben.epochAuthenticator).toEqual(ana.epochAuthenticator);
    expect(ben.members()).toEqual(ana.members());
    expect(await heard(ana, ben, 'hello')).toBe('hello');
    expect(await heard(ben, ana, 'and you')).toBe('and you');
    const update = (await ana.update()) as PendingCommit;
    const late = await ana.encrypt(text('late'));
    await update.apply();
    expect(await ben.process(update.commit)).toMatchObject({ kind: 'commit', epoch: 2 });
    expect(ben.epochAuthenticator).toEqual(ana.epochAuthenticator);
    expect(await ben.process(late)).toMatchObject({ kind: 'application', epoch: 1 });
    expect(await heard(ben, ana, 'after')).toBe('after');
  });

  it('commits itself, and tells the next authenticator before anybody accepted it', async () => {
    const { own, ana, ben } = await together();
    const cas = await own.generateKeyPackage('tel:+3/1');
    const pending = (await ben.add([cas.keyPackage])) as PendingCommit;
    expect(ben.epoch).toBe(1);
    await pending.apply();
    expect(pending.authenticatorAfter).toEqual(ben.epochAuthenticator);
    await ana.process(pending.commit);
    const joined = (await own.joinFromWelcome(pending.welcome!, [cas.private])) as Joined;
    expect(joined.member.epochAuthenticator).toEqual(ben.epochAuthenticator);
    expect(await heard(ben, joined.member, 'welcome')).toBe('welcome');
  });

  it('refuses what comes again, is damaged, early, or of another group', async () => {
    const { own, ana, ben } = await together();
    const said = await ana.encrypt(text('once'));
    expect((await ben.process(said)).kind).toBe('application');
    expect(await ben.process(said)).toMatchObject({ reason: 'replayed' });
    const damaged = Uint8Array.from(await ana.encrypt(text('twice')));
    damaged[damaged.length - 1]! ^= 1;
    expect(await ben.process(damaged)).toMatchObject({ reason: 'failed-to-decrypt' });
    const other = await own.createGroup(new Uint8Array(16).fill(8), 'tel:+1/1');
    const foreign = await other.encrypt(text('elsewhere'));
    expect(await ben.process(foreign)).toMatchObject({ reason: 'mls-group-not-found' });
    const update = (await ana.update()) as PendingCommit;
    await update.apply();
    expect(await ben.process(await ana.encrypt(text('early')))).toMatchObject({
      reason: 'incorrect-epoch',
      messageEpoch: 2,
      memberEpoch: 1,
    });
    expect((await ben.process(new Uint8Array(5))).kind).toBe('refused');
  });

  it('knows when it was removed', async () => {
    const { ana, ben } = await together();
    const pending = (await ana.remove(['tel:+2/1'])) as PendingCommit;
    await pending.apply();
    expect(await ben.process(pending.commit)).toMatchObject({ selfRemoved: true });
    expect(ben.active).toBe(false);
  });

  it.each([
    ['dies', () => Promise.reject(new StackError('gone', 'UNAVAILABLE'))],
    ['lies', () => Promise.resolve({ groupInfo: text('no'), ratchetTree: text('no') })],
  ])('blames the environment when a stack %s', async (_how, GroupInfo) => {
    const { other } = engines(bent(ourStack(), { GroupInfo }));
    await expect(other.createGroup(GROUP, 'tel:+2/1')).rejects.toMatchObject({
      code: 'MLS_STACK_FAILED',
      blame: 'environment',
    });
  });

  it('shows no state, for it has none', async () => {
    const { ben, other } = await together();
    expect(() => ben.serialize()).toThrow(/stays in the stack/);
    expect(() => other.deserialize(new Uint8Array())).toThrow(/stays in the stack/);
  });
});
