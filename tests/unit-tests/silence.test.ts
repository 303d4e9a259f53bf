import { expect, it } from 'vitest';
import { responseOf } from '../../harness/unit-tests/wire.ts';

it.each([
  ['before it was read', true],
  ['while it waits', false],
])(
  'a request that is never answered ends when its sender gives it up, %s',
  async (_when, early) => {
    const stop = new AbortController();
    if (early) stop.abort(new Error('given up'));
    const answered = responseOf({ kind: 'silence' }, stop.signal);
    stop.abort(new Error('given up'));
    await expect(answered).rejects.toThrow('given up');
  },
);
