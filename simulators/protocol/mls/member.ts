import { createApplicationMessage } from 'ts-mls/createMessage.js';
import { decodeGroupState, encodeGroupState } from 'ts-mls/clientState.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import type { ClientState, Proposal } from 'ts-mls';
import { allSecretTreeValues } from 'ts-mls/secretTree.js';
import { BellwetherError } from '../../kernel/errors.ts';
import { applyOwnProposals, buildCommit } from './commit-builder.ts';
import type { BuiltCommit } from './commit-builder.ts';
import { leafKeysOf, memberAt, memberChanges, membersOf } from './credential.ts';
import { sameBytes, utf8 } from './crypto/bytes.ts';
import type { EngineContext } from './engine-context.ts';
import { groupInfoWithExternalPub } from './external-pub.ts';
import { handleMessage } from './incoming.ts';
import {
  checkHpkeKeys,
  checkLifetime,
  decodeKeyPackage,
  EXTENSION_RCS_END_MLS,
  EXTENSION_RCS_ERA,
} from './key-package.ts';
import { readFields, writeFields } from './octet-fields.ts';
import { epochNumber, refusalOf } from './refusal.ts';
import { erase, withCurrent, withRetention } from './retention.ts';
import type {
  CommitChange,
  MemberIdentity,
  MlsMember,
  PendingCommit,
  ProcessOptions,
  Received,
  Refused,
} from './types.ts';

/** "BWG1" */
const STATE_MAGIC = 0x42574731;
const STATE_FIELDS = 3;

