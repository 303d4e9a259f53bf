import { describe, expect, test, vi } from 'vitest';
import { createConversationFocus } from '../../simulators/carrier/conversation-focus.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { FocusAnswer } from '../../simulators/network/focus.ts';
import { createMlsEngine } from '../../simulators/protocol/mls/engine.ts';
import type { Joiner } from '../../simulators/protocol/mls/joiner.ts';
import type { MlsMember, PendingCommit } from '../../simulators/protocol/mls/types.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function begun() {
  const random = createRandom(3);
  const engine = createMlsEngine({
    random: (length) => random.bytes(length),
    nowSeconds: () => 1_767_225_600,
  });
  const admits = vi.fn((_joiner: Joiner) => true);
  const focus = createConversationFocus({ admits });
  const conversation = '+1 +2';
  const open = async (name: string, era: number) => {
    const member = await engine.createGroup(Buffer.from(name), 'tel:+1/1', { era });
    const made = await engine.generateKeyPackage('tel:+2/1');
    const pending = await member.add([made.keyPackage]);
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    const answer = focus.submit({
      conversation,
      eraId: era,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: pending.welcome!,
      into: { group: hex(member.groupId), epoch: member.epoch },
      groupInfo: await member.groupInfo(),
    });
    const joined = await engine.joinFromWelcome(pending.welcome!, [made.private]);
    if (joined.kind === 'refused') throw new Error(joined.detail);
    return { member, other: joined.member, answer };
  };
  const text = async (member: MlsMember, authenticator = member.epochAuthenticator) =>
    focus.submit({
      conversation,
      eraId: member.era ?? 1,
      epochAuthenticator: base64(authenticator),
      body: await member.encrypt(Buffer.from('x')),
    });
  const commit = (pending: PendingCommit, ends = false): FocusAnswer =>
    focus.submit({
      conversation,
      eraId: 1,
      epochAuthenticator: base64(engine.deserialize(pending.serializeApplied()).epochAuthenticator),
      body: pending.commit,
      ...(ends && { ends: true as const }),
    });
  const update = async (member: MlsMember, endMls = false): Promise<PendingCommit> => {
    const pending = await member.commit({ update: true, endMls });
    if (pending.kind === 'refused') throw new Error(pending.detail);
    return pending;
  };
  return { engine, focus, admits, conversation, open, text, commit, update };
}

