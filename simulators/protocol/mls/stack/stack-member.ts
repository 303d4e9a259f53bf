/** One leaf of one group whose secrets are in a stack of somebody else's. */
import { hash } from 'node:crypto';
import { BellwetherError } from '../../../kernel/errors.ts';
import { leafKeysOf, memberChanges, membersOf } from '../credential.ts';
import { inspect } from '../inspect.ts';
import type { InspectedFrame } from '../inspect.ts';
import { joinerOf } from '../joiner.ts';
import type { Joiner } from '../joiner.ts';
import type {
  CommitChange,
  MemberIdentity,
  MlsMember,
  PendingCommit,
  ProcessOptions,
  Received,
  RefusalReason,
  Refused,
} from '../types.ts';
import { removesLeaf, viewOf } from './stack-view.ts';
import type { StackView } from './stack-view.ts';
import type { MlsStack, ProposalDescription } from './types.ts';
import { StackError } from './types.ts';

/** Past epochs whose late messages can still be asked for. */
const RETAIN_EPOCHS = 4;
/** Digests of what was opened: whether it comes again, a stack's own words do not tell. */
const REMEMBERED = 4_096;
const EMPTY = new Uint8Array(0);

const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** It is not the implementation's fault: the cell that needed this stack ends as an error. */
export function stackFailure(error: unknown, name: string): BellwetherError {
  if (error instanceof BellwetherError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new BellwetherError(`the MLS stack ${name} failed: ${what}`, {
    code: 'MLS_STACK_FAILED',
    blame: 'environment',
    hint: 'Is it running, and does bellwether mls find nothing against it?',
    cause: error,
  });
}

export function refused(reason: RefusalReason, detail: string): Refused {
  return { kind: 'refused', reason, detail };
}

/** `no` is what a stack that says no stands for; whatever else it does ends the cell. */
export async function asked<T>(
  name: string,
  no: RefusalReason,
  call: () => Promise<T>,
): Promise<{ readonly answer: T } | Refused> {
  try {
    return { answer: await call() };
  } catch (error) {
    if (error instanceof StackError && error.kind !== 'gone') return refused(no, error.message);
    throw stackFailure(error, name);
  }
}

const proposal = (type: 'add' | 'remove', part: Partial<ProposalDescription>) => ({
  proposalType: Buffer.from(type),
  keyPackage: EMPTY,
  removedId: EMPTY,
  pskId: EMPTY,
  epochId: 0,
  extensions: [],
  groupId: EMPTY,
  cipherSuite: 0,
  ...part,
});

export class StackMember implements MlsMember {
  readonly identity: string;
  readonly #stack: MlsStack;
  readonly #name: string;
  /** Epoch → state, for late messages. */
  readonly #past = new Map<number, number>();
  readonly #opened = new Set<string>();
  readonly #proposals: Uint8Array[] = [];
  #view: StackView;
  #removed = false;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(stack: MlsStack, name: string, identity: string, view: StackView) {
    this.#stack = stack;
    this.#name = name;
    this.identity = identity;
    this.#view = view;
  }

  get groupId(): Uint8Array {
    return this.#view.groupId;
  }

  get epoch(): number {
    return this.#view.epoch;
  }

  get epochAuthenticator(): Uint8Array {
    return this.#view.epochAuthenticator;
  }

  get leafIndex(): number {
    const own = this.members().findLast(({ identity }) => identity === this.identity);
    return own?.leafIndex ?? -1;
  }

  get era(): number | undefined {
    return this.#view.era;
  }

  get active(): boolean {
    return !this.#removed;
  }

  get ended(): boolean {
    return this.#view.ended;
  }

  members(): readonly MemberIdentity[] {
    return membersOf(this.#view.tree);
  }

  leafKeys(): ReadonlyMap<string, Uint8Array> {
    return leafKeysOf(this.#view.tree);
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
    return this.#inTurn(() => this.#commit(change));
  }

  groupInfo(): Promise<Uint8Array> {
    return this.#inTurn(() => this.#groupInfo(this.#view));
  }

  encrypt(plaintext: Uint8Array, authenticatedData = EMPTY): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { stateId } = this.#view;
      const request = { stateId, authenticatedData, plaintext };
      return (await this.#sure('Protect', () => this.#stack.call('Protect', request))).ciphertext;
    });
  }

  process(message: Uint8Array, options: ProcessOptions = {}): Promise<Received> {
    return this.#inTurn(() => this.#process(message, options));
  }

  /** Never: the secrets are the stack's. */
  serialize(): Uint8Array {
    throw new BellwetherError('the state of a foreign MLS stack stays in the stack', {
      code: 'MLS_STACK_STATE',
      blame: 'author',
      hint: 'Leave out faults that copy a phone’s state, or give the phone our own engine.',
    });
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(task);
    this.#tail = done.catch(() => {});
    return done;
  }

  async #sure<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw stackFailure(error, `${this.#name} (${what})`);
    }
  }

  async #groupInfo({ stateId }: StackView): Promise<Uint8Array> {
    const asked = { stateId, externalTree: false };
    const told = await this.#sure('GroupInfo', () => this.#stack.call('GroupInfo', asked));
    return Uint8Array.from(told.groupInfo);
  }

  #identityOf(member: string | number): string {
    if (typeof member === 'string') return member;
    return this.members().find(({ leafIndex }) => leafIndex === member)?.identity ?? '';
  }

  async #commit(change: CommitChange): Promise<PendingCommit | Refused> {
    const { add = [], remove = [], update = false, endMls = false } = change;
    if (endMls) return refused('invalid-proposal', 'the service has no way to say end_mls');
    const before = this.#view;
    const request = {
      stateId: before.stateId,
      byReference: [],
      byValue: [
        ...remove.map((member) =>
          proposal('remove', { removedId: Buffer.from(this.#identityOf(member)) }),
        ),
        ...add.map((keyPackage) => proposal('add', { keyPackage })),
      ],
      forcePath: update,
      externalTree: false,
    };
    const made = await asked(this.#name, 'invalid-commit', () =>
      this.#stack.call('Commit', request),
    );
    if ('kind' in made) return made;
    const { commit, welcome } = made.answer;
    const next = await this.#sure('HandlePendingCommit', async () => {
      const { stateId } = before;
      const taken = await this.#stack.call('HandlePendingCommit', { stateId });
      return viewOf(this.#stack, taken.stateId, taken.epochAuthenticator);
    });
    return {
      kind: 'pending',
      commit: Uint8Array.from(commit),
      ...(welcome.length > 0 && { welcome: Uint8Array.from(welcome) }),
      epoch: next.epoch,
      ...memberChanges(before.tree, next.tree),
      authenticatorAfter: next.epochAuthenticator,
      groupInfoAfter: () => this.#groupInfo(next),
      apply: () =>
        this.#inTurn(async () => {
          if (this.#view !== before) {
            throw new BellwetherError('the member has moved on since this commit was made', {
              code: 'MLS_COMMIT_STALE',
              blame: 'harness',
            });
          }
          await this.#move(next);
        }),
      discard: () => {},
      serializeApplied: () => this.serialize(),
    };
  }

  async #move(next: StackView): Promise<void> {
    const before = this.#view;
    this.#view = next;
    this.#proposals.length = 0;
    // A stack that keeps the number has forgotten what was before.
    if (before.stateId === next.stateId) return;
    this.#past.set(before.epoch, before.stateId);
    for (const [epoch, stateId] of this.#past) {
      if (this.#past.size <= RETAIN_EPOCHS) return;
      this.#past.delete(epoch);
      await asked(this.#name, 'not-a-member', () => this.#stack.call('Free', { stateId }));
    }
  }

  async #process(message: Uint8Array, options: ProcessOptions): Promise<Received> {
    const seen = inspect(message);
    if (seen.kind === 'refused') return seen;
    if (seen.wireFormat !== 'public-message' && seen.wireFormat !== 'private-message') {
      return refused('unexpected-message', `a ${seen.wireFormat} is for nobody in a group`);
    }
    if (hexOf(seen.groupId) !== hexOf(this.groupId)) {
      return refused('mls-group-not-found', 'it is of another group');
    }
    const digest = hash('sha256', message, 'base64');
    if (this.#opened.has(digest)) return refused('replayed', 'it was taken before');
    const result = await this.#taken(message, seen, options);
    if (result.kind !== 'refused') {
      this.#opened.add(digest);
      for (const oldest of this.#opened) {
        if (this.#opened.size <= REMEMBERED) break;
        this.#opened.delete(oldest);
      }
    }
    return result;
  }

  #taken(
    message: Uint8Array,
    seen: InspectedFrame,
    { admits }: ProcessOptions,
  ): Promise<Received> | Received {
    const { epoch } = seen;
    const present = epoch === this.epoch;
    const late = seen.contentType === 'application' ? this.#past.get(epoch) : undefined;
    const stateId = present ? this.#view.stateId : late;
    if (stateId === undefined) {
      const where = { messageEpoch: epoch, memberEpoch: this.epoch };
      return { ...refused('incorrect-epoch', `it is of epoch ${epoch}`), ...where };
    }
    if (seen.contentType === 'application') return this.#unprotect(message, seen, stateId);
    if (seen.contentType === 'proposal') {
      this.#proposals.push(message);
      return { kind: 'proposal', epoch };
    }
    const joiner = joinerOf(message);
    if (joiner !== undefined && admits?.(joiner) === false) {
      return refused('invalid-credential', `${joiner.identity} may not let itself in`);
    }
    return this.#follow(message, joiner);
  }

  async #unprotect(
    ciphertext: Uint8Array,
    { epoch }: InspectedFrame,
    stateId: number,
  ): Promise<Received> {
    const opened = await asked(this.#name, 'failed-to-decrypt', () =>
      this.#stack.call('Unprotect', { stateId, ciphertext }),
    );
    if ('kind' in opened) return opened;
    const { plaintext, authenticatedData } = opened.answer;
    return {
      kind: 'application',
      plaintext: Uint8Array.from(plaintext),
      // The service does not tell who wrote it.
      senderIdentity: '',
      senderLeafIndex: -1,
      epoch,
      authenticatedData: Uint8Array.from(authenticatedData),
    };
  }

  async #follow(commit: Uint8Array, joiner: Joiner | undefined): Promise<Received> {
    const before = this.#view;
    const { stateId } = before;
    const own = this.members().filter(({ identity }) => identity === this.identity);
    if (removesLeaf(commit, this.leafIndex)) {
      this.#removed = true;
      const facts = { epoch: before.epoch, added: [], removed: own, selfRemoved: true };
      return { kind: 'commit', senderIdentity: undefined, ...facts };
    }
    const handled = await asked(this.#name, 'invalid-commit', () =>
      this.#stack.call('HandleCommit', { stateId, proposal: this.#proposals, commit }),
    );
    if ('kind' in handled) return handled;
    const next = await this.#sure('GroupInfo', () =>
      viewOf(this.#stack, handled.answer.stateId, handled.answer.epochAuthenticator),
    );
    await this.#move(next);
    const changes = memberChanges(before.tree, next.tree);
    const facts = { epoch: next.epoch, selfRemoved: false, senderIdentity: undefined };
    return { kind: 'commit', ...facts, ...changes, ...(joiner !== undefined && { joiner }) };
  }
}
