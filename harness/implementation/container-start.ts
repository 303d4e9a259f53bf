import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { StartContext } from './running.ts';

/** `start: { container: … }`. Throws IMPLEMENTATION_CONTAINER. */
export function startContainer({ description }: StartContext): Promise<never> {
  return Promise.reject(
    new BellwetherError(`${description.file}: containers are not started yet`, {
      code: 'IMPLEMENTATION_CONTAINER',
      blame: 'author',
    }),
  );
}
