/**
 * Any MLS stack behind the working group's service as the engine of a phone. What the service
 * cannot say, the engine cannot do: leaves are Basic (no certificates), groups have no RCS
 * extensions, the sender of a message is not told, and a member's state cannot be copied.
 */
import { BellwetherError } from '../../../kernel/errors.ts';
import { leafOfIdentity } from '../external-commit.ts';
import { inspect } from '../inspect.ts';
import { refusalOf } from '../refusal.ts';
import type { Joined, MlsEngine, Refused } from '../types.ts';
import { asked, refused, stackFailure, StackMember } from './stack-member.ts';
import { groupInfoOf } from './octets.ts';
import { viewOf } from './stack-view.ts';
import type { MlsStack } from './types.ts';

export interface StackEngineOptions {
  readonly stack: MlsStack;
  /** For errors: where it is. */
  readonly name: string;
  /** Reads and verifies key packages, which needs no secret. */
  readonly reader: Pick<MlsEngine, 'checkKeyPackage' | 'suite'>;
}

/** What is kept of a key package instead of its secrets. */
interface Ticket {
  readonly transactionId: number;
  readonly reference: string;
  readonly identity: string;
}

const EMPTY = new Uint8Array(0);
const utf8 = new TextDecoder();

function ticketOf(octets: Uint8Array): Ticket {
  return JSON.parse(utf8.decode(octets)) as Ticket;
}

/** Throws MLS_STACK_FAILED, blamed on the environment, when the stack hangs, lies or dies. */
export function createStackEngine({ stack, name, reader }: StackEngineOptions): MlsEngine {
  const sure = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw stackFailure(error, `${name} (${what})`);
    }
  };
  const join = async (
    welcome: Uint8Array,
    ticket: Ticket,
    ratchetTree: Uint8Array,
  ): Promise<Joined | Refused> => {
    const { transactionId, identity, reference } = ticket;
    const request = { transactionId, welcome, encryptHandshake: false, ratchetTree };
    const joined = await asked(name, 'invalid-welcome', () =>
      stack.call('JoinGroup', { ...request, identity: Buffer.from(identity) }),
    );
    if ('kind' in joined) return joined;
    const { stateId, epochAuthenticator } = joined.answer;
    const view = await sure('GroupInfo', () => viewOf(stack, stateId, epochAuthenticator));
    return { kind: 'joined', member: new StackMember(stack, name, identity, view), reference };
  };
  return {
    suite: reader.suite,
    checkKeyPackage: (keyPackage) => reader.checkKeyPackage(keyPackage),
    async generateKeyPackage(identity) {
      const made = await sure('CreateKeyPackage', () =>
        stack.call('CreateKeyPackage', {
          cipherSuite: reader.suite,
          identity: Buffer.from(identity),
        }),
      );
      const keyPackage = Uint8Array.from(made.keyPackage);
      const checked = await reader.checkKeyPackage(keyPackage);
      if (checked.kind === 'refused') {
        throw stackFailure(new Error(checked.detail), `${name} (CreateKeyPackage)`);
      }
      const { reference } = checked;
      const ticket: Ticket = { transactionId: made.transactionId, reference, identity };
      return { keyPackage, reference, private: Buffer.from(JSON.stringify(ticket)) };
    },
    async createGroup(groupId, identity) {
      const view = await sure('CreateGroup', async () => {
        const { stateId } = await stack.call('CreateGroup', {
          groupId,
          cipherSuite: reader.suite,
          encryptHandshake: false,
          identity: Buffer.from(identity),
        });
        return viewOf(stack, stateId);
      });
      return new StackMember(stack, name, identity, view);
    },
    async joinFromWelcome(welcome, keyPackages, { ratchetTree = EMPTY } = {}) {
      const seen = inspect(welcome);
      if (seen.kind === 'refused') return seen;
      if (seen.wireFormat !== 'welcome') {
        return refused('unexpected-message', `a ${seen.wireFormat} where a Welcome should be`);
      }
      const ticket = keyPackages
        .map(ticketOf)
        .find(({ reference }) => seen.keyPackageReferences.includes(reference));
      if (ticket !== undefined) return join(welcome, ticket, ratchetTree);
      return refused('no-matching-key-package', 'it is for none of these key packages');
    },
    async joinByCommit(groupInfo, identity, { externalPsks = [] } = {}) {
      const seen = inspect(groupInfo);
      if (seen.kind === 'refused') return seen;
      if (seen.wireFormat !== 'group-info') {
        return refused('unexpected-message', `a ${seen.wireFormat} where a GroupInfo should be`);
      }
      let removePrior: boolean;
      try {
        removePrior = leafOfIdentity(groupInfoOf(groupInfo), identity) !== undefined;
      } catch (error) {
        return refusalOf(error, 'invalid-group-info');
      }
      const request = {
        groupInfo,
        ratchetTree: EMPTY,
        encryptHandshake: false,
        identity: Buffer.from(identity),
        removePrior,
        psks: externalPsks.map(({ id, secret }) => ({ pskId: id, pskSecret: secret })),
      };
      const made = await asked(name, 'invalid-group-info', () =>
        stack.call('ExternalJoin', request),
      );
      if ('kind' in made) return made;
      const { stateId, epochAuthenticator, commit } = made.answer;
      const view = await sure('GroupInfo', () => viewOf(stack, stateId, epochAuthenticator));
      const member = new StackMember(stack, name, identity, view);
      return {
        kind: 'external-join',
        commit: Uint8Array.from(commit),
        member,
        resync: removePrior,
      };
    },
    deserialize: () => {
      throw new BellwetherError('the state of a foreign MLS stack stays in the stack', {
        code: 'MLS_STACK_STATE',
        blame: 'author',
        hint: 'Leave out faults that copy a phone’s state, or give the phone our own engine.',
      });
    },
  };
}