describe('the conversation focus between people', () => {
  test('lets one of two Commits of an epoch pass, and tells the other so', async () => {
    const { open, commit, update, text } = await begun();
    const { member, other, answer } = await open('g', 1);
    expect(answer).toEqual({ kind: 'accepted' });
    const [first, second] = [await update(member), await update(other)];
    expect(commit(first)).toEqual({ kind: 'accepted' });
    expect(commit(second)).toEqual({
      kind: 'refused',
      reason: 'incorrect-epoch',
      present: { group: hex(Buffer.from('g')), era: 1, epoch: 2 },
    });
    expect(await text(member)).toMatchObject({ reason: 'incorrect-epoch' });
    await first.apply();
    expect(await text(member)).toEqual({ kind: 'accepted' });
  });

  test('holds everybody to the epoch’s authenticator', async () => {
    const { open, text, update } = await begun();
    const { member, other } = await open('g', 1);
    expect(await text(member)).toEqual({ kind: 'accepted' });
    expect(await text(member, new Uint8Array(32))).toMatchObject({
      reason: 'incorrect-epoch-authenticator',
    });
    const fork = await update(other);
    await fork.apply();
    expect(await text(other)).toMatchObject({ reason: 'incorrect-epoch' });
  });

  test('takes a new group only in a later era', async () => {
    const { open, text } = await begun();
    const first = await open('g', 1);
    expect((await open('h', 1)).answer).toMatchObject({ reason: 'incorrect-era' });
    const later = await open('i', 2);
    expect(later.answer).toEqual({ kind: 'accepted' });
    expect(await text(first.member)).toMatchObject({ reason: 'mls-group-not-found' });
    expect(await text(later.member)).toEqual({ kind: 'accepted' });
  });

  test('lets nothing encrypted pass after end_mls, until a new era', async () => {
    const { open, text, commit, update } = await begun();
    const { member, other } = await open('g', 1);
    const end = await update(member, true);
    const before = await text(other);
    expect(commit(end, true)).toEqual({ kind: 'accepted' });
    expect(before).toEqual({ kind: 'accepted' });
    await end.apply();
    // Whoever has not heard of it is in the epoch before; nobody can encrypt in the one after.
    expect(await text(other)).toMatchObject({ reason: 'incorrect-epoch' });
    await expect(text(member)).rejects.toMatchObject({ code: 'MLS_ENDED' });
    const next = await open('h', 2);
    expect(await text(next.member)).toEqual({ kind: 'accepted' });
  });

  test('keeps a GroupInfo for the people of the conversation, of this epoch only', async () => {
    const { open, focus, conversation, commit, update } = await begun();
    const { member } = await open('g', 1);
    expect(focus.groupInfo(conversation, '+2')).toMatchObject({ era: 1, epoch: 1 });
    expect(focus.groupInfo(conversation, '+3')).toBeUndefined();
    expect(focus.groupInfo('+1 +3', '+1')).toBeUndefined();
    commit(await update(member));
    expect(focus.groupInfo(conversation, '+2')).toBeUndefined();
  });

  test('lets a device of theirs in by its own Commit, if the carriers vouch for it', async () => {
    const { engine, open, focus, conversation, admits, text } = await begun();
    const { member } = await open('g', 1);
    const { groupInfo } = focus.groupInfo(conversation, '+2')!;
    const enter = async (identity: string) => {
      const made = await engine.joinByCommit(groupInfo, identity);
      if (made.kind === 'refused') throw new Error(made.detail);
      const answer = focus.submit({
        conversation,
        eraId: 1,
        epochAuthenticator: base64(made.member.epochAuthenticator),
        body: made.commit,
        groupInfo: await made.member.groupInfo(),
      });
      return { ...made, answer };
    };
    expect((await enter('tel:+3/1')).answer).toMatchObject({ reason: 'invalid-commit' });
    expect((await enter('agent:acme')).answer).toMatchObject({ reason: 'invalid-commit' });
    admits.mockReturnValueOnce(false);
    expect((await enter('tel:+2/7')).answer).toMatchObject({ reason: 'invalid-commit' });
    expect(admits.mock.calls.map(([{ identity }]) => identity)).toEqual(['tel:+2/7']);
    const { answer, commit, member: newcomer } = await enter('tel:+2/2');
    expect(answer).toEqual({ kind: 'accepted' });
    expect(focus.groupInfo(conversation, '+1')).toMatchObject({ epoch: 2 });
    await member.process(commit);
    expect(await text(newcomer)).toEqual({ kind: 'accepted' });
    expect(await text(member)).toEqual({ kind: 'accepted' });
  });

  test('lets nobody in once encryption has ended', async () => {
    const { engine, open, focus, conversation, commit, update } = await begun();
    const { member } = await open('g', 1);
    const end = await update(member, true);
    commit(end, true);
    await end.apply();
    const made = await engine.joinByCommit(await member.groupInfo(), 'tel:+2/2');
    if (made.kind === 'refused') throw new Error(made.detail);
    const question = { conversation, eraId: 1, epochAuthenticator: '' };
    expect(focus.submit({ ...question, body: made.commit })).toMatchObject({
      reason: 'mls-group-has-end-mls',
    });
  });

  test('says where octets stop being an MLSMessage', async () => {
    const { focus, conversation } = await begun();
    const question = { conversation, eraId: 1, epochAuthenticator: '' };
    const cut = focus.submit({ ...question, body: Uint8Array.of(0, 1, 0, 2, 9) });
    expect(cut).toMatchObject({ kind: 'refused', reason: 'unparsable-commit' });
    expect('offset' in cut && typeof cut.offset === 'number').toBe(true);
    const unknown = focus.submit({ ...question, body: Uint8Array.of(0, 9, 0, 2) });
    expect(unknown).toMatchObject({ reason: 'unparsable-commit', offset: 0 });
  });
});
