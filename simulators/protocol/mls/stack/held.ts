/** What a stack keeps between two calls: states, key packages on their way, external signers. */
import type { ClientState, Proposal } from 'ts-mls';
import type { EngineContext } from '../engine-context.ts';
import type { OwnKeyPackage } from '../key-package.ts';
import { StackError } from './types.ts';

/** A proposal of our own: what a Commit by another may refer to. */
export interface OwnProposal {
  /** Base64 of the ProposalRef, as ts-mls names it. */
  readonly reference: string;
  readonly proposal: Proposal;
  /** Of an Update: the private key that its leaf brings. */
  readonly leafKey?: Uint8Array;
}

/** One member at one epoch. A Commit that is handled makes another, with a number of its own. */
export interface HeldState {
  readonly kind: 'state';
  readonly context: EngineContext;
  readonly handshake: 'public' | 'private';
  readonly psks: Map<string, Uint8Array>;
  /** By the message's octets in hex. */
  readonly proposals: Map<string, OwnProposal>;
  state: ClientState;
  /** After a Commit of our own that nobody has accepted yet. */
  pending: ClientState | undefined;
}

/** A key package that was made and not used yet. */
export interface HeldKeyPackage {
  readonly kind: 'key-package';
  readonly context: EngineContext;
  readonly own: OwnKeyPackage;
  readonly psks: Map<string, Uint8Array>;
}

/** A group that ended by ReInit, and our key package for its successor. */
export interface HeldReInit {
  readonly kind: 'reinit';
  readonly context: EngineContext;
  readonly own: OwnKeyPackage;
  readonly old: HeldState;
}

/** Somebody outside of every group who may propose to those that name him. */
export interface HeldSigner {
  readonly kind: 'signer';
  readonly context: EngineContext;
  readonly signKey: Uint8Array;
}

type Held = HeldState | HeldKeyPackage | HeldReInit | HeldSigner;

/** Numbers are never used twice, whatever they stand for. */
export class Shelf {
  readonly #things = new Map<number, Held>();
  #last = 0;

  put(thing: Held): number {
    this.#last++;
    this.#things.set(this.#last, thing);
    return this.#last;
  }

  get<K extends Held['kind']>(kind: K, id: number): Extract<Held, { kind: K }> {
    const thing = this.#things.get(id);
    if (thing?.kind === kind) return thing as Extract<Held, { kind: K }>;
    throw new StackError('refused', `there is no ${kind} ${id}`);
  }

  /** Whatever may be given a pre-shared key. */
  psksOf(id: number): Map<string, Uint8Array> {
    const thing = this.#things.get(id);
    if (thing === undefined || thing.kind === 'reinit' || thing.kind === 'signer') {
      throw new StackError('refused', `there is neither a state nor a key package ${id}`);
    }
    return thing.psks;
  }

  free(id: number): void {
    if (!this.#things.delete(id)) throw new StackError('refused', `there is no state ${id}`);
  }
}
