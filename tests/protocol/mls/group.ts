import { decodeGroupState } from 'ts-mls';
import type { ClientState } from 'ts-mls';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createEngineContext } from '../../../simulators/protocol/mls/engine-context.ts';
import { createMlsEngine } from '../../../simulators/protocol/mls/engine.ts';
import type {
  MlsEngine,
  MlsEngineOptions,
  MlsMember,
  PendingCommit,
  Received,
  Refused,
} from '../../../simulators/protocol/mls/types.ts';

export const START_SECONDS = 1_767_225_600;
export const AGENT = 'agent:acme';
export const PHONE = 'tel:+4915112345678/phone';
export const TABLET = 'tel:+4915112345678/tablet';

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const read = (value: Uint8Array): string => new TextDecoder().decode(value);

/** An engine on seeded randomness with a clock the test sets. */
export function testEngine(
  options: Partial<MlsEngineOptions> & { readonly seed?: string } = {},
): MlsEngine & { setSeconds(seconds: number): void } {
  const random = createRandom(options.seed ?? 'mls');
  let seconds = START_SECONDS;
  const engine = createMlsEngine({
    random: (length) => random.bytes(length),
    nowSeconds: () => seconds,
    ...options,
  });
  return { ...engine, setSeconds: (value) => void (seconds = value) };
}

export function pendingOf(outcome: PendingCommit | Refused): PendingCommit {
  if (outcome.kind === 'refused') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome;
}

export function plaintextOf(received: Received): string {
  if (received.kind !== 'application') throw new Error(JSON.stringify(received));
  return read(received.plaintext);
}

/** A group of the agent and the named devices, all at epoch 1. */
export async function testGroup(
  engine: MlsEngine,
  identities: readonly string[] = [PHONE],
): Promise<readonly [MlsMember, ...MlsMember[]]> {
  const agent = await engine.createGroup(text('conversation-1'), AGENT, { era: 1 });
  const packages = [];
  for (const identity of identities) packages.push(await engine.generateKeyPackage(identity));
  const pending = pendingOf(await agent.add(packages.map((made) => made.keyPackage)));
  await pending.apply();
  const members: MlsMember[] = [];
  for (const made of packages) {
    const joined = await engine.joinFromWelcome(pending.welcome ?? new Uint8Array(0), [
      made.private,
    ]);
    if (joined.kind === 'refused') throw new Error(`${joined.reason}: ${joined.detail}`);
    members.push(joined.member);
  }
  return [agent, ...members];
}

/** The library's state inside a serialised member: the third field of the storage form. */
export function stateOf(member: MlsMember): ClientState {
  const stored = member.serialize();
  const view = new DataView(stored.buffer);
  let offset = 4;
  for (let field = 0; field < 2; field++) offset += 4 + view.getUint32(offset);
  const decoded = decodeGroupState(stored.subarray(offset + 4), 0)?.[0];
  if (decoded === undefined) throw new Error('no group state');
  return { ...decoded, clientConfig: testContext().clientConfig };
}

/** The engine's inner context on its own seed, for tests of single parts. */
export function testContext(seed = 'context') {
  const random = createRandom(seed);
  return createEngineContext({
    random: (length) => random.bytes(length),
    nowSeconds: () => START_SECONDS,
  });
}
