import { createLocalStack } from '../../simulators/protocol/mls/stack/local-stack.ts';
import type {
  MlsStack,
  StackMethod,
  StackRequest,
  StackResponse,
} from '../../simulators/protocol/mls/stack/types.ts';
import { createRandom } from '../../simulators/kernel/random.ts';

/** 2026-01-01, as in virtual time. */
const NOW_SECONDS = 1_767_225_600;

export function ourStack(seed = 1): MlsStack {
  const random = createRandom(seed);
  return createLocalStack({
    random: (length) => random.bytes(length),
    nowSeconds: () => NOW_SECONDS,
  });
}

/** A stack whose answers to some methods are others. */
export function bent(
  stack: MlsStack,
  bends: {
    readonly [M in StackMethod]?: (
      request: StackRequest<M>,
      honest: () => Promise<StackResponse<M>>,
    ) => Promise<StackResponse<M>>;
  },
): MlsStack {
  return {
    call: <M extends StackMethod>(method: M, request: StackRequest<M>) => {
      const honest = () => stack.call(method, request);
      const bend = bends[method];
      return bend === undefined ? honest() : bend(request, honest);
    },
  };
}
