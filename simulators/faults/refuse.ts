import type { FaultEntry } from '../kernel/fault-entry.ts';

/** SMPP 3.4 §5.1.3; which of them pass by themselves: docs/sms-centre.md. */
const STATUSES = [
  'ESME_RSYSERR',
  'ESME_RINVSRCADR',
  'ESME_RINVDSTADR',
  'ESME_RMSGQFUL',
  'ESME_RSUBMITFAIL',
  'ESME_RTHROTTLED',
  'ESME_RX_T_APPN',
  'ESME_RX_P_APPN',
  'ESME_RX_R_APPN',
  'ESME_RDELIVERYFAILURE',
  'ESME_RUNKNOWNERR',
] as const;

export const refuse = {
  name: 'refuse',
  doc:
    'Messages are refused with a command_status of your choice: some pass by themselves, some ' +
    'never do, and each wants its own patience.',
  targets: ['carrier-sms'],
  params: {
    with: { doc: 'The command_status.', type: 'word', words: STATUSES },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'fussy: { refuse: carrier/northtel/sms, with: ESME_RX_T_APPN, during: 10s..20s }',
} as const satisfies FaultEntry;
