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
import type { CommitChange, MlsMember, PendingCommit, Received, Refused } from './types.ts';

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

/** `identity` is who this member is; after a removal its leaf no longer says so. */
export function createMember(
  context: EngineContext,
  initial: ClientState,
  identity = memberAt(initial.ratchetTree, initial.privatePath.leafIndex)?.identity ?? '',
): MlsMember {
  let state = initial;
  let tail: Promise<unknown> = Promise.resolve();

  /** Runs calls of this member one after the other, in the order they were made. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = tail.then(work, work);
    tail = turn.catch(() => undefined);
    return turn;
  };

  /** Moves to `next`; when that is a new epoch, past epochs beyond the retention are erased. */
  const moveTo = (next: ClientState): void => {
    const isNewEpoch = next.groupContext.epoch !== state.groupContext.epoch;
    state = isNewEpoch ? withRetention(next, state, context.retainEpochs) : next;
  };

  const requireActive = (): void => {
    if (state.groupActiveState.kind === 'active') return;
    const hint = 'join again with a new key package';
    throw usage('MLS_NOT_A_MEMBER', `this member is ${state.groupActiveState.kind}`, hint);
  };

  const pack = (packed: ClientState): Uint8Array => {
    const suite = Uint8Array.of(context.suite);
    return writeFields(STATE_MAGIC, [suite, utf8(identity), encodeGroupState(packed)]);
  };

  const stale = (): BellwetherError => {
    const hint = 'discard it, process what the delivery service sent, and commit again';
    return usage('MLS_COMMIT_STALE', 'the commit is of an epoch that is gone', hint);
  };

  const pending = (built: BuiltCommit): PendingCommit => {
    const base = state;
    let next: ClientState | undefined = built.state;
    const hasMoved = (): boolean =>
      state.groupContext.epoch !== base.groupContext.epoch ||
      !sameBytes(state.confirmationTag, base.confirmationTag) ||
      state.groupActiveState.kind !== 'active';
    const { added, removed } = memberChanges(base.ratchetTree, built.state.ratchetTree);
    return {
      kind: 'pending',
      commit: encodeMlsMessage(built.commit),
      ...(built.welcome === undefined ? {} : { welcome: encodeMlsMessage(built.welcome) }),
      epoch: epochNumber(built.state.groupContext.epoch),
      added,
      removed,
      apply: () =>
        inTurn(async () => {
          if (next === undefined || hasMoved()) throw stale();
          const used = state.keySchedule.initSecret;
          moveTo(next);
          erase([used]);
          next = undefined;
        }),
      discard() {
        if (next === undefined) return;
        erase([...Object.values(next.keySchedule), ...allSecretTreeValues(next.secretTree)]);
        next = undefined;
      },
      serializeApplied() {
        if (next === undefined || hasMoved()) throw stale();
        return pack({ ...next, historicalReceiverData: withCurrent(state, context.retainEpochs) });
      },
    };
  };

  const commit = (change: CommitChange): Promise<PendingCommit | Refused> =>
    inTurn(async () => {
      requireActive();
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
        return pending(await buildCommit(state, applied.refs, applied.result, forcePath, cs));
      } catch (error) {
        const hint = 'a key of some member in the tree may be no curve point';
        throw usage('MLS_COMMIT_FAILED', 'the commit could not be sealed', hint, error);
      }
    });

  return {
    get groupId() {
      return Uint8Array.from(state.groupContext.groupId);
    },
    get epoch() {
      return epochNumber(state.groupContext.epoch);
    },
    get epochAuthenticator() {
      return Uint8Array.from(state.keySchedule.epochAuthenticator);
    },
    get leafIndex() {
      return state.privatePath.leafIndex;
    },
    identity,
    get era() {
      const found = state.groupContext.extensions.find(
        (extension) => extension.extensionType === EXTENSION_RCS_ERA,
      );
      if (found === undefined || found.extensionData.length !== 4) return undefined;
      return Buffer.from(found.extensionData).readUInt32BE(0);
    },
    get active() {
      return state.groupActiveState.kind === 'active';
    },
    get ended() {
      return isEnded(state);
    },
    members: () => membersOf(state.ratchetTree),
    leafKeys: () => leafKeysOf(state.ratchetTree),
    add: (keyPackages) => commit({ add: keyPackages }),
    remove: (members) => commit({ remove: members }),
    update: () => commit({ update: true }),
    commit,
    encrypt: (plaintext, authenticatedData = new Uint8Array(0)) =>
      inTurn(async () => {
        requireActive();
        if (isEnded(state)) {
          const hint = 'send in the clear where that is allowed, or begin a new era';
          throw usage('MLS_ENDED', 'the group was told to end encryption', hint);
        }
        if (Object.keys(state.unappliedProposals).length > 0) {
          const hint = 'commit first (RFC 9420 §12.4 forbids application data before)';
          throw usage('MLS_PENDING_PROPOSAL', 'proposals of peers wait for a commit', hint);
        }
        const made = await createApplicationMessage(
          state,
          plaintext,
          context.cipherSuite,
          authenticatedData,
        );
        state = made.newState;
        erase(made.consumed);
        return encodeMlsMessage({
          version: 'mls10',
          wireformat: 'mls_private_message',
          privateMessage: made.privateMessage,
        });
      }),
    process: (message, options = {}) =>
      inTurn(async (): Promise<Received> => {
        const handled = await handleMessage(context, state, message, options);
        if ('kind' in handled) return handled;
        moveTo(handled.state);
        erase(handled.consumed);
        return handled.received;
      }),
    serialize: () => pack(state),
  };
}

/** A member from `MlsMember.serialize()`. */
export function readMember(context: EngineContext, stored: Uint8Array): MlsMember {
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
    return createMember(context, state, new TextDecoder().decode(name));
  } catch (error) {
    if (error instanceof BellwetherError) throw error;
    throw unreadable('the stored group state does not decode', error);
  }
}