function usage(code: string, message: string, hint: string, cause?: unknown): BellwetherError {
  return new BellwetherError(message, {
    code,
    blame: 'implementation',
    definite: true,
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The leaves a caller wants removed; `MLS_UNKNOWN_MEMBER` for one that is not there. */
function leavesToRemove(state: ClientState, wanted: readonly (string | number)[]): number[] {
  const members = membersOf(state.ratchetTree);
  const leaves = wanted.flatMap((who) => {
    const found = members.filter((m) => m.leafIndex === who || m.identity === who);
    if (found.length > 0) return found.map((m) => m.leafIndex);
    const names = members.map((m) => `${m.identity} (leaf ${m.leafIndex})`).join(', ');
    throw usage('MLS_UNKNOWN_MEMBER', `${who} is not in the group`, `members are ${names}`);
  });
  if (leaves.includes(state.privatePath.leafIndex)) {
    const hint = 'another member must commit the removal (RFC 9420 §12.4)';
    throw usage('MLS_REMOVE_SELF', 'a member cannot commit its own removal', hint);
  }
  return [...new Set(leaves)];
}

function isEnded(state: ClientState): boolean {
  return state.groupContext.extensions.some(
    (extension) => extension.extensionType === EXTENSION_RCS_END_MLS,
  );
}

/** RFC 9420 §12.1.7: the list replaces the group's, so what is there comes along. */
function endProposal(state: ClientState): Proposal {
  const end = { extensionType: EXTENSION_RCS_END_MLS, extensionData: new Uint8Array(0) };
  const extensions = [...state.groupContext.extensions, end];
  return {
    proposalType: 'group_context_extensions',
    groupContextExtensions: { extensions },
  };
}

function proposalsFor(
  context: EngineContext,
  state: ClientState,
  change: CommitChange,
): readonly Proposal[] {
  const removals = leavesToRemove(state, change.remove ?? []);
  const additions = (change.add ?? []).map((octets) => {
    const keyPackage = decodeKeyPackage(context, Uint8Array.from(octets));
    checkLifetime(context, keyPackage);
    return keyPackage;
  });
  return [
    ...removals.map((removed) => ({ proposalType: 'remove' as const, remove: { removed } })),
    ...additions.map((keyPackage) => ({ proposalType: 'add' as const, add: { keyPackage } })),
    ...(change.endMls === true && !isEnded(state) ? [endProposal(state)] : []),
  ];
}

const nothing = (): void => {};

async function groupInfoOf(context: EngineContext, state: ClientState): Promise<Uint8Array> {
  const groupInfo = await groupInfoWithExternalPub(state, true, context.cipherSuite);
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo });
}

/** One class for all members, since a world holds thousands: what each keeps is its state. */
class Member implements MlsMember {
  readonly identity: string;
  readonly #context: EngineContext;
  /** Undefined while at rest: then all of it is in `#packed`. */
  #awake: ClientState | undefined;
  #packed: Uint8Array | undefined;
  #tail: Promise<unknown> | undefined;

  constructor(context: EngineContext, initial: ClientState, identity: string) {
    this.#context = context;
    this.#awake = initial;
    this.identity = identity;
  }

  get #live(): ClientState {
    if (this.#awake === undefined) {
      this.#awake = unpackState(this.#context, this.#packed ?? new Uint8Array(0)).state;
      erase([this.#packed]);
      this.#packed = undefined;
    }
    return this.#awake;
  }

  /** Runs calls of this member one after the other, in the order they were made. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = (this.#tail ?? Promise.resolve()).then(work, work);
    // Without its result: a staged commit would keep the epoch before it alive.
    this.#tail = turn.then(nothing, nothing);
    return turn;
  }

  /** Moves to `next`; when that is a new epoch, past epochs beyond the retention are erased. */
  #moveTo(next: ClientState): void {
    const state = this.#live;
    const isNewEpoch = next.groupContext.epoch !== state.groupContext.epoch;
    this.#awake = isNewEpoch ? withRetention(next, state, this.#context.retainEpochs) : next;
  }

  #requireActive(): ClientState {
    const state = this.#live;
    const { kind } = state.groupActiveState;
    if (kind === 'active') return state;
    throw usage('MLS_NOT_A_MEMBER', `this member is ${kind}`, 'join again with a new key package');
  }

  #pack(state: ClientState): Uint8Array {
    const suite = Uint8Array.of(this.#context.suite);
    return writeFields(STATE_MAGIC, [suite, utf8(this.identity), encodeGroupState(state)]);
  }

  #hasMovedFrom(base: ClientState): boolean {
    const state = this.#live;
    return (
      state.groupContext.epoch !== base.groupContext.epoch ||
      !sameBytes(state.confirmationTag, base.confirmationTag) ||
      state.groupActiveState.kind !== 'active'
    );
  }

  #pending(built: BuiltCommit): PendingCommit {
    const base = this.#live;
    let next: ClientState | undefined = built.state;
    const { added, removed } = memberChanges(base.ratchetTree, built.state.ratchetTree);
    return {
      kind: 'pending',
      commit: encodeMlsMessage(built.commit),
      ...(built.welcome === undefined ? {} : { welcome: encodeMlsMessage(built.welcome) }),
      epoch: epochNumber(built.state.groupContext.epoch),
      added,
      removed,
      groupInfoAfter: async () => {
        if (next === undefined) throw stale();
        return groupInfoOf(this.#context, next);
      },
      apply: () =>
        this.#inTurn(async () => {
          if (next === undefined || this.#hasMovedFrom(base)) throw stale();
          const used = this.#live.keySchedule.initSecret;
          this.#moveTo(next);
          erase([used]);
          next = undefined;
        }),
      discard: () => {
        if (next === undefined) return;
        erase([...Object.values(next.keySchedule), ...allSecretTreeValues(next.secretTree)]);
        next = undefined;
      },
      serializeApplied: () => {
        if (next === undefined || this.#hasMovedFrom(base)) throw stale();
        const { retainEpochs } = this.#context;
        const historicalReceiverData = withCurrent(this.#live, retainEpochs);
        return this.#pack({ ...next, historicalReceiverData });
      },
    };
  }

  get groupId(): Uint8Array {
    return Uint8Array.from(this.#live.groupContext.groupId);
  }

  get epoch(): number {
    return epochNumber(this.#live.groupContext.epoch);
  }

  get epochAuthenticator(): Uint8Array {
    return Uint8Array.from(this.#live.keySchedule.epochAuthenticator);
  }

  get leafIndex(): number {
    return this.#live.privatePath.leafIndex;
  }

  get era(): number | undefined {
    const found = this.#live.groupContext.extensions.find(
      (extension) => extension.extensionType === EXTENSION_RCS_ERA,
    );
    if (found === undefined || found.extensionData.length !== 4) return undefined;
    return Buffer.from(found.extensionData).readUInt32BE(0);
  }

  get active(): boolean {
    return this.#live.groupActiveState.kind === 'active';
  }

  get ended(): boolean {
    return isEnded(this.#live);
  }

  members(): readonly MemberIdentity[] {
    return membersOf(this.#live.ratchetTree, this.#context.identify);
  }

  leafKeys(): ReadonlyMap<string, Uint8Array> {
    return leafKeysOf(this.#live.ratchetTree, this.#context.identify);
  }

  add(keyPackages: readonly Uint8Array[]): Promise<PendingCommit | Refused> {
    return this.commit({ add: keyPackages });
  }

  remove(members: readonly (string | number)[]): Promise<PendingCommit | Refused> {
    return this.commit({ remove: members });
  }

  update(): Promise<PendingCommit | Refused> {
    return this.commit({ update: true });
  }

  commit(change: CommitChange): Promise<PendingCommit | Refused> {
    return this.#inTurn(async () => {
      const context = this.#context;
      const state = this.#requireActive();
      const cs = context.cipherSuite;
      // RFC 9420 §12.4: new extensions of the group need a path, as removals do.
      const forcePath = change.update === true || change.endMls === true;
      let applied: Awaited<ReturnType<typeof applyOwnProposals>>;
      try {
        const proposals = proposalsFor(context, state, change);
        applied = await applyOwnProposals(state, { proposals, forcePath }, cs);
        // A key that is no point would make the Welcome fail half-way: judged here with the rest.
        for (const octets of change.add ?? []) {
          await checkHpkeKeys(context, decodeKeyPackage(context, octets));
        }
      } catch (error) {
        if (error instanceof BellwetherError) throw error;
        return refusalOf(error, 'invalid-key-package');
      }
      try {
        return this.#pending(await buildCommit(state, applied.refs, applied.result, forcePath, cs));
      } catch (error) {
        const hint = 'a key of some member in the tree may be no curve point';
        throw usage('MLS_COMMIT_FAILED', 'the commit could not be sealed', hint, error);
      }
    });
  }

  groupInfo(): Promise<Uint8Array> {
    return this.#inTurn(() => groupInfoOf(this.#context, this.#requireActive()));
  }

  encrypt(plaintext: Uint8Array, authenticatedData = new Uint8Array(0)): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const state = this.#requireActive();
      if (isEnded(state)) {
        const hint = 'send in the clear where that is allowed, or begin a new era';
        throw usage('MLS_ENDED', 'the group was told to end encryption', hint);
      }
      if (Object.keys(state.unappliedProposals).length > 0) {
        const hint = 'commit first (RFC 9420 §12.4 forbids application data before)';
        throw usage('MLS_PENDING_PROPOSAL', 'proposals of peers wait for a commit', hint);
      }
      const { cipherSuite } = this.#context;
      const made = await createApplicationMessage(state, plaintext, cipherSuite, authenticatedData);
      this.#awake = made.newState;
      erase(made.consumed);
      return encodeMlsMessage({
        version: 'mls10',
        wireformat: 'mls_private_message',
        privateMessage: made.privateMessage,
      });
    });
  }

  process(message: Uint8Array, options: ProcessOptions = {}): Promise<Received> {
    return this.#inTurn(async (): Promise<Received> => {
      const handled = await handleMessage(this.#context, this.#live, message, options);
      if ('kind' in handled) return handled;
      this.#moveTo(handled.state);
      erase(handled.consumed);
      return handled.received;
    });
  }

  serialize(): Uint8Array {
    return this.#packed?.slice() ?? this.#pack(this.#live);
  }

  rest(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#awake === undefined) return;
      this.#packed = this.#pack(this.#awake);
      this.#awake = undefined;
    });
  }
}

