/**
 * What MLS states cost to keep, and a commit in a large group beside ts-mls's default provider.
 * Memory is counted after collections, over many groups of two, in a process of its own.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCommit, createGroup } from 'ts-mls';
import type { ClientState, Proposal } from 'ts-mls';
import { createRandom } from '../simulators/kernel/random.ts';
import { createMlsEngine } from '../simulators/protocol/mls/engine.ts';
import type { MlsEngine, MlsMember } from '../simulators/protocol/mls/types.ts';
import { defaultClients, staged, utf8 } from './mls.ts';
import { paired } from './paired.ts';
import { formatRow, spread } from './row.ts';
import type { BenchRow } from './row.ts';

const GROUPS = 500;
const MOST_BYTES = 15 * 1024;
const MOST_RESTING_BYTES = 2 * 1024;
const MEMBERS = 256;
const ROUNDS = 5;
const COMMITS = 2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  for (let times = 0; times < 4; times++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function engineOf(seed: string): MlsEngine {
  const random = createRandom(seed);
  return createMlsEngine({
    random: (length) => random.bytes(length),
    nowSeconds: () => 1_767_225_600,
  });
}

/** Both sides of a new group of two, each having sent and read a message. */
async function pair(engine: MlsEngine, index: number): Promise<readonly MlsMember[]> {
  const agent = await engine.createGroup(utf8(`group-${index}`), 'agent:acme');
  const made = await engine.generateKeyPackage(`tel:+4915112345678/phone-${index}`);
  const added = staged(await agent.add([made.keyPackage]));
  await added.apply();
  const joined = await engine.joinFromWelcome(added.welcome ?? new Uint8Array(0), [made.private]);
  if (joined.kind === 'refused') throw new Error(joined.detail);
  await joined.member.process(await agent.encrypt(utf8('hello')));
  await agent.process(await joined.member.encrypt(utf8('hello')));
  return [agent, joined.member];
}

async function memoryRows(): Promise<BenchRow[]> {
  const engine = engineOf('states');
  const members: MlsMember[] = [];
  for (let index = 0; index < 50; index++) await pair(engine, index);
  const before = heapBytes();
  for (let index = 0; index < GROUPS; index++) members.push(...(await pair(engine, index)));
  const live = (heapBytes() - before) / members.length;
  const octets = members.map((member) => member.serialize().length);
  for (const member of members) await member.rest();
  const resting = (heapBytes() - before) / members.length;
  return [
    {
      name: 'a live MLS member state, groups of two',
      ...spread([live]),
      target: undefined,
      limit: MOST_BYTES,
      unit: 'bytes of heap and external memory',
    },
    {
      name: 'the same at rest, its octets',
      ...spread(octets),
      target: undefined,
      limit: MOST_RESTING_BYTES,
      unit: 'bytes',
    },
    {
      name: 'the same at rest, with its object and its share of the engine’s bounded key caches',
      ...spread([resting]),
      target: undefined,
      unit: 'bytes of heap and external memory',
    },
  ];
}

async function ourCommit(): Promise<() => Promise<void>> {
  const engine = engineOf('large');
  const founder = await engine.createGroup(utf8('large'), 'agent:acme');
  const packages: Uint8Array[] = [];
  for (let index = 1; index < MEMBERS; index++) {
    packages.push((await engine.generateKeyPackage(`tel:+49151${index}/phone`)).keyPackage);
  }
  await staged(await founder.add(packages)).apply();
  return async () => {
    staged(await founder.update()).discard();
  };
}

async function theirCommit(): Promise<() => Promise<void>> {
  const { cs, client } = await defaultClients();
  const own = await client('agent:acme');
  const state = await createGroup(utf8('large'), own.publicPackage, own.privatePackage, [], cs);
  const extraProposals: Proposal[] = [];
  for (let index = 1; index < MEMBERS; index++) {
    const { publicPackage: keyPackage } = await client(`tel:+49151${index}/phone`);
    extraProposals.push({ proposalType: 'add', add: { keyPackage } });
  }
  const commit = async (from: ClientState, proposals: Proposal[]): Promise<ClientState> => {
    const options = { wireAsPublicMessage: true, extraProposals: proposals };
    return (await createCommit({ state: from, cipherSuite: cs }, options)).newState;
  };
  const large = await commit(state, extraProposals);
  return async () => {
    await commit(large, []);
  };
}

async function commitRow(): Promise<BenchRow> {
  const ours = await ourCommit();
  const theirs = await theirCommit();
  const seconds = async (work: () => Promise<void>): Promise<number> => {
    const begin = performance.now();
    for (let count = 0; count < COMMITS; count++) await work();
    return performance.now() - begin;
  };
  const pairs = await paired(
    { rounds: ROUNDS },
    () => seconds(ours),
    () => seconds(theirs),
  );
  const ratios = pairs.map((pair) => pair.theirs / pair.ours);
  const unit = '× faster than ts-mls with its default provider, suite 2';
  return {
    name: `MLS update commit among ${MEMBERS} members, made`,
    ...spread(ratios),
    target: 1,
    unit,
  };
}

export async function run(): Promise<BenchRow[]> {
  return [...(await memoryRows()), await commitRow()];
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
