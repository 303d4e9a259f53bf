/**
 * For records that are built field by field, and read-only to everybody else: on the paths that
 * each message takes, copies by `...` cost more than the work.
 */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
