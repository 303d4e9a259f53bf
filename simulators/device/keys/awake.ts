import type { MlsMember } from '../../protocol/mls/types.ts';

/** About 15 KiB of heap each; at rest a member is its octets, about 1.5 to 2 KiB. */
const MOST_AWAKE = 8_192;

/** Which MLS members of a world are unpacked: those that were used last. The others are at rest. */
export class AwakeMembers {
  readonly #members = new Set<MlsMember>();
  readonly #most: number;
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void, most = MOST_AWAKE) {
    this.#failed = failed;
    this.#most = most;
  }

  get count(): number {
    return this.#members.size;
  }

  used(member: MlsMember): void {
    this.#members.delete(member);
    this.#members.add(member);
    if (this.#members.size <= this.#most) return;
    for (const oldest of this.#members) {
      this.#members.delete(oldest);
      oldest.rest().catch(this.#failed);
      return;
    }
  }
}
