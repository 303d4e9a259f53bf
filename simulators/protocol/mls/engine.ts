import { createGroup } from 'ts-mls/clientState.js';
import type { Extension } from 'ts-mls';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { createEngineContext } from './engine-context.ts';
import type { EngineContext } from './engine-context.ts';
import { buildExternalCommit, leafOfIdentity } from './external-commit.ts';
import { inspect } from './inspect.ts';
import { join } from './join.ts';
import { check, EXTENSION_RCS_ERA, generate, makeKeyPackage } from './key-package.ts';
import { createMember, readMember } from './member.ts';
import { decodeWhole, refusalOf, refused } from './refusal.ts';
import type {
  ExternalJoin,
  ExternalJoinOptions,
  MlsEngine,
  MlsEngineOptions,
  Refused,
} from './types.ts';

async function joinByCommit(
  context: EngineContext,
  octets: Uint8Array,
  identity: string,
  { leaf, externalPsks = [] }: ExternalJoinOptions,
): Promise<ExternalJoin | Refused> {
  if (octets.length > context.maximumMessageBytes) {
    const offset = context.maximumMessageBytes;
    return refused('oversized', `${octets.length} octets`, { offset });
  }
  const seen = inspect(octets);
  if (seen.kind === 'refused') return seen;
  if (seen.wireFormat !== 'group-info') {
    return refused('unexpected-message', `${seen.wireFormat} where a GroupInfo should be`);
  }
  if (seen.suite !== context.suite) {
    return refused('unsupported-suite', `cipher suite ${seen.suite}, not ${context.suite}`);
  }
  try {
    // A copy: what is kept of the tree must not share memory with the caller's buffer.
    const decoded = decodeWhole(Uint8Array.from(octets));
    if (decoded.wireformat !== 'mls_group_info') {
      return refused('unparsable', 'octets that are not one GroupInfo');
    }
    const { groupInfo } = decoded;
    const own = await makeKeyPackage(context, identity, leaf === undefined ? {} : { leaf });
    const removes = leafOfIdentity(groupInfo, identity);
    const options = { psks: externalPsks };
    const built = await buildExternalCommit(context, groupInfo, own, removes, options);
    return {
      kind: 'external-join',
      commit: encodeMlsMessage(built.commit),
      member: createMember(context, built.state),
      resync: removes !== undefined,
    };
  } catch (error) {
    return refusalOf(error, 'invalid-group-info');
  }
}

function eraExtension(era: number): Extension {
  const extensionData = new Uint8Array(4);
  new DataView(extensionData.buffer).setUint32(0, era);
  return { extensionType: EXTENSION_RCS_ERA, extensionData };
}

/**
 * MLS (RFC 9420) for everything here that speaks it: phones, gateways, the reference notifier.
 * All crypto runs synchronously inside the call, so promises settle in microtasks only and the
 * same random octets, clock and calls give the same messages byte for byte.
 */
export function createMlsEngine(options: MlsEngineOptions): MlsEngine {
  const context = createEngineContext(options);
  return {
    suite: context.suite,
    generateKeyPackage: (identity, keyPackageOptions = {}) =>
      generate(context, identity, keyPackageOptions),
    checkKeyPackage: (keyPackage) => check(context, Uint8Array.from(keyPackage)),
    async createGroup(groupId, identity, groupOptions = {}) {
      const { leaf } = groupOptions;
      const own = await makeKeyPackage(context, identity, leaf === undefined ? {} : { leaf });
      const extensions = groupOptions.era === undefined ? [] : [eraExtension(groupOptions.era)];
      const state = await createGroup(
        Uint8Array.from(groupId),
        own.keyPackage,
        own.secrets,
        extensions,
        context.cipherSuite,
        context.clientConfig,
      );
      return createMember(context, state);
    },
    async joinFromWelcome(welcome, keyPackages, joinOptions = {}) {
      const joined = await join(context, welcome, keyPackages, joinOptions);
      if (joined.kind === 'refused') return joined;
      const member = createMember(context, joined.state);
      return { kind: 'joined', member, reference: joined.reference };
    },
    joinByCommit: (groupInfo, identity, options = {}) =>
      joinByCommit(context, groupInfo, identity, options),
    deserialize: (state) => readMember(context, state),
  };
}
