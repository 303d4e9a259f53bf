import { octets } from '../conversation.ts';
import { branchGroup, reInitGroup } from '../succession.ts';
import type { MlsScript } from './script.ts';

export const branch = {
  doc: 'Some members go on as a group of their own, proved by a resumption secret.',
  clauses: ['RFC 9420 §11.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    await branchGroup(talk, 'alice', ['bob', 'cecil'], octets('the branch'));
    await talk.talk();
  },
} as const satisfies MlsScript;

export const branchExternalTree = {
  doc: 'The same with a forced path and the tree beside the Welcome.',
  clauses: ['RFC 9420 §11.3'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    const options = { externalTree: true, forcePath: true };
    await branchGroup(talk, 'bob', ['cecil'], octets('the branch'), options);
    await talk.talk();
  },
} as const satisfies MlsScript;

export const reInit = {
  doc: 'The group ends by ReInit and goes on as another with the same members.',
  clauses: ['RFC 9420 §11.2'],
  play: async (talk) => {
    await talk.gather('alice', 'bob', 'cecil');
    await reInitGroup(talk, 'bob', 'alice', octets('the successor'));
    await talk.talk();
  },
} as const satisfies MlsScript;
