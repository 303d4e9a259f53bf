import type { Phone } from '../phone.ts';

/** Its groups move into an epoch of their own, as after a Commit that nobody else has. */
export function forkGroups({ path, keys, context }: Phone, fault: string): void {
  context.ambient.history.append({ kind: 'mls.diverged', device: path, fault });
  keys.queue(async () => {
    for (const member of keys.groups.values()) {
      if (!member.active) continue;
      const pending = await member.update();
      if (pending.kind === 'pending') await pending.apply();
    }
  });
}
