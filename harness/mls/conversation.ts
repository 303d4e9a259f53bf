/**
 * The delivery service of one script: it carries every octet between the members, and after each
 * Commit it checks what RFC 9420 says that all of them must agree on.
 */
import type {
  MlsStack,
  ProposalDescription,
  StackMethod,
  StackRequest,
  StackResponse,
} from '../../simulators/protocol/mls/stack/types.ts';
import { StackError } from '../../simulators/protocol/mls/stack/types.ts';
import { StackFinding } from './rules.ts';
import type { StackRuleName } from './rules.ts';

/** One actor: the stack that plays it, and what that stack calls its states. */
interface Actor {
  readonly name: string;
  readonly stack: MlsStack;
  /** `ours`, `theirs`: for words. */
  readonly player: string;
  state: number | undefined;
  /** The number of the key package that it offered last. */
  transaction: number | undefined;
}

export interface ConversationOptions {
  readonly suite: number;
  readonly encryptHandshake: boolean;
  /** Who plays the actor that appears as the n-th. */
  readonly cast: (index: number) => { readonly stack: MlsStack; readonly player: string };
  readonly random: (length: number) => Uint8Array;
}

export interface CommitWishes {
  readonly byReference?: readonly Uint8Array[];
  readonly byValue?: readonly Partial<ProposalDescription>[];
  readonly forcePath?: boolean;
  readonly externalTree?: boolean;
  /** Names of those who were added, and whose key package waits. */
  readonly joiners?: readonly string[];
  /** Names of those who leave with it. */
  readonly leavers?: readonly string[];
}

const EMPTY = new Uint8Array(0);
export const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const NOTHING: ProposalDescription = {
  proposalType: EMPTY,
  keyPackage: EMPTY,
  removedId: EMPTY,
  pskId: EMPTY,
  epochId: 0,
  extensions: [],
  groupId: EMPTY,
  cipherSuite: 0,
};

