/** How a gateway is brought to each of its error codes, in virtual time. */
import type { Called, virtualStage } from '../vendor-stage.ts';

export type VirtualStage = Awaited<ReturnType<typeof virtualStage>>;

/** Makes one thing go wrong; what comes of it is seen in the answers and at the webhook. */
export type Way = (stage: VirtualStage) => Promise<unknown>;

/** Codes whose way is another test's: its file, and the test's name. */
export interface Elsewhere {
  readonly file: string;
  readonly test: string;
}

export type Ways = Readonly<Record<string, Way | Elsewhere>>;

/** A fault that lasts as long as the call. */
export async function during(
  stage: VirtualStage,
  target: string,
  word: string,
  params: Record<string, unknown>,
  call: () => Promise<Called>,
): Promise<void> {
  const lift = stage.fault(target, word, params);
  await call();
  lift();
}
