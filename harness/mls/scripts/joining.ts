import { described, octets } from '../conversation.ts';
import { admitSigner, joinExternally, proposeAsSigner, proposeOneself } from '../from-outside.ts';
import type { MlsScript } from './script.ts';

export const welcome = {
  doc: 'Two, then five join by Welcome, the tree inside it.',
  clauses: ['RFC 9420 §12.4.3.1'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    await talk.talk();
    const byValue = [];
    const joiners = ['cecil', 'dora', 'emil'];
    for (const name of joiners) {
      byValue.push(described('add', { keyPackage: await talk.keyPackage(name) }));
    }
    await talk.commit('bob', { byValue, joiners });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const welcomeExternalTree = {
  doc: 'The ratchet tree comes beside the Welcome, not inside it.',
  clauses: ['RFC 9420 §12.4.3.3'],
  play: async (talk) => {
    await talk.createGroup('alice');
    const byValue = [described('add', { keyPackage: await talk.keyPackage('bob') })];
    await talk.commit('alice', { byValue, joiners: ['bob'], externalTree: true });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const welcomeWithPath = {
  doc: 'An Add with a forced path: the path secret travels in the Welcome.',
  clauses: ['RFC 9420 §12.4.3.1'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    const byValue = [described('add', { keyPackage: await talk.keyPackage('dora') })];
    await talk.commit('cecil', { byValue, joiners: ['dora'], forcePath: true });
    await talk.commit('dora');
    await talk.talk();
  },
} as const satisfies MlsScript;

export const external = {
  doc: 'One joins by an external Commit, with the tree inside the GroupInfo and beside it.',
  clauses: ['RFC 9420 §12.4.3.2'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    await joinExternally(talk, 'cecil', 'alice');
    await talk.talk();
    await joinExternally(talk, 'dora', 'cecil', { externalTree: true });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const externalResync = {
  doc: 'One that lost its state joins anew by an external Commit that takes its old leaf out.',
  clauses: ['RFC 9420 §12.4.3.2'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    await joinExternally(talk, 'bob', 'cecil', { prior: true });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const externalPsk = {
  doc: 'One joins by an external Commit with a pre-shared key that everybody has.',
  clauses: ['RFC 9420 §12.4.3.2', 'RFC 9420 §8.4'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const psk = { pskId: octets('meeting room'), pskSecret: talk.random(32) };
    await talk.storePsk(['alice', 'bob'], psk.pskId, psk.pskSecret);
    await joinExternally(talk, 'cecil', 'alice', { psks: [psk] });
    await talk.talk();
    await talk.commit('cecil');
    await talk.talk();
  },
} as const satisfies MlsScript;

export const externalSigner = {
  doc: 'One outside whom the group names proposes a Remove, then an Add; members commit them.',
  clauses: ['RFC 9420 §12.1.8.1'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    const { signerId } = await admitSigner(talk, 'server', 'alice', 'bob');
    const outside = { signerId, signerIndex: 0 };
    const remove = described('remove', { removedId: octets('cecil') });
    const removal = await proposeAsSigner(talk, 'server', 'alice', outside, remove);
    await talk.commit('bob', { byReference: [removal], leavers: ['cecil'] });
    const add = described('add', { keyPackage: await talk.keyPackage('dora') });
    const addition = await proposeAsSigner(talk, 'server', 'bob', outside, add);
    await talk.commit('alice', { byReference: [addition], joiners: ['dora'] });
    await talk.talk();
    // The newcomer has the list from its Welcome; a second signer is the next in it.
    const second = await admitSigner(talk, 'other server', 'dora', 'dora');
    const next = { signerId: second.signerId, signerIndex: 1 };
    const again = described('remove', { removedId: octets('alice') });
    const last = await proposeAsSigner(talk, 'other server', 'bob', next, again);
    await talk.commit('dora', { byReference: [last], leavers: ['alice'] });
    await talk.talk();
  },
} as const satisfies MlsScript;

export const newMemberProposal = {
  doc: 'One outside proposes to be added; a member commits it.',
  clauses: ['RFC 9420 §12.1.8'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const proposal = await proposeOneself(talk, 'cecil', 'bob');
    await talk.commit('alice', { byReference: [proposal], joiners: ['cecil'] });
    await talk.talk();
  },
} as const satisfies MlsScript;
