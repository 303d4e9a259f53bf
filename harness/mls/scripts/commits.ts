import { described, octets } from '../conversation.ts';
import type { MlsScript } from './script.ts';

export const empty = {
  doc: 'Commits without proposals: everybody renews the path in turn.',
  clauses: ['RFC 9420 §12.4'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil', 'dora');
    for (const name of ['alice', 'bob', 'cecil', 'dora']) await talk.commit(name);
    await talk.talk();
  },
} as const satisfies MlsScript;

export const addByReference = {
  doc: 'Adds proposed by the committer and by another, and one by value.',
  clauses: ['RFC 9420 §12.1.1'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const first = await talk.add('alice', await talk.keyPackage('cecil'));
    const second = await talk.add('bob', await talk.keyPackage('dora'));
    const third = described('add', { keyPackage: await talk.keyPackage('emil') });
    const joiners = ['cecil', 'dora', 'emil'];
    await talk.commit('alice', { byReference: [first, second], byValue: [third], joiners });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const update = {
  doc: 'An Update of another member, committed; then everybody writes.',
  clauses: ['RFC 9420 §12.1.2'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    const proposals = [await talk.update('bob'), await talk.update('cecil')];
    await talk.commit('alice', { byReference: proposals });
    await talk.talk();
    await talk.commit('bob');
    await talk.talk();
  },
} as const satisfies MlsScript;

export const remove = {
  doc: 'Removes by reference and by value; who is out reads nothing more.',
  clauses: ['RFC 9420 §12.1.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil', 'dora');
    const proposal = await talk.remove('bob', 'cecil');
    const old = talk.stateOf('cecil');
    await talk.commit('alice', { byReference: [proposal], leavers: ['cecil'] });
    const ciphertext = await talk.protect('bob', octets('without cecil'));
    if (talk.isAlone('cecil')) {
      const late = { stateId: old, ciphertext };
      await talk.mustRefuse('cecil', 'what was written after its removal', 'Unprotect', late);
    }
    const byValue = [described('remove', { removedId: octets('dora') })];
    await talk.commit('bob', { byValue, leavers: ['dora'] });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const externalPsk = {
  doc: 'A pre-shared key goes into the epoch, by reference and by value, for members and joiners.',
  clauses: ['RFC 9420 §8.4'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const id = octets('door key');
    await talk.storePsk(['alice', 'bob'], id, talk.random(32));
    const stateId = talk.stateOf('bob');
    const asked = await talk.ask('bob', 'ExternalPSKProposal', { stateId, pskId: id });
    await talk.commit('alice', { byReference: [asked.proposal] });
    const other = octets('other key');
    const add = described('add', { keyPackage: await talk.keyPackage('cecil') });
    await talk.storePsk(['alice', 'bob', 'cecil'], other, talk.random(32));
    const byValue = [add, described('externalPSK', { pskId: other })];
    await talk.commit('bob', { byValue, joiners: ['cecil'] });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const resumptionPsk = {
  doc: 'The secret of an earlier epoch goes into a later one.',
  clauses: ['RFC 9420 §8.6'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const { epoch } = talk;
    await talk.commit('bob');
    const stateId = talk.stateOf('alice');
    const asked = await talk.ask('alice', 'ResumptionPSKProposal', { stateId, epochId: epoch });
    await talk.commit('bob', { byReference: [asked.proposal] });
    await talk.talk();
  },
} as const satisfies MlsScript;

/** required_capabilities (RFC 9420 §11.1) that ask for nothing. */
const NOTHING_REQUIRED = { extensionType: 3, extensionData: Uint8Array.of(0, 0, 0) };

export const contextExtensions = {
  doc: 'The GroupContext gets an extension, by reference and by value.',
  clauses: ['RFC 9420 §12.1.7'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const asked = await talk.ask('bob', 'GroupContextExtensionsProposal', {
      stateId: talk.stateOf('bob'),
      extensions: [NOTHING_REQUIRED],
    });
    await talk.commit('alice', { byReference: [asked.proposal] });
    const extensions = [NOTHING_REQUIRED];
    const byValue = [described('groupContextExtensions', { extensions })];
    await talk.commit('bob', { byValue });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const contextWithoutExtensions = {
  doc: 'The GroupContext loses its extensions again.',
  clauses: ['RFC 9420 §12.1.7'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const extensions = [NOTHING_REQUIRED];
    await talk.commit('bob', { byValue: [described('groupContextExtensions', { extensions })] });
    const byValue = [described('groupContextExtensions', { extensions: [] })];
    await talk.commit('alice', { byValue });
    await talk.talk();
  },
} as const satisfies MlsScript;
