import type { FaultEntry } from '../kernel/fault-entry.ts';

export const shortLivedTokens = {
  name: 'short-lived-tokens',
  doc:
    'Access tokens that are given out meanwhile end soon: as `expires_in` says, or long before ' +
    'what it says. Only gateways that give out tokens (RBM, Sinch) can do it.',
  targets: ['gateway'],
  params: {
    life: { doc: 'How long such a token is taken.', type: 'duration', default: 20_000_000 },
    says: {
      doc: 'What `expires_in` says: so much, or an hour as always.',
      type: 'word',
      words: ['so', 'an-hour'],
      default: 'so',
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'brief: { short-lived-tokens: gateway/rbm, life: 20s, during: 0s..3m }',
} as const satisfies FaultEntry;