/** A proposal that a Commit holds by value. */
export function described(type: string, more: Partial<ProposalDescription>): ProposalDescription {
  return { ...NOTHING, ...more, proposalType: octets(type) };
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #actors = new Map<string, Actor>();
  /** In the order in which they joined. */
  #members: string[] = [];
  readonly #judged = new Map<StackRuleName, number>();
  #epoch = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get encryptHandshake(): boolean {
    return this.#options.encryptHandshake;
  }

  get suite(): number {
    return this.#options.suite;
  }

  /** How often each rule had something to judge. */
  get judged(): ReadonlyMap<StackRuleName, number> {
    return this.#judged;
  }

  #count(rule: StackRuleName): void {
    this.#judged.set(rule, (this.#judged.get(rule) ?? 0) + 1);
  }

  get members(): readonly string[] {
    return this.#members;
  }

  get epoch(): number {
    return this.#epoch;
  }

  random(length: number): Uint8Array {
    return this.#options.random(length);
  }

  /** Whose stack plays a name. */
  playerOf(name: string): string {
    return `${name} (${this.#actor(name).player})`;
  }

  #actor(name: string): Actor {
    const found = this.#actors.get(name);
    if (found !== undefined) return found;
    const { stack, player } = this.#options.cast(this.#actors.size);
    const made: Actor = { name, stack, player, state: undefined, transaction: undefined };
    this.#actors.set(name, made);
    return made;
  }

  #stateOf(name: string): number {
    const { state } = this.#actor(name);
    if (state === undefined) throw new TypeError(`${name} is in no group: the script is wrong`);
    return state;
  }

  /** Asks a stack for what it must be able to do; its refusal is a finding. */
  async ask<M extends StackMethod>(
    name: string,
    method: M,
    request: StackRequest<M>,
  ): Promise<StackResponse<M>> {
    this.#count('mls/valid-refused');
    try {
      return await this.#actor(name).stack.call(method, request);
    } catch (error) {
      if (!(error instanceof StackError) || error.kind !== 'refused') throw error;
      throw new StackFinding(
        'mls/valid-refused',
        `${this.playerOf(name)} can do a valid ${method}`,
        `it refused: ${error.message}`,
      );
    }
  }

  /** Asks for what must be refused. */
  async mustRefuse<M extends StackMethod>(
    name: string,
    what: string,
    method: M,
    request: StackRequest<M>,
  ): Promise<void> {
    this.#count('mls/invalid-accepted');
    try {
      await this.#actor(name).stack.call(method, request);
    } catch (error) {
      if (error instanceof StackError && error.kind === 'refused') return;
      throw error;
    }
    throw new StackFinding(
      'mls/invalid-accepted',
      `${this.playerOf(name)} refuses ${what}`,
      `${method} took it`,
    );
  }

  /**
   * Does its stack play nobody else? A server may open what one member cannot with the state of
   * another that it plays, too.
   */
  isAlone(name: string): boolean {
    const { stack } = this.#actor(name);
    return [...this.#actors.values()].every((each) => each.name === name || each.stack !== stack);
  }

  /** For requests of a script's own on a member's state. */
  stateOf(name: string): number {
    return this.#stateOf(name);
  }

  agree(what: string, first: [string, Uint8Array], second: [string, Uint8Array]): void {
    this.#count('mls/agreement');
    if (same(first[1], second[1])) return;
    throw new StackFinding(
      'mls/agreement',
      `${this.playerOf(first[0])} and ${this.playerOf(second[0])} have the same ${what}`,
      `${hex(first[1]).slice(0, 16)}… and ${hex(second[1]).slice(0, 16)}…`,
    );
  }

  async createGroup(creator: string, groupId = this.random(16)): Promise<void> {
    const { suite: cipherSuite, encryptHandshake } = this.#options;
    const identity = octets(creator);
    const request = { groupId, cipherSuite, encryptHandshake, identity };
    const { stateId } = await this.ask(creator, 'CreateGroup', request);
    this.#actor(creator).state = stateId;
    this.#members = [creator];
    this.#epoch = 0;
  }

  async keyPackage(name: string, cipherSuite = this.suite): Promise<Uint8Array> {
    const request = { cipherSuite, identity: octets(name) };
    const answer = await this.ask(name, 'CreateKeyPackage', request);
    this.#actor(name).transaction = answer.transactionId;
    return answer.keyPackage;
  }

  async add(adder: string, keyPackage: Uint8Array): Promise<Uint8Array> {
    const request = { stateId: this.#stateOf(adder), keyPackage };
    return (await this.ask(adder, 'AddProposal', request)).proposal;
  }

  async update(name: string): Promise<Uint8Array> {
    const request = { stateId: this.#stateOf(name) };
    return (await this.ask(name, 'UpdateProposal', request)).proposal;
  }

  async remove(remover: string, removed: string): Promise<Uint8Array> {
    const request = { stateId: this.#stateOf(remover), removedId: octets(removed) };
    return (await this.ask(remover, 'RemoveProposal', request)).proposal;
  }

  /** Gives a secret to everybody: members, and those whose key package waits. */
  async storePsk(names: readonly string[], pskId: Uint8Array, pskSecret: Uint8Array) {
    for (const name of names) {
      const { state, transaction } = this.#actor(name);
      const stateOrTransactionId = state ?? transaction;
      if (stateOrTransactionId === undefined) throw new TypeError(`${name} has nothing to keep it`);
      await this.ask(name, 'StorePSK', { stateOrTransactionId, pskId, pskSecret });
    }
  }

  commitRequest(committer: string, wishes: CommitWishes): StackRequest<'Commit'> {
    return {
      stateId: this.#stateOf(committer),
      byReference: wishes.byReference ?? [],
      byValue: (wishes.byValue ?? []).map((one) => ({ ...NOTHING, ...one })),
      forcePath: wishes.forcePath ?? false,
      externalTree: wishes.externalTree ?? false,
    };
  }

  /** Makes a Commit, brings it and its Welcome to everybody, and checks that all agree. */
  async commit(committer: string, wishes: CommitWishes = {}): Promise<void> {
    const made = await this.ask(committer, 'Commit', this.commitRequest(committer, wishes));
    await this.deliver(committer, made, wishes);
  }

  /** The second half of `commit`. */
  async deliver(
    committer: string,
    made: StackResponse<'Commit'>,
    { byReference = [], joiners = [], leavers = [] }: CommitWishes,
  ): Promise<void> {
    const own = await this.ask(committer, 'HandlePendingCommit', {
      stateId: this.#stateOf(committer),
    });
    const followers = this.#members.filter((name) => name !== committer && !leavers.includes(name));
    for (const name of followers) {
      const handled = await this.ask(name, 'HandleCommit', {
        stateId: this.#stateOf(name),
        proposal: byReference,
        commit: made.commit,
      });
      this.#move(name, handled.stateId);
      const theirs: [string, Uint8Array] = [name, handled.epochAuthenticator];
      this.agree('epoch authenticator', [committer, own.epochAuthenticator], theirs);
    }
    this.#move(committer, own.stateId);
    for (const name of joiners) {
      const joined = await this.join(name, made.welcome, made.ratchetTree);
      const theirs: [string, Uint8Array] = [name, joined];
      this.agree('epoch authenticator', [committer, own.epochAuthenticator], theirs);
    }
    this.#members = [committer, ...followers, ...joiners];
    this.#epoch++;
    for (const name of leavers) this.#actor(name).state = undefined;
    await this.agreeOnSecrets();
  }

  /** Joins by a Welcome with the key package offered last; gives the epoch authenticator. */
  async join(name: string, welcome: Uint8Array, ratchetTree: Uint8Array): Promise<Uint8Array> {
    const { transaction } = this.#actor(name);
    const joined = await this.ask(name, 'JoinGroup', {
      transactionId: transaction ?? 0,
      welcome,
      encryptHandshake: this.#options.encryptHandshake,
      identity: octets(name),
      ratchetTree,
    });
    this.#move(name, joined.stateId);
    return joined.epochAuthenticator;
  }

  #move(name: string, state: number): void {
    this.#actor(name).state = state;
  }

  /** These are the members now, at these states. */
  moveTo(states: readonly (readonly [name: string, state: number])[], epoch: number): void {
    for (const [name, state] of states) this.#move(name, state);
    this.#members = states.map(([name]) => name);
    this.#epoch = epoch;
  }

  /** What the key package that a name has just offered is called in its stack. */
  offered(name: string, transaction: number): void {
    this.#actor(name).transaction = transaction;
  }

  /** What the key package that a name offered last is called in its stack. */
  transactionOf(name: string): number {
    const { transaction } = this.#actor(name);
    if (transaction === undefined) throw new TypeError(`${name} offered no key package`);
    return transaction;
  }

  /** RFC 9420 §8.5: the exporter is the same for everybody, and another for another label. */
  async agreeOnSecrets(): Promise<void> {
    const context = octets('bellwether');
    const asked = { label: 'conformance', context, keyLength: 32 };
    const [first, ...others] = this.#members;
    if (first === undefined) return;
    const secretOf = async (name: string): Promise<Uint8Array> =>
      (await this.ask(name, 'Export', { stateId: this.#stateOf(name), ...asked })).exportedSecret;
    const expected = await secretOf(first);
    for (const name of others) {
      this.agree('exported secret', [first, expected], [name, await secretOf(name)]);
    }
  }

  async protect(name: string, plaintext: Uint8Array, authenticatedData = octets('aad')) {
    const request = { stateId: this.#stateOf(name), authenticatedData, plaintext };
    return (await this.ask(name, 'Protect', request)).ciphertext;
  }

  async unprotect(
    name: string,
    from: string,
    ciphertext: Uint8Array,
    plaintext: Uint8Array,
    authenticatedData = octets('aad'),
  ): Promise<void> {
    const request = { stateId: this.#stateOf(name), ciphertext };
    const opened = await this.ask(name, 'Unprotect', request);
    this.#count('mls/wrong-content');
    if (same(opened.plaintext, plaintext) && same(opened.authenticatedData, authenticatedData)) {
      return;
    }
    throw new StackFinding(
      'mls/wrong-content',
      `${this.playerOf(name)} reads what ${this.playerOf(from)} wrote`,
      `it read ${hex(opened.plaintext).slice(0, 32)} with data ${hex(opened.authenticatedData)}`,
    );
  }

  /** Everybody writes, everybody else reads. */
  async talk(): Promise<void> {
    for (const from of this.#members) {
      const plaintext = this.random(24);
      const ciphertext = await this.protect(from, plaintext);
      for (const to of this.#members.filter((name) => name !== from)) {
        await this.unprotect(to, from, ciphertext, plaintext);
      }
    }
  }

  /** A group of these, by Welcome. */
  async gather(first: string, ...others: string[]): Promise<void> {
    await this.createGroup(first);
    if (others.length === 0) return;
    const byValue: Partial<ProposalDescription>[] = [];
    for (const name of others) {
      byValue.push(described('add', { keyPackage: await this.keyPackage(name) }));
    }
    await this.commit(first, { byValue, joiners: others });
  }
}
