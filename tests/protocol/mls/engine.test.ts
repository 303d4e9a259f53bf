import { describe, expect, test } from 'vitest';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import { inspect } from '../../../simulators/protocol/mls/inspect.ts';
import {
  AGENT,
  pendingOf,
  PHONE,
  plaintextOf,
  START_SECONDS,
  TABLET,
  testEngine,
  testGroup,
  text,
} from './group.ts';

const DAY_SECONDS = 86_400;

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof BellwetherError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe.each([1, 2, 5, 6] as const)('MLS engine, suite %i', (suite) => {
  test('members of one epoch read each other and agree on its authenticator', async () => {
    const [agent, phone, tablet] = await testGroup(testEngine({ suite }), [PHONE, TABLET]);
    const message = await agent.encrypt(text('Your parcel arrives'), text('aad'));
    for (const device of [phone, tablet]) {
      expect(await device?.process(message)).toMatchObject({
        kind: 'application',
        plaintext: text('Your parcel arrives'),
        senderIdentity: AGENT,
        epoch: 1,
        authenticatedData: text('aad'),
      });
      expect(device?.epochAuthenticator).toEqual(agent.epochAuthenticator);
      expect(device?.era).toBe(1);
    }
    expect(agent.members().map((member) => member.identity)).toEqual([AGENT, PHONE, TABLET]);
  });

  test('a removed member reads nothing of the epochs after its removal', async () => {
    const [agent, phone, tablet] = await testGroup(testEngine({ suite }), [PHONE, TABLET]);
    const before = await agent.encrypt(text('still here'));
    const pending = pendingOf(await agent.remove([TABLET]));
    expect(await phone?.process(pending.commit)).toMatchObject({
      kind: 'commit',
      epoch: 2,
      removed: [{ identity: TABLET, leafIndex: 2 }],
      added: [],
      selfRemoved: false,
      senderIdentity: AGENT,
    });
    expect(await tablet?.process(pending.commit)).toMatchObject({ selfRemoved: true, epoch: 1 });
    await pending.apply();
    const after = await agent.encrypt(text('secret'));
    expect(plaintextOf((await phone?.process(after))!)).toBe('secret');
    expect(await tablet?.process(after)).toMatchObject({
      kind: 'refused',
      reason: 'incorrect-epoch',
      messageEpoch: 2,
      memberEpoch: 1,
    });
    // What was sent before may still arrive; that is what `e2ee/revoked-reads` tells apart.
    expect(plaintextOf((await tablet?.process(before))!)).toBe('still here');
    expect(tablet?.active).toBe(false);
    expect(tablet?.identity).toBe(TABLET);
    expect(await codeOf(async () => tablet?.encrypt(text('x')))).toBe('MLS_NOT_A_MEMBER');
  });

  test('one commit can remove one device and add another', async () => {
    const engine = testEngine({ suite });
    const [agent, phone] = await testGroup(engine, [PHONE, TABLET]);
    const fresh = await engine.generateKeyPackage('tel:+4915112345678/new');
    const change = { add: [fresh.keyPackage], remove: [TABLET] };
    const pending = pendingOf(await agent.commit(change));
    expect(pending.added.map((m) => m.identity)).toEqual(['tel:+4915112345678/new']);
    expect(pending.removed.map((m) => m.identity)).toEqual([TABLET]);
    const seen = inspect(pending.welcome ?? new Uint8Array(0));
    expect(seen).toMatchObject({ wireFormat: 'welcome', keyPackageReferences: [fresh.reference] });
    await pending.apply();
    await phone?.process(pending.commit);
    const joined = await engine.joinFromWelcome(pending.welcome!, [fresh.private]);
    if (joined.kind === 'refused') throw new Error(joined.detail);
    expect(joined.reference).toBe(fresh.reference);
    const message = await joined.member.encrypt(text('hello from the new phone'));
    expect(plaintextOf((await phone?.process(message))!)).toBe('hello from the new phone');
    expect(plaintextOf(await agent.process(message))).toBe('hello from the new phone');
  });
});

