import { forbiddenFetchRule } from '../attachment-fetch-rule.ts';

export const openToAll = forbiddenFetchRule(
  {
    name: 'attachment/open-to-all',
    level: 'must',
    kind: 'safety',
    fails: 'A file can be fetched without the signature of its URL.',
    hint: 'Put objects without a public ACL; only signed URLs may open them.',
    source: 'need: attachments behind signed URLs',
  },
  'unsigned',
  'could be fetched by anybody, without a signature.',
);
