import { octets } from '../conversation.ts';
import type { MlsScript } from './script.ts';

export const order = {
  doc: 'Messages arrive in any order within an epoch, and late after the next Commit.',
  clauses: ['RFC 9420 §15.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const texts = ['one', 'two', 'three'].map(octets);
    const sent: Uint8Array[] = [];
    for (const text of texts) sent.push(await talk.protect('alice', text));
    for (const index of [2, 0, 1]) {
      await talk.unprotect('bob', 'alice', sent[index]!, texts[index]!);
    }
    const late = await talk.protect('alice', octets('late'));
    await talk.commit('bob');
    await talk.unprotect('bob', 'alice', late, octets('late'));
    await talk.talk();
  },
} as const satisfies MlsScript;

export const sizes = {
  doc: 'Empty, long and binary content, and authenticated data of its own.',
  clauses: ['RFC 9420 §6.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    for (const length of [0, 1, 255, 256, 65_536]) {
      const plaintext = talk.random(length);
      const about = talk.random(length % 97);
      const ciphertext = await talk.protect('bob', plaintext, about);
      await talk.unprotect('alice', 'bob', ciphertext, plaintext, about);
    }
  },
} as const satisfies MlsScript;

export const replay = {
  doc: 'The same ciphertext is read once.',
  clauses: ['RFC 9420 §15.1'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const ciphertext = await talk.protect('alice', octets('once'));
    await talk.unprotect('bob', 'alice', ciphertext, octets('once'));
    const again = { stateId: talk.stateOf('bob'), ciphertext };
    await talk.mustRefuse('bob', 'a ciphertext that it has read', 'Unprotect', again);
    await talk.talk();
  },
} as const satisfies MlsScript;
