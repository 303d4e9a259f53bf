/** What both sides did in one round, and who they are. */
export interface Pair<Ours, Theirs> {
  readonly ours: Ours;
  readonly theirs: Theirs;
}

/**
 * Rounds of both sides, one after the other, taking turns in who goes first, so that what befalls
 * the machine befalls both alike. The first `warmUp` rounds are played and not told.
 */
export async function paired<Ours, Theirs>(
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
  ours: () => Ours | Promise<Ours>,
  theirs: () => Theirs | Promise<Theirs>,
): Promise<readonly Pair<Ours, Theirs>[]> {
  const pairs: Pair<Ours, Theirs>[] = [];
  for (let round = 0; round < warmUp + rounds; round++) {
    const first = round % 2 === 0 ? { theirs: await theirs() } : undefined;
    const mine = await ours();
    const pair = { ours: mine, theirs: first === undefined ? await theirs() : first.theirs };
    if (round >= warmUp) pairs.push(pair);
  }
  return pairs;
}