describe('staged commits', () => {
  test('a discarded commit leaves the member where it was', async () => {
    const [agent, phone] = await testGroup(testEngine());
    const pending = pendingOf(await agent.update());
    pending.discard();
    expect(agent.epoch).toBe(1);
    expect(plaintextOf((await phone?.process(await agent.encrypt(text('a'))))!)).toBe('a');
    expect(await codeOf(() => pending.apply())).toBe('MLS_COMMIT_STALE');
  });

  test('the loser of a race discards, follows the winner and commits again', async () => {
    const [agent, phone] = await testGroup(testEngine());
    const losing = pendingOf(await agent.update());
    const winning = pendingOf(await phone!.update());
    await winning.apply();
    expect(await agent.process(winning.commit)).toMatchObject({ kind: 'commit', epoch: 2 });
    expect(await codeOf(() => losing.apply())).toBe('MLS_COMMIT_STALE');
    losing.discard();
    const again = pendingOf(await agent.update());
    await again.apply();
    expect(await phone?.process(again.commit)).toMatchObject({ kind: 'commit', epoch: 3 });
    expect(agent.epochAuthenticator).toEqual(phone?.epochAuthenticator);
  });

  test('a client that died before the answer takes up either epoch', async () => {
    const engine = testEngine();
    const [agent, phone] = await testGroup(engine);
    const inFlight = await phone!.encrypt(text('in flight'));
    const pending = pendingOf(await agent.update());
    const [before, after] = [agent.serialize(), pending.serializeApplied()];
    const notAccepted = engine.deserialize(before);
    expect(plaintextOf((await phone?.process(await notAccepted.encrypt(text('old'))))!)).toBe(
      'old',
    );
    expect(await phone?.process(pending.commit)).toMatchObject({ kind: 'commit', epoch: 2 });
    const accepted = engine.deserialize(after);
    expect(accepted.epoch).toBe(2);
    expect(plaintextOf((await phone?.process(await accepted.encrypt(text('new'))))!)).toBe('new');
    expect(plaintextOf(await accepted.process(inFlight))).toBe('in flight');
    pending.discard();
    expect(() => pending.serializeApplied()).toThrow('epoch that is gone');
  });

  test('messages read while a commit was pending stay read after it is applied', async () => {
    const [agent, phone] = await testGroup(testEngine());
    const early = await phone!.encrypt(text('early'));
    const late = await phone!.encrypt(text('late'));
    const pending = pendingOf(await agent.update());
    expect(plaintextOf(await agent.process(early))).toBe('early');
    await pending.apply();
    expect(await agent.process(early)).toMatchObject({ reason: 'replayed' });
    expect(plaintextOf(await agent.process(late))).toBe('late');
  });
});

describe('what a member keeps and forgets', () => {
  test('the same ciphertext is read once, in any order of arrival', async () => {
    const [agent, phone] = await testGroup(testEngine());
    const messages = [];
    for (const word of ['one', 'two', 'three']) messages.push(await agent.encrypt(text(word)));
    const order = [2, 0, 1];
    const words = [];
    for (const index of order) words.push(plaintextOf(await phone!.process(messages[index]!)));
    expect(words).toEqual(['three', 'one', 'two']);
    for (const message of messages) {
      expect(await phone?.process(message)).toMatchObject({ reason: 'replayed' });
    }
  });

  test.each([0, 1, 4])('%i past epochs can be read, not one more', async (retainEpochs) => {
    const [agent, phone] = await testGroup(testEngine({ retainEpochs }));
    const sent = [];
    for (let epoch = 0; epoch < 6; epoch++) {
      sent.push(await agent.encrypt(text(`of epoch ${agent.epoch}`)));
      const pending = pendingOf(await agent.update());
      await pending.apply();
      await phone?.process(pending.commit);
    }
    const results = [];
    for (const message of sent) results.push((await phone!.process(message)).kind);
    const readable = results.filter((kind) => kind === 'application').length;
    expect(readable).toBe(retainEpochs);
    expect(results.slice(0, 6 - retainEpochs).every((kind) => kind === 'refused')).toBe(true);
  });

  test('a serialised member goes on where it stopped, and replays stay refused', async () => {
    const engine = testEngine();
    const [agent, phone] = await testGroup(engine);
    const first = await agent.encrypt(text('first'));
    await phone?.process(first);
    const stored = phone!.serialize();
    const copy = Uint8Array.from(stored);
    const woken = engine.deserialize(stored);
    expect(await woken.process(first)).toMatchObject({ reason: 'replayed' });
    expect(plaintextOf(await woken.process(await agent.encrypt(text('second'))))).toBe('second');
    const pending = pendingOf(await woken.update());
    await pending.apply();
    expect(await agent.process(pending.commit)).toMatchObject({ kind: 'commit', epoch: 2 });
    expect(stored).toEqual(copy);
    expect(woken.identity).toBe(PHONE);
  });

  test('calls made at once take their turns: no ratchet key is used twice', async () => {
    const [agent, phone] = await testGroup(testEngine());
    const words = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    const messages = await Promise.all(words.map((word) => agent.encrypt(text(word))));
    const received = [];
    for (const message of messages) received.push(plaintextOf(await phone!.process(message)));
    expect(received).toEqual(words);
  });

  test('the same message processed twice at once is read once', async () => {
    const [agent, phone] = await testGroup(testEngine());
    const message = await agent.encrypt(text('once'));
    const both = await Promise.all([phone!.process(message), phone!.process(message)]);
    expect(both.map((received) => received.kind)).toEqual(['application', 'refused']);
  });
});

