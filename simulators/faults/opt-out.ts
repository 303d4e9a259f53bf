import type { FaultEntry } from '../kernel/fault-entry.ts';

export const optOut = {
  name: 'opt-out',
  doc:
    'The person writes that they want nothing more (STOP), and at the end that they do again ' +
    '(START). Whoever has been told so sends nothing in between.',
  targets: ['person'],
  params: {
    by: {
      doc: 'Through the first gateway with a callback, or to the program’s own SMS connection.',
      type: 'word',
      words: ['gateway', 'sms'],
      default: 'gateway',
    },
    says: {
      doc: 'The word that is written.',
      type: 'word',
      words: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
      default: 'STOP',
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'no-more: { opt-out: person/ana, by: sms, during: 30s..90s }',
} as const satisfies FaultEntry;
