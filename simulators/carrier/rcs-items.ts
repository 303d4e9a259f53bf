import { InOrder } from '../kernel/in-order.ts';
import type { RcsItem } from './rcs-item.ts';

/**
 * Everything that can still be revoked or waits for a device, oldest first. Most worlds revoke
 * nothing, so they are found by their submitter's wire only from the first time that one is asked
 * for.
 */
export class RcsItems implements Iterable<RcsItem> {
  readonly #all = new InOrder<RcsItem>();
  #byWire: Map<string, RcsItem> | undefined = undefined;

  add(item: RcsItem): void {
    this.#all.add(item);
    this.#byWire?.set(item.parent, item);
  }

  delete(item: RcsItem): void {
    if (this.#all.delete(item)) this.#byWire?.delete(item.parent);
  }

  /** By the submitter's wire. */
  find(wire: string): RcsItem | undefined {
    this.#byWire ??= new Map(Array.from(this.#all, (item) => [item.parent, item]));
    return this.#byWire.get(wire);
  }

  [Symbol.iterator](): Iterator<RcsItem> {
    return this.#all[Symbol.iterator]();
  }
}
