import { forbiddenFetchRule } from '../attachment-fetch-rule.ts';

export const outlivesItsUrl = forbiddenFetchRule(
  {
    name: 'attachment/outlives-its-url',
    level: 'must',
    kind: 'safety',
    fails: 'A file can be fetched by its URL after the end that the receiver was told.',
    hint: 'The `until` that is told and the end in the signature must be one and the same.',
    source: 'need: attachments behind ending URLs',
  },
  'after-expiry',
  'could still be fetched after its URL should have ended.',
);
