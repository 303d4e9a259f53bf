import { described, octets } from '../conversation.ts';
import type { MlsScript } from './script.ts';

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const index = at < 0 ? bytes.length + at : at;
  copy[index] = copy[index]! ^ 0x01;
  return copy;
}

function longer(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 1);
  copy.set(bytes);
  return copy;
}

export const ciphertext = {
  doc: 'A ciphertext that was damaged, cut or lengthened is refused.',
  clauses: ['RFC 9420 §6.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const sent = await talk.protect('alice', octets('damaged on the way'));
    const stateId = talk.stateOf('bob');
    const middle = Math.floor(sent.length / 2);
    const damaged: readonly (readonly [what: string, bytes: Uint8Array])[] = [
      ['of another version', flipped(sent, 1)],
      ['with a damaged middle', flipped(sent, middle)],
      ['with a damaged end', flipped(sent, -1)],
      ['that was cut', sent.subarray(0, middle)],
      ['with an octet too many', longer(sent)],
      ['of no octets', new Uint8Array(0)],
    ];
    for (const [what, bytes] of damaged) {
      const request = { stateId, ciphertext: bytes };
      await talk.mustRefuse('bob', `a ciphertext ${what}`, 'Unprotect', request);
    }
    await talk.talk();
  },
} as const satisfies MlsScript;

export const ciphertextThenTrue = {
  doc: 'What was damaged on the way is still read when it comes whole: no key is spent on damage.',
  clauses: ['RFC 9420 §9.2'],
  level: 'should',
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const text = octets('still readable afterwards');
    const sent = await talk.protect('alice', text);
    const request = { stateId: talk.stateOf('bob'), ciphertext: flipped(sent, -1) };
    await talk.mustRefuse('bob', 'a ciphertext with a damaged end', 'Unprotect', request);
    await talk.unprotect('bob', 'alice', sent, text);
  },
} as const satisfies MlsScript;

export const commit = {
  doc: 'A damaged Commit is refused, and one of the epoch before.',
  clauses: ['RFC 9420 §12.4.2'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    const made = await talk.ask('alice', 'Commit', talk.commitRequest('alice', {}));
    await talk.deliver('alice', made, {});
    const again = { stateId: talk.stateOf('bob'), proposal: [], commit: made.commit };
    await talk.mustRefuse('bob', 'a Commit of the epoch before', 'HandleCommit', again);
    const { commit: sent } = await talk.ask('alice', 'Commit', talk.commitRequest('alice', {}));
    const stateId = talk.stateOf('bob');
    for (const at of [-1, Math.floor(sent.length / 2)]) {
      const request = { stateId, proposal: [], commit: flipped(sent, at) };
      await talk.mustRefuse('bob', 'a Commit that was damaged', 'HandleCommit', request);
    }
    const cut = { stateId, proposal: [], commit: sent.subarray(0, sent.length - 3) };
    await talk.mustRefuse('bob', 'a Commit that was cut', 'HandleCommit', cut);
  },
} as const satisfies MlsScript;

export const commitThenTrue = {
  doc: 'A Commit that was damaged on the way is still handled when it comes whole.',
  clauses: ['RFC 9420 §9.2'],
  level: 'should',
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    const made = await talk.ask('alice', 'Commit', talk.commitRequest('alice', {}));
    const request = {
      stateId: talk.stateOf('bob'),
      proposal: [],
      commit: flipped(made.commit, -1),
    };
    await talk.mustRefuse('bob', 'a Commit that was damaged', 'HandleCommit', request);
    await talk.deliver('alice', made, {});
    await talk.talk();
  },
} as const satisfies MlsScript;

export const welcome = {
  doc: 'A damaged Welcome is refused.',
  clauses: ['RFC 9420 §12.4.3.1'],
  play: async (talk) => {
    await talk.createGroup('alice');
    const byValue = [described('add', { keyPackage: await talk.keyPackage('bob') })];
    const made = await talk.ask('alice', 'Commit', talk.commitRequest('alice', { byValue }));
    const request = {
      transactionId: talk.transactionOf('bob'),
      encryptHandshake: false,
      identity: octets('bob'),
      ratchetTree: new Uint8Array(0),
    };
    for (const bytes of [flipped(made.welcome, -1), made.welcome.subarray(0, 40)]) {
      const damaged = { ...request, welcome: bytes };
      await talk.mustRefuse('bob', 'a Welcome that was damaged', 'JoinGroup', damaged);
    }
  },
} as const satisfies MlsScript;

export const keyPackage = {
  doc: 'A key package whose signature is wrong adds nobody.',
  clauses: ['RFC 9420 §10.1'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const damaged = flipped(await talk.keyPackage('cecil'), -1);
    const byValue = [described('add', { keyPackage: damaged })];
    const request = talk.commitRequest('alice', { byValue });
    await talk.mustRefuse('alice', 'a key package signed wrongly', 'Commit', request);
    await talk.commit('alice');
    await talk.talk();
  },
} as const satisfies MlsScript;

export const otherGroup = {
  doc: 'What was written in another group is refused.',
  clauses: ['RFC 9420 §6.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob');
    const stranger = await talk.protect('alice', octets('of the first group'));
    await talk.gather('alice', 'bob');
    const request = { stateId: talk.stateOf('bob'), ciphertext: stranger };
    await talk.mustRefuse('bob', 'a ciphertext of another group', 'Unprotect', request);
    await talk.talk();
  },
} as const satisfies MlsScript;
