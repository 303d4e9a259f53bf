import { pathToFileURL } from 'node:url';
import { Bench } from 'tinybench';
import {
  acceptAll,
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeMlsMessage,
  defaultLifetime,
  emptyPskIndex,
  encodeMlsMessage,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  processMessage,
} from 'ts-mls';
import type { CiphersuiteImpl, ClientState, MLSMessage } from 'ts-mls';
import { createRandom } from '../simulators/kernel/random.ts';
import { createMlsEngine } from '../simulators/protocol/mls/engine.ts';
import type { PendingCommit, Refused } from '../simulators/protocol/mls/types.ts';
import { paired } from './paired.ts';
import { formatRow, spread } from './row.ts';
import type { BenchRow } from './row.ts';

/**
 * Our MLS engine, as phones use it, against the same ts-mls with its default crypto provider on
 * cipher suite 2: both go from octets to octets. Each round measures both sides one after the
 * other, in alternating order; a row is the median of the ratios within rounds.
 */
const SUITE_NAME = 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256';
const ROUNDS = 7;
const PLAINTEXT = new Uint8Array(100).fill(0x61);
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Operations {
  /** One application message, from plaintext to the peer's plaintext. */
  message(): Promise<void>;
  /** Add commit, Welcome and join of one member. */
  join(): Promise<void>;
  /** An update commit, made, sent, processed by the peer and applied. */
  commit(): Promise<void>;
}

export function staged(outcome: PendingCommit | Refused): PendingCommit {
  if (outcome.kind === 'refused') throw new Error(outcome.detail);
  return outcome;
}

export async function ourOperations(): Promise<Operations> {
  const random = createRandom('bench');
  const engine = createMlsEngine({
    random: (length) => random.bytes(length),
    nowSeconds: () => 1_767_225_600,
  });
  const agent = await engine.createGroup(utf8('group'), 'agent:acme');
  const made = await engine.generateKeyPackage('tel:+4915112345678/phone');
  const lone = engine.deserialize(agent.serialize());
  const added = staged(await agent.add([made.keyPackage]));
  await added.apply();
  const joined = await engine.joinFromWelcome(added.welcome ?? new Uint8Array(0), [made.private]);
  if (joined.kind === 'refused') throw new Error(joined.detail);
  const phone = joined.member;
  return {
    async message() {
      const received = await phone.process(await agent.encrypt(PLAINTEXT));
      if (received.kind !== 'application') throw new Error(JSON.stringify(received));
    },
    async join() {
      const pending = staged(await lone.add([made.keyPackage]));
      const welcome = pending.welcome ?? new Uint8Array(0);
      const result = await engine.joinFromWelcome(welcome, [made.private]);
      if (result.kind !== 'joined') throw new Error(result.detail);
      pending.discard();
    },
    async commit() {
      const pending = staged(await agent.update());
      const received = await phone.process(pending.commit);
      if (received.kind !== 'commit') throw new Error(JSON.stringify(received));
      await pending.apply();
    },
  };
}

function decode(octets: Uint8Array): MLSMessage {
  const message = decodeMlsMessage(octets, 0)?.[0];
  if (message === undefined) throw new Error('not an MLSMessage');
  return message;
}

/** ts-mls with its default provider: its suite, and key packages for it. */
export async function defaultClients() {
  const cs: CiphersuiteImpl = await getCiphersuiteImpl(getCiphersuiteFromName(SUITE_NAME));
  const capabilities = {
    versions: ['mls10' as const],
    ciphersuites: [SUITE_NAME as typeof cs.name],
    extensions: [],
    proposals: [],
    credentials: ['basic' as const],
  };
  const client = (identity: string) =>
    generateKeyPackage(
      { credentialType: 'basic', identity: utf8(identity) },
      capabilities,
      defaultLifetime,
      [],
      cs,
    );
  return { cs, client };
}

export async function defaultOperations(): Promise<Operations> {
  const { cs, client } = await defaultClients();
  const acme = await client('agent:acme');
  const device = await client('tel:+4915112345678/phone');
  const lone = await createGroup(utf8('group'), acme.publicPackage, acme.privatePackage, [], cs);
  const addAndJoin = async (): Promise<[ClientState, ClientState]> => {
    const add = { keyPackage: device.publicPackage };
    const made = await createCommit(
      { state: lone, cipherSuite: cs },
      {
        wireAsPublicMessage: true,
        ratchetTreeExtension: true,
        extraProposals: [{ proposalType: 'add', add }],
      },
    );
    encodeMlsMessage(made.commit);
    if (made.welcome === undefined) throw new Error('no Welcome');
    const octets = encodeMlsMessage({
      version: 'mls10',
      wireformat: 'mls_welcome',
      welcome: made.welcome,
    });
    const message = decode(octets);
    if (message.wireformat !== 'mls_welcome') throw new Error(message.wireformat);
    const { publicPackage, privatePackage } = device;
    const state = await joinGroup(
      message.welcome,
      publicPackage,
      privatePackage,
      emptyPskIndex,
      cs,
    );
    return [made.newState, state];
  };
  let [agent, phone] = await addAndJoin();
  const receive = async (octets: Uint8Array): Promise<void> => {
    const message = decode(octets);
    if (
      message.wireformat !== 'mls_private_message' &&
      message.wireformat !== 'mls_public_message'
    ) {
      throw new Error(message.wireformat);
    }
    phone = (await processMessage(message, phone, emptyPskIndex, acceptAll, cs)).newState;
  };
  return {
    async message() {
      const made = await createApplicationMessage(agent, PLAINTEXT, cs);
      agent = made.newState;
      const { privateMessage } = made;
      const wireformat = 'mls_private_message';
      await receive(encodeMlsMessage({ version: 'mls10', wireformat, privateMessage }));
    },
    async join() {
      await addAndJoin();
    },
    async commit() {
      const made = await createCommit(
        { state: agent, cipherSuite: cs },
        { wireAsPublicMessage: true },
      );
      await receive(encodeMlsMessage(made.commit));
      agent = made.newState;
    },
  };
}

/** Mean milliseconds of one call over a fixed number of calls. */
async function measure(work: () => Promise<void>, iterations: number): Promise<number> {
  const bench = new Bench({ time: 0, iterations, warmup: false });
  // Declared async, or tinybench would start one call that nobody awaits to find out.
  bench.add('work', work, { async: true });
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state === 'errored') throw result.error;
  if (result?.state !== 'completed') throw new Error(`the task ${result?.state ?? 'is missing'}`);
  return result.latency.mean;
}

const CASES = [
  { name: 'MLS application message, encrypt and decrypt', key: 'message', target: 5, ours: 300 },
  { name: 'MLS add, Welcome and join', key: 'join', target: 7, ours: 40 },
  { name: 'MLS update commit, made and processed', key: 'commit', target: 3, ours: 40 },
] as const;
/** The other side is slower by about this factor; fewer calls make the halves equally long. */
const SLOWER = 10;

export async function run(): Promise<BenchRow[]> {
  const ours = await ourOperations();
  const theirs = await defaultOperations();
  const rows: BenchRow[] = [];
  for (const { name, key, target, ours: iterations } of CASES) {
    const other = Math.max(4, Math.round(iterations / SLOWER));
    const pairs = await paired(
      { rounds: ROUNDS },
      () => measure(() => ours[key](), iterations),
      () => measure(() => theirs[key](), other),
    );
    const ratios = pairs.map((pair) => pair.theirs / pair.ours);
    const unit = '× faster than ts-mls with its default provider, suite 2';
    rows.push({ name, ...spread(ratios), target, unit });
  }
  return rows;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
