/**
 * What an implementation must claim before a rule has anything of its own to judge: data beside the
 * registry of rules, for reports. A verdict never depends on it.
 */
import type { Claims } from '../../simulators/kernel/events.ts';
import type { RULES } from './rules/index.ts';

type RuleName = keyof typeof RULES;

interface Subject {
  readonly isClaimed: (claims: Claims) => boolean;
  readonly rules: readonly RuleName[];
}

/**
 * By the words of reports. Rules about every channel, about policies and about what people send one
 * another are in none: no claim is what they wait for.
 */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  'rcs-e2ee': {
    isClaimed: ({ channels }) => channels.includes('rcs-e2ee'),
    rules: [
      'e2ee/revoked-reads',
      'e2ee/key-loss-blackhole',
      'e2ee/replay-accepted',
      'e2ee/stale-epoch',
      'e2ee/key-package-reuse',
      'e2ee/unattested',
      'e2ee/uninvited',
      'e2ee/stolen-state-reads',
      'e2ee/session-unsealed',
      'e2ee/session-after-end',
      'e2ee/interop',
    ],
  },
  'secure-link': {
    isClaimed: ({ channels }) => channels.includes('secure-link'),
    rules: ['link/without-sign-in', 'link/preview-bot', 'link/wrong-code', 'link/leak'],
  },
  push: {
    isClaimed: ({ push }) => push.length > 0,
    rules: [
      'push/wrong-type',
      'push/wrong-priority',
      'push/payload-too-large',
      'push/unregistered-token',
      'push/silent-budget',
      'push/plaintext',
    ],
  },
  callbacks: {
    isClaimed: ({ callbacks }) => callbacks.length > 0,
    rules: [
      'webhook/forged',
      'webhook/tampered',
      'webhook/unsigned',
      'webhook/wrong-key',
      'webhook/stale',
      'webhook/replayed',
      'webhook/valid-rejected',
      'webhook/fragile',
    ],
  },
  attachments: {
    isClaimed: ({ attachments }) => attachments === true,
    rules: [
      'attachment/url-life',
      'attachment/open-to-all',
      'attachment/outlives-its-url',
      'attachment/wrong-digest',
      'attachment/not-refreshed',
      'attachment/unreadable',
    ],
  },
  archive: {
    isClaimed: ({ archive }) => archive === true,
    rules: ['archive/without-consent', 'archive/readable', 'archive/more-than-needed'],
  },
  idempotency: { isClaimed: ({ idempotency }) => idempotency, rules: ['api/not-idempotent'] },
};

/** Of these rules, those about what is not claimed, by what that is. */
export function rulesNotClaimed(
  rules: readonly string[],
  claims: Claims,
): Readonly<Record<string, readonly string[]>> {
  const left = Object.entries(SUBJECTS).flatMap(([subject, { isClaimed, rules: about }]) => {
    const own = isClaimed(claims) ? [] : about.filter((rule) => rules.includes(rule));
    return own.length === 0 ? [] : [[subject, own] as const];
  });
  return Object.fromEntries(left);
}