function stale(): BellwetherError {
  const hint = 'discard it, process what the delivery service sent, and commit again';
  return usage('MLS_COMMIT_STALE', 'the commit is of an epoch that is gone', hint);
}

/** `identity` is who this member is; after a removal its leaf no longer says so. */
export function createMember(
  context: EngineContext,
  initial: ClientState,
  identity = memberAt(initial.ratchetTree, initial.privatePath.leafIndex)?.identity ?? '',
): MlsMember {
  return new Member(context, initial, identity);
}

/** What `MlsMember.serialize()` gave; `MLS_STATE_UNREADABLE` for anything else. */
function unpackState(
  context: EngineContext,
  stored: Uint8Array,
): { readonly state: ClientState; readonly identity: string } {
  const unreadable = (detail: string, cause?: unknown): BellwetherError =>
    usage('MLS_STATE_UNREADABLE', detail, 'the stored state is damaged or of another kind', cause);
  const [suite, name, octets] = readFields(STATE_MAGIC, STATE_FIELDS, stored) ?? [];
  if (suite === undefined || name === undefined || octets === undefined)
    throw unreadable('not a stored MLS member');
  if (suite[0] !== context.suite) {
    throw unreadable(`stored for cipher suite ${suite[0]}, this engine speaks ${context.suite}`);
  }
  try {
    const decoded = decodeGroupState(octets, 0);
    if (decoded === undefined || decoded[1] !== octets.length) {
      throw unreadable('the stored group state does not end where it should');
    }
    const state = { ...decoded[0], clientConfig: context.clientConfig };
    return { state, identity: new TextDecoder().decode(name) };
  } catch (error) {
    if (error instanceof BellwetherError) throw error;
    throw unreadable('the stored group state does not decode', error);
  }
}

/** A member from `MlsMember.serialize()`. */
export function readMember(context: EngineContext, stored: Uint8Array): MlsMember {
  const { state, identity } = unpackState(context, stored);
  return createMember(context, state, identity);
}