describe('key packages', () => {
  test('lifetimes are judged by the clock of the caller', async () => {
    const engine = testEngine();
    const made = await engine.generateKeyPackage(PHONE, { lifetimeSeconds: DAY_SECONDS });
    const agent = await engine.createGroup(text('g'), AGENT);
    expect(await engine.checkKeyPackage(made.keyPackage)).toMatchObject({
      kind: 'key-package',
      identity: PHONE,
      reference: made.reference,
      notAfterSeconds: START_SECONDS + DAY_SECONDS,
      lastResort: false,
    });
    engine.setSeconds(START_SECONDS + DAY_SECONDS + 1);
    const expired = { kind: 'refused', reason: 'expired-credential' };
    expect(await engine.checkKeyPackage(made.keyPackage)).toMatchObject(expired);
    expect(await agent.add([made.keyPackage])).toMatchObject(expired);
    engine.setSeconds(START_SECONDS - DAY_SECONDS);
    expect(await agent.add([made.keyPackage])).toMatchObject(expired);
    expect(agent.epoch).toBe(0);
  });

  test('by default a leaf lives exactly the 76 days that RCC.16 allows', async () => {
    const engine = testEngine();
    const made = await engine.generateKeyPackage(PHONE, { lastResort: true });
    const checked = await engine.checkKeyPackage(made.keyPackage);
    if (checked.kind === 'refused') throw new Error(checked.detail);
    expect(checked.notAfterSeconds - checked.notBeforeSeconds).toBe(76 * DAY_SECONDS);
    expect(checked.lastResort).toBe(true);
  });

  test('a Welcome for someone else is refused, also with no key package at hand', async () => {
    const engine = testEngine();
    const agent = await engine.createGroup(text('g'), AGENT);
    const made = await engine.generateKeyPackage(PHONE);
    const other = await engine.generateKeyPackage(TABLET);
    const pending = pendingOf(await agent.add([made.keyPackage]));
    for (const offered of [[], [other.private], [text('not ours')]]) {
      expect(await engine.joinFromWelcome(pending.welcome!, offered)).toMatchObject({
        reason: 'no-matching-key-package',
      });
    }
  });

  test('a credential that the authentication service rejects joins no group', async () => {
    const accepting = testEngine();
    const rejecting = testEngine({
      seed: 'other',
      acceptCredential: (identity) => identity !== TABLET,
    });
    const made = await accepting.generateKeyPackage(TABLET);
    const agent = await rejecting.createGroup(text('g'), AGENT);
    const refusal = { kind: 'refused', reason: 'invalid-credential' };
    expect(await rejecting.checkKeyPackage(made.keyPackage)).toMatchObject(refusal);
    expect(await agent.add([made.keyPackage])).toMatchObject(refusal);
  });

  test('a member at rest is its octets, and wakes where it was', async () => {
    const engine = testEngine();
    const [agent, phone] = await testGroup(engine);
    const pending = pendingOf(await agent.update());
    const { epochAuthenticator } = agent;
    const octets = agent.serialize();
    await agent.rest();
    expect(agent.serialize()).toEqual(octets);
    expect([agent.epoch, agent.active, agent.identity]).toEqual([1, true, AGENT]);
    expect(agent.epochAuthenticator).toEqual(epochAuthenticator);
    await agent.rest();
    await pending.apply();
    await phone!.rest();
    expect(await phone!.process(pending.commit)).toMatchObject({ kind: 'commit', epoch: 2 });
    await Promise.all([agent.rest(), phone!.rest()]);
    expect(plaintextOf(await phone!.process(await agent.encrypt(text('again'))))).toBe('again');
  });

  test('misuse by the caller is a BellwetherError, not a refusal', async () => {
    const engine = testEngine();
    const [agent] = await testGroup(engine);
    expect(await codeOf(() => agent.remove(['tel:+1/none']))).toBe('MLS_UNKNOWN_MEMBER');
    expect(await codeOf(() => agent.remove([AGENT]))).toBe('MLS_REMOVE_SELF');
    expect(await codeOf(async () => engine.deserialize(text('junk')))).toBe('MLS_STATE_UNREADABLE');
    const other = testEngine({ suite: 1 });
    expect(await codeOf(async () => other.deserialize(agent.serialize()))).toBe(
      'MLS_STATE_UNREADABLE',
    );
  });
});
