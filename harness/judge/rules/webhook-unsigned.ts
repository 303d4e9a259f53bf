import { falseCallbackRule } from '../false-callback-rule.ts';

export const unsignedCallback = falseCallbackRule({
  entry: {
    name: 'webhook/unsigned',
    level: 'must',
    kind: 'safety',
    fails: 'A callback without any signature is answered 2xx, or changes a status.',
    hint: 'A missing header is a refusal, never “nothing to check”.',
    source: 'design: webhook/*; the vendors’ pages on signed webhooks',
  },
  forgery: 'unsigned',
  what: 'A callback without a signature',
});
