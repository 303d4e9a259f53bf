import { createGroup } from 'ts-mls/clientState.js';
import type { Extension } from 'ts-mls';
import { createEngineContext } from './engine-context.ts';
import { join } from './join.ts';
import { check, EXTENSION_RCS_ERA, generate, makeKeyPackage } from './key-package.ts';
import { createMember, readMember } from './member.ts';
import type { MlsEngine, MlsEngineOptions } from './types.ts';

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
    deserialize: (state) => readMember(context, state),
  };
}
