import { SUITE_NUMBERS } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import type { SuiteNumber } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { hexOf } from '../../../simulators/protocol/mls/crypto/bytes.ts';
import { pendingOf, PHONE, TABLET, testEngine, testGroup, text } from './group.ts';

/** Everything an MLS client does, as the list of all octets that left it. */
async function story(seed: string, suite: SuiteNumber): Promise<readonly string[]> {
  const engine = testEngine({ seed, suite });
  const [agent, phone, tablet] = await testGroup(engine, [PHONE, TABLET]);
  const out: Uint8Array[] = [];
  out.push(await agent.encrypt(text('one')), await phone!.encrypt(text('two')));
  for (const device of [phone!, tablet!]) await device.process(out[0]!);
  const update = pendingOf(await phone!.update());
  out.push(update.commit);
  await agent.process(update.commit);
  await tablet!.process(update.commit);
  await update.apply();
  const late = await engine.generateKeyPackage('tel:+4915112345678/watch', { lastResort: true });
  const change = pendingOf(await agent.commit({ remove: [TABLET], add: [late.keyPackage] }));
  out.push(late.keyPackage, late.private, change.commit, change.welcome!);
  await phone!.process(change.commit);
  await change.apply();
  const joined = await engine.joinFromWelcome(change.welcome!, [late.private]);
  if (joined.kind === 'refused') throw new Error(joined.detail);
  const last = await agent.encrypt(text('three'));
  out.push(last, (await joined.member.process(last)).kind === 'application' ? last : text('lost'));
  out.push(agent.epochAuthenticator, phone!.serialize(), joined.member.serialize());
  return out.map(hexOf);
}

/** ts-mls overwrites used secrets with random octets and then with zeros: only the zeros stay. */
function isOverwrite(): boolean {
  return (new Error('where').stack ?? '').includes('zeroOutUint8Array');
}

describe.each(SUITE_NUMBERS)('determinism, suite %i', (suite) => {
  afterEach(() => void vi.restoreAllMocks());

  test('the same seed gives the same octets, another seed other ones', async () => {
    const first = await story('a', suite);
    expect(await story('a', suite)).toEqual(first);
    const other = await story('b', suite);
    expect(other.filter((octets) => first.includes(octets))).toEqual([]);
  });

  test('no clock and no randomness but the injected ones are touched', async () => {
    const expected = await story('a', suite);
    const forbid = (name: string) => () => {
      throw new Error(`${name} was called`);
    };
    vi.spyOn(Date, 'now').mockImplementation(forbid('Date.now'));
    vi.spyOn(Math, 'random').mockImplementation(forbid('Math.random'));
    vi.spyOn(performance, 'now').mockImplementation(forbid('performance.now'));
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(forbid('setTimeout'));
    vi.spyOn(globalThis, 'setImmediate').mockImplementation(forbid('setImmediate'));
    vi.spyOn(crypto, 'randomUUID').mockImplementation(forbid('crypto.randomUUID'));
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      if (!isOverwrite()) throw new Error('crypto.getRandomValues was called');
      // Other octets than any real run would see: the story must not depend on them.
      if (array instanceof Uint8Array) array.fill(0xa5);
      return array;
    });
    const subtle = Object.getPrototypeOf(crypto.subtle) as Record<string, unknown>;
    const names = Object.getOwnPropertyNames(subtle).filter((name) => name !== 'constructor');
    expect(names).toContain('encrypt');
    for (const name of names) {
      vi.spyOn(crypto.subtle, name as 'encrypt').mockImplementation(forbid(`subtle.${name}`));
    }
    let seen: readonly string[] | undefined;
    try {
      seen = await story('a', suite);
    } finally {
      vi.restoreAllMocks();
    }
    expect(seen).toEqual(expected);
  });

  test('a whole story settles in microtasks: no timer, file or thread turns the loop', async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await story('a', suite);
    isOver = true;
    expect(turns).toBe(0);
  });
});
