/** What a list needs of those that stand in it; theirs is the list's alone. */
export interface InLine<T> {
  before: T | undefined;
  after: T | undefined;
}

/**
 * Those that are there, oldest first. Each stands in one such list at most, and knows its
 * neighbours itself: thousands come and go each second, and a Set would pay for each with a table.
 */
export class InOrder<T extends InLine<T>> implements Iterable<T> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The oldest. */
  get first(): T | undefined {
    return this.#first;
  }

  has(one: T): boolean {
    return one.before !== undefined || one === this.#first;
  }

  /** At the end. It stands in no list yet. */
  add(one: T): void {
    one.before = this.#last;
    if (this.#last === undefined) this.#first = one;
    else this.#last.after = one;
    this.#last = one;
    this.#size++;
  }

  /** True when it was there. */
  delete(one: T): boolean {
    if (!this.has(one)) return false;
    const { before, after } = one;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    // What has left must not keep others alive.
    one.before = undefined;
    one.after = undefined;
    this.#size--;
    return true;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let one = this.#first; one !== undefined; one = one.after) yield one;
  }
}
