import type { FaultEntry } from '../kernel/fault-entry.ts';

export const switchPhone = {
  name: 'switch-phone',
  doc:
    'The person puts their SIM into the next phone (`next-phone`) and the old one, switched ' +
    'off, into a drawer. Texts come to the new phone at once; the carrier’s RCS core takes the ' +
    'old one for the person’s until it notices, and the app is installed anew.',
  targets: ['person'],
  params: {
    lingers: {
      doc: 'How long the old phone’s registration stands, and the new one’s is not taken.',
      type: 'duration',
      default: 30_000_000,
    },
    'app-after': {
      doc: 'How long until the organisation’s app is on the new phone.',
      type: 'duration',
      default: 60_000_000,
    },
  },
  shape: 'point',
  truth: 'down',
  needs: 'next-phone',
  example: 'new-phone: { switch-phone: person/ana, lingers: 1m, at: 30s }',
} as const satisfies FaultEntry;
